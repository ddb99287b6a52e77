"""Generate a workbook, evaluate it again from the file, and compare every column with NumPy as a pandas frame."""

import xlsgd

variant = xlsgd.make_variant("relu2", "forward", "momentum", epochs=2)
xlsgd.generate(variant, "relu.xlsx")
(outcome,) = xlsgd.check_file("relu.xlsx", variant)

print(outcome.comparison.frame[["range", "cells", "max_ulp", "differing"]].to_string())
print("agrees to the bit" if outcome.ok and outcome.comparison.max_ulp == 0 else "differs")
