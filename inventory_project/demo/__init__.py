"""Believable sample data, made through the same services as everything else; the same every time for a given seed."""

from .world import SIZES, Size, build

__all__ = ["SIZES", "Size", "build"]
