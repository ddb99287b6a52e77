"""Blocks, tables and sheets that repeat, and what they hand over."""
