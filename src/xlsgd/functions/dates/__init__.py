"""Dates, workdays and day counts."""
