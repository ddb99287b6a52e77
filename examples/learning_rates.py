"""Which learning rates survive? Twelve runs of the two stacked neurons side by side, in NumPy.

The famous 1e-4 explodes; where the border lies shows in the first row that is no number.
"""

import numpy as np

import xlsgd

variant = xlsgd.make_variant("linear2", epochs=3)
rates = np.geomspace(1e-7, 1e-3, 12)
errors = xlsgd.reference(variant, runs={"lr": rates}).columns["error"]

for rate, row in zip(rates, errors, strict=True):
    lost = np.flatnonzero(np.isnan(row))
    fate = f"lost at step {lost[0] + 1}" if lost.size else f"last error {row[-1]:.4g}"
    print(f"lr {rate:.1e}: {fate}")
