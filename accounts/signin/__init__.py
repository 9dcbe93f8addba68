"""Signing in: lock-out, second factor, sessions and links for new passwords."""
