"""Commands killed at random moments, and many at once: ``python -m kill --help``, or ``scripts/kill``."""
