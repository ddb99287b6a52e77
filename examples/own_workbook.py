"""A workbook like those of the gallery from variants of your own: contents, a comparison, a sheet a variant."""

from pathlib import Path

import xlsgd
from xlsgd.api import check_exhibit, generate_exhibit
from xlsgd.gallery import Exhibit, Show

shows = tuple(
    Show(f"{optimizer} {lr:g}", xlsgd.make_variant("linear", optimizer=optimizer, lr=lr, epochs=4), f"lr is {lr:g}.")
    for optimizer, lr in (("sgd", 1e-4), ("polyak", 1e-5), ("adam", 0.1), ("adam", 1.0))
)
exhibit = Exhibit(
    name="my-optimizers",
    title="Which optimizer for a line?",
    question="Which optimizer comes nearest to y = 2x + 30 in four epochs?",
    tries=("Change the learning rates: which of them is the most patient?",),
    mathematics="",
    findings=(),
    shows=shows,
)

made = generate_exhibit(exhibit, Path())
print(f"{made.path}: {', '.join(sheet.name for sheet in made.book.sheets)}")
for outcome in check_exhibit(exhibit, Path()):
    print(f"{outcome.sheet}: last epoch {outcome.roots[-1]:.2f}, {'agrees with NumPy' if outcome.ok else 'differs'}")
