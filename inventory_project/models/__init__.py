from .change import ChangeHistory, What
from .idempotency import IdempotencyRecord
from .operation import OperationRun
from .token import ApiToken

__all__ = ["ApiToken", "ChangeHistory", "IdempotencyRecord", "OperationRun", "What"]
