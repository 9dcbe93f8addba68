"""Faults under load: what is killed, and what is right all the same."""
