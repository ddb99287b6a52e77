"""One training step tried out on drawn numbers."""
