"""Business stories of the kind that other systems test themselves with, replayed through the API."""
