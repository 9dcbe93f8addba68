"""What goes wrong with backups, in a sentence that says what to do."""


class BackupError(Exception):
    """A backup that could not be made, or that is not used."""
