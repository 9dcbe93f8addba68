"""The server of the negative controls. See `unguarded`."""

from inventory_project.wsgi import application

from .unguarded import take_off

take_off()

__all__ = ["application"]
