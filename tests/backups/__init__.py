"""Backups: made, damaged, restored, rehearsed."""
