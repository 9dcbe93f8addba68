from .role import Role, UserRole
from .user import User

__all__ = ["Role", "User", "UserRole"]
