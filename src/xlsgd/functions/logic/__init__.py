"""Logic and information."""
