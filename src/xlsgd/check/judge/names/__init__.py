"""Names and settings: what they are called and where they point."""
