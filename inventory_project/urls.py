"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import PasswordResetCompleteView, PasswordResetDoneView
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from accounts.signin import pages as pages_of_sign_in
from inventory_project.base.api import pages
from inventory_project.monitoring import health
from inventory_project.monitoring.metrics import metrics
from inventory_project.pictures import NAME, product_picture

api = [
    re_path(r"^$", pages.ApiRoot.as_view(), name="api-root"),
    re_path(r"^openapi\.json$", SpectacularJSONAPIView.as_view(), name="openapi"),
    path("", include("accounts.api.urls")),
    path("", include("catalog.api.urls")),
    path("", include("stock.api.urls")),
    path("", include("sales.api.urls")),
    path("", include("billing.api.urls")),
    path("", include("inventory_project.reports.api")),
    path("", include("inventory_project.history.api")),  # last: it goes through the lists that the others name
]

# The names are those that Django's own pages ask for.
password_links = [
    path("admin/password-link/", pages_of_sign_in.AskForLink.as_view(), name="admin_password_reset"),
    path("admin/password-link/sent/", PasswordResetDoneView.as_view(), name="password_reset_done"),
]
if not settings.SENDS_MAIL:
    password_links = []
password_links += [
    path("admin/password/<uidb64>/<token>/", pages_of_sign_in.FollowLink.as_view(), name="password_reset_confirm"),
    path("admin/password/set/", PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]

urlpatterns = [
    path("health/live/", health.live, name="live"),
    path("health/ready/", health.ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    *password_links,
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    re_path(r"^api/docs/?$", SpectacularSwaggerSplitView.as_view(url_name="openapi"), name="api-docs"),
    re_path(r"^api/errors/?$", pages.error_index, name="api-errors"),
    re_path(r"^api/errors/(?P<code>[a-z_]{1,60})/?$", pages.error_page, name="api-error"),
    re_path(r"^api(/.*)?$", pages.UnknownAddress.as_view()),
    re_path(rf"^{settings.MEDIA_URL.lstrip('/')}products/{NAME}$", product_picture, name="product-picture"),
]

handler400 = "inventory_project.base.api.pages.bad_request"
handler403 = "inventory_project.denied.forbidden"
handler404 = "inventory_project.base.api.pages.not_found"
handler500 = "inventory_project.base.api.pages.server_error"
