"""Documents in each of their statuses, and what their acts are told."""
