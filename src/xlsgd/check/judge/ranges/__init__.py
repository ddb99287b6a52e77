"""Ranges, sums, labels and charts: what results are made of."""
