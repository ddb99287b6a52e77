"""Sums, counts and averages of ranges: plain, conditional, of what is visible, of databases."""
