"""The workbook in memory, its reader and its writer. Nothing else touches a zip or XML."""

from .book import Book, Cell, External, Formula, Name, Settings, Sheet, Table

__all__ = ["Book", "Cell", "External", "Formula", "Name", "Settings", "Sheet", "Table"]
