"""What may be called by whom: the permissions of the back office, the same names at both doors."""

from django.core.exceptions import ImproperlyConfigured
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission

from .exceptions import MissingPermission

STEPS = {
    "list": "view",
    "retrieve": "view",
    "create": "add",
    "update": "change",
    "partial_update": "change",
    "destroy": "delete",
}


class ModelPermission(BasePermission):
    """View, add, change or delete of the model; an act needs the permission that it names itself."""

    def has_permission(self, request, view) -> bool:
        if not request.user.is_authenticated:
            raise NotAuthenticated
        permission = permission_for(view)
        if permission and not request.user.has_perm(permission):
            raise MissingPermission(permission)
        return True


def permission_for(view) -> str:
    """The permission that the present action of the view needs; '' for a method that is not offered."""
    if view.required_perm:
        return view.required_perm
    if view.action is None or view.action == "metadata":
        return ""
    step = STEPS.get(view.action) or ("view" if view.request.method in SAFE_METHODS else "")
    if not step:
        raise ImproperlyConfigured(f"The act {view.action} of {view.__class__.__name__} names no permission.")
    options = view.queryset.model._meta
    return f"{options.app_label}.{step}_{options.model_name}"
