from inventory_project.base.api.router import ApiRouter

from . import problems  # noqa: F401  (publishes the codes)
from .views import RoleViewSet, UserRoleViewSet, UserViewSet

router = ApiRouter()
router.register("users", UserViewSet)
router.register("roles", RoleViewSet)
router.register("user-roles", UserRoleViewSet)

urlpatterns = router.urls
