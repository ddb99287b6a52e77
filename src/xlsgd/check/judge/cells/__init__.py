"""Cells against their own column and its neighbours."""
