from .idempotency import IdempotencyRecord
from .token import ApiToken

__all__ = ["ApiToken", "IdempotencyRecord"]
