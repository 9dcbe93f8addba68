"""The back office's admin site: its frame, its menu by job, its start page, its search."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps

from django.apps import apps
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from inventory_project.base.admin.columns import change_url
from inventory_project.base.admin.listing import is_code, search_words
from inventory_project.base.clock import business_zone

MOST_FOUND = 6


@dataclass(frozen=True)
class Job:
    """A group of the menu: the lists that one kind of work needs."""

    label: object
    icon: str
    models: Sequence[str]


JOBS = (
    Job(
        _("Sales"),
        "cart",
        ("sales.order", "sales.shipment", "sales.salesreturn", "sales.customer", "sales.reservation"),
    ),
    Job(_("Billing"), "receipt", ("billing.invoice", "billing.payment", "billing.creditnote")),
    Job(_("Purchasing"), "truck", ("stock.purchaseorder", "stock.goodsreceipt", "catalog.supplier")),
    Job(
        _("Stock"),
        "box",
        (
            "stock.inventory",
            "stock.stocktransfer",
            "stock.stockcount",
            "stock.stockmovement",
            "stock.lot",
            "stock.warehouse",
        ),
    ),
    Job(_("Catalog"), "tag", ("catalog.product", "catalog.category", "catalog.pricelist", "catalog.taxrate")),
    Job(
        _("Access"),
        "users",
        ("accounts.user", "accounts.role", "inventory_project.apitoken", "inventory_project.changehistory"),
    ),
)
# What follows the key “g”.
KEYS = {
    "sales.order": "o",
    "sales.shipment": "s",
    "sales.customer": "c",
    "billing.invoice": "b",
    "billing.payment": "m",
    "stock.purchaseorder": "u",
    "stock.goodsreceipt": "r",
    "stock.inventory": "i",
    "stock.stocktransfer": "t",
    "catalog.product": "p",
}
NEW = (
    "sales.order",
    "sales.customer",
    "stock.purchaseorder",
    "stock.stocktransfer",
    "stock.stockcount",
    "catalog.product",
)


@dataclass
class Entry:
    """A list in the menu."""

    label: str
    url: str
    add_url: str = ""
    is_current: bool = False
    key: str = ""


@dataclass
class Group:
    """A job with the lists that the person may see."""

    label: object
    icon: str
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Found:
    """What a search found in one list."""

    label: str
    rows: list[tuple[str, str]]
    more_url: str


class SearchByLabel(AutocompleteJsonView):
    """Names the rows as their admin class does: a bin with its warehouse."""

    def process_request(self, request):
        """Only what a form refers to is searched: neither columns nor, the other way round, lines by their parent."""
        names = [request.GET.get(name, "") for name in ("app_label", "model_name", "field_name")]
        with suppress(LookupError, FieldDoesNotExist):
            if isinstance(apps.get_model(*names[:2])._meta.get_field(names[2]), models.ForeignKey):
                return super().process_request(request)
        raise PermissionDenied

    def serialize_result(self, obj, to_field_name):
        label = getattr(self.model_admin, "label", str)
        return {"id": str(getattr(obj, to_field_name)), "text": label(obj)}


class BackOffice(AdminSite):
    index_title = _("Today")
    empty_value_display = "–"
    enable_nav_sidebar = False  # the menu is part of our own frame
    site_url = None

    @property
    def site_header(self) -> str:
        return settings.COMPANY["name"]

    site_title = site_header

    reports_title = _("Reports")

    def get_urls(self):
        from accounts.signin.account import account_urls
        from accounts.signin.pages import code_page
        from inventory_project.imports.pages import import_urls
        from inventory_project.monitoring.pages import system_urls
        from inventory_project.reports.pages import report_urls

        return [
            path("search/", self.admin_view(self.search), name="search"),
            path("login/code/", code_page, name="sign_in_code"),
            *account_urls(self),
            *report_urls(),
            *import_urls(),
            *system_urls(),
            *super().get_urls(),
        ]

    @method_decorator(never_cache)
    def login(self, request, extra_context=None):
        """As Django's, with a second factor."""
        from accounts.signin.forms import SignInForm
        from accounts.signin.pages import SignIn

        home = reverse("admin:index", current_app=self.name)
        target = SignIn().get_redirect_url(request)
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(target or home)
        context = {
            **self.each_context(request),
            "title": _("Log in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            REDIRECT_FIELD_NAME: target or home,
            **(extra_context or {}),
        }
        request.current_app = self.name
        view = SignIn.as_view(
            extra_context=context, authentication_form=SignInForm, template_name="admin/login.html", next_page=home
        )
        return view(request)

    @property
    def password_change_form(self):
        from accounts.signin.proof import OwnPasswordForm

        return OwnPasswordForm

    def admin_view(self, view, cacheable=False):
        """Every page shows and reads instants in the business time zone, also what is rendered after the view."""

        @wraps(view)
        def in_business_time(request, *args, **kwargs):
            with timezone.override(business_zone()):
                response = view(request, *args, **kwargs)
                return response.render() if hasattr(response, "render") else response

        return super().admin_view(in_business_time, cacheable)

    def autocomplete_view(self, request):
        return SearchByLabel.as_view(admin_site=self)(request)

    # --- the frame ------------------------------------------------------------------------------------------------

    def menu(self, request: HttpRequest) -> list[Group]:
        """What the person may open, by job; the remaining tables come last. Asks the database nothing."""
        if not hasattr(request, "menu"):
            request.menu = self._groups(request)
        return request.menu

    def _groups(self, request: HttpRequest) -> list[Group]:
        entries = {
            model._meta.label_lower: self._entry(request, model, model_admin)
            for model, model_admin in self._registry.items()
            if model_admin.has_module_permission(request) and model_admin.has_view_or_change_permission(request)
        }
        groups = []
        for job in JOBS:
            mine = [entries.pop(name) for name in job.models if name in entries]
            if job is JOBS[-1]:
                mine += self._system(request)
            if mine:
                groups.append(Group(job.label, job.icon, mine))
        if reports := self._reports(request):
            groups.append(Group(self.reports_title, "chart", reports))
        if entries:
            rest = sorted(entries.values(), key=lambda entry: entry.label)
            groups.append(Group(_("All tables"), "table", rest))
        return groups

    def _system(self, request: HttpRequest) -> list[Entry]:
        """The page that says how the installation is doing, for those who may see it."""
        from inventory_project.monitoring.pages import PERMISSION, TITLE

        if not request.user.has_perm(PERMISSION):
            return []
        url = reverse("admin:system")
        return [Entry(str(TITLE), url, is_current=request.path == url)]

    def _reports(self, request: HttpRequest) -> list[Entry]:
        """The page that lists the reports, for those who may see one."""
        from inventory_project.reports.catalogue import reports_for

        if not reports_for(request.user):
            return []
        url = reverse("admin:reports")
        return [Entry(str(_("All reports")), url, is_current=request.path.startswith(url))]

    def _entry(self, request: HttpRequest, model: type[models.Model], model_admin) -> Entry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        url = reverse(f"{base}_changelist")
        return Entry(
            capfirst(str(model._meta.verbose_name_plural)),
            url,
            reverse(f"{base}_add") if model_admin.has_add_permission(request) else "",
            request.path.startswith(url),
            KEYS.get(model._meta.label_lower, ""),
        )

    def new_links(self, request: HttpRequest) -> list[Entry]:
        """What the button “New” offers to this person."""
        by_name = {model._meta.label_lower: (model, model_admin) for model, model_admin in self._registry.items()}
        found = [by_name[name] for name in NEW if name in by_name]
        return [
            Entry(
                capfirst(str(model._meta.verbose_name)),
                reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add"),
            )
            for model, model_admin in found
            if model_admin.has_add_permission(request)
        ]

    # --- pages ----------------------------------------------------------------------------------------------------

    def index(self, request, extra_context=None):
        from inventory_project.dashboard import start_page

        return super().index(request, {**start_page(request), **(extra_context or {})})

    def history_page(self, request: HttpRequest, model_admin, object_id: str) -> HttpResponse:
        """Everything that became of one record."""
        from inventory_project.history.pages import history_page

        return history_page(request, model_admin, object_id)

    def newest_changes(self, request: HttpRequest, row: models.Model) -> Sequence[object]:
        """The last changes of a record, for its own page."""
        from inventory_project.history.pages import newest

        return newest(request, row)

    def search(self, request: HttpRequest) -> HttpResponse:
        """Find documents, products and people; a single hit opens at once, as after scanning a barcode."""
        term = search_words(request.GET.get("q", ""))
        if product := self._scanned(request, term):
            return HttpResponseRedirect(change_url(product))
        found = [*self._lists(request, term), *self._results(request, term)] if term else []
        found = [result for result in found if result.rows]
        if len(found) == 1 and len(found[0].rows) == 1:
            return HttpResponseRedirect(found[0].rows[0][1])
        context = {**self.each_context(request), "title": _("Search"), "term": term, "found": found}
        request.current_app = self.name
        return TemplateResponse(request, "admin/search.html", context)

    def _scanned(self, request: HttpRequest, term: str) -> models.Model | None:
        """The product of a barcode, whatever else the digits might be found in."""
        from catalog.models import Product

        model_admin = self.get_model_admin(Product)
        if not is_code(term) or not model_admin.has_view_permission(request):
            return None
        return model_admin.get_queryset(request).with_code(term).first()

    def _lists(self, request: HttpRequest, term: str):
        """The lists of the menu whose name is searched for."""
        entries = [entry for group in self.menu(request) for entry in group.entries]
        rows = [(entry.label, entry.url) for entry in entries if term.lower() in entry.label.lower()]
        yield Found(_("Lists"), rows[:MOST_FOUND], "")

    def _results(self, request: HttpRequest, term: str):
        for model, model_admin in self._registry.items():
            if not getattr(model_admin, "in_search", False) or not model_admin.has_view_or_change_permission(request):
                continue
            queryset, _duplicates = model_admin.get_search_results(request, model_admin.get_queryset(request), term)
            rows = [(model_admin.label(row), change_url(row)) for row in queryset[:MOST_FOUND]]
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query={"q": term})
            yield Found(capfirst(str(model._meta.verbose_name_plural)), rows, url if len(rows) == MOST_FOUND else "")
