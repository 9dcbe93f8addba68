"""Data from files: one template of columns per kind, the same services as everything else."""

from .base import Importer, ImportFailed, Report, RowError
from .kinds import IMPORTERS
from .mapping import Mapping
from .refused import refused_rows
from .table import Table, read_csv

__all__ = [
    "IMPORTERS",
    "ImportFailed",
    "Importer",
    "Mapping",
    "Report",
    "RowError",
    "Table",
    "read_csv",
    "refused_rows",
]
