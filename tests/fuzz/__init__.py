"""Random hostile inputs for everything that reads a workbook: ``python -m fuzz --help``, or ``scripts/fuzz``.

An input is made from three things only, its level, a seed and its number, so that any of them can be made again.
"""
