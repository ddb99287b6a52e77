"""Mathematics and engineering."""
