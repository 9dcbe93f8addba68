from .idempotency import IdempotencyRecord
from .operation import OperationRun
from .token import ApiToken

__all__ = ["ApiToken", "IdempotencyRecord", "OperationRun"]
