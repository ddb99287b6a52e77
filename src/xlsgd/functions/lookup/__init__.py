"""Lookup, references, dynamic arrays and lambdas."""
