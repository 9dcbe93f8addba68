"""Closed years in files that any tool reads: what the law wants kept, independent of this program and its database."""
