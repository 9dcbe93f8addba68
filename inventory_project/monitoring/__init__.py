"""Watching the product while it runs: logs, slow queries, metrics, health, and what the database tells of itself."""
