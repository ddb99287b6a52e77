"""Understanding a user's workbook: blocks of rows that train, the role of each column, settings, the variant."""

from .base import ROLES, Block, Column, Overrides, Place, Setting
from .overrides import read_overrides
from .shown import show_roles
from .understanding import understand

__all__ = ["ROLES", "Block", "Column", "Overrides", "Place", "Setting", "read_overrides", "show_roles", "understand"]
