"""Statistics: moments, ranks, regression, distributions and tests."""
