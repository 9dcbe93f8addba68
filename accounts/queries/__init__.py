"""Questions about who may do what, and why."""

from .reasons import Answer, Reason, roles_with, who_may_give, why_can

__all__ = ["Answer", "Reason", "roles_with", "who_may_give", "why_can"]
