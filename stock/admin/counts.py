"""Counting what is really there."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from inventory_project.base.admin import (
    BOTH_PAGES,
    FORM_PAGE,
    DayRangeFilter,
    DocumentAdmin,
    GivesSheets,
    LineAdmin,
    LineInline,
    RelatedFilter,
    Tab,
    act_permission,
    act_url,
    columns,
    meant,
)
from inventory_project.base.admin.listing import is_code
from inventory_project.base.discretion import SEE_COST
from inventory_project.base.errors import RuleViolation
from stock import services
from stock.admin import facts, sheets
from stock.admin.counting import (
    SEE_EXPECTED,
    CountPages,
    EnterCountForm,
    PostCountForm,
    RecountForm,
    say_recounted,
    sees_expected,
)
from stock.models import StockCount, StockCountItem
from stock.queries.counting import DIFFERENT

START = "_enter"  # the button of the draft that starts the count


def is_hidden(line: StockCountItem) -> bool:
    """Counters of a blind count are not told what the system expects before it is posted."""
    return line.count.is_blind and line.count.status != "posted"


@admin.display(description=_("expected"))
def expected(line):
    return columns.figure(line.expected_quantity)


@admin.display(description=_("expected"))
def expected_unless_blind(line):
    return columns.EMPTY if is_hidden(line) else columns.figure(line.expected_quantity)


@admin.display(description=_("difference"))
def difference(line):
    if not line.difference:
        return columns.figure(line.difference)
    return columns.badge(f"{line.difference:+d}", "green" if line.difference > 0 else "red")


@admin.display(description=_("difference"))
def difference_unless_blind(line):
    return columns.EMPTY if is_hidden(line) else difference(line)


OPEN = (expected, difference)
DISCREET = (expected_unless_blind, difference_unless_blind)


def figures_for(request):
    """The columns with what is expected, as far as the person may see it."""
    return OPEN if request.user.has_perm(SEE_EXPECTED) else DISCREET


CANCEL = meant(
    _("Cancel %(object)s"),
    _("Cancel the count"),
    _("Nothing is posted; what was entered stays on record. This can't be undone."),
)


class StockCountItemInline(LineInline):
    model = StockCountItem
    limit = 100

    def get_fields(self, request, obj=None):
        return ("bin", "product", "lot", "counted_quantity", *figures_for(request), "reason")

    def get_readonly_fields(self, request, obj=None):
        return ("bin", "product", "lot", "counted_quantity", *figures_for(request), "reason")

    def has_add_permission(self, request, obj):
        return False  # starting the count writes its lines; more come with “Enter counts”

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(StockCount)
class StockCountAdmin(GivesSheets, CountPages, DocumentAdmin):
    purpose = _("A count compares what really lies in a warehouse with what the books say, and puts the books right.")
    list_display = ("warehouse", "scope", "is_blind", facts.counted, "started_at", "posted_at")
    needs = {"difference_value": SEE_COST}
    list_select_related = ("warehouse", "category", "bin")
    list_filter = ("status", "warehouse", ("created_at", DayRangeFilter))
    search_fields = ("count_number",)
    in_search = True
    sheet = staticmethod(sheets.count_sheet)
    print_label = _("Count sheet")
    fieldsets = (
        (None, {"fields": ("warehouse", "is_blind", "notes")}),
        (_("What is counted"), {"fields": ("category", "bin", "only_low", "uncounted_days")}),
        (_("Progress"), {"fields": ("started_at", "posted_at", "cancelled_at"), "classes": ("after", "collapse")}),
    )
    readonly_fields = ("started_at", "posted_at", "cancelled_at")
    inlines = (StockCountItemInline,)
    related_links = ("items",)
    steps = ("draft", "counting", "posted")
    not_yet = {"post": {"draft": _("It has not been started yet.")}}
    tabs = (
        Tab("drafts", _("Drafts"), Q(status="draft")),
        Tab("open", _("Under way"), Q(status="counting")),
        Tab("posted", _("Posted"), Q(status="posted")),
    )
    actions = ("start", "enter", "post", "recount", "cancel")
    aside = ("recount",)
    has_start_permission = act_permission("start")
    has_enter_permission = act_permission("enter")
    has_post_permission = has_recount_permission = act_permission("post")
    has_cancel_permission = act_permission("cancel")

    def get_list_display(self, request):
        number, *shown, status = super().get_list_display(request)
        worth = facts.difference_value if request.user.has_perm(SEE_EXPECTED) else facts.difference_unless_blind
        return (number, *shown, *([worth] if self._may_see(request, worth) else []), status)

    def get_inlines(self, request, obj):
        return super().get_inlines(request, obj) if obj else ()

    def create(self, request, header, lines):
        return services.create_stock_count(**header, by=request.user)

    @admin.display(description=_("scope"))
    def scope(self, count):
        parts = [str(_("chosen places"))] if count.only_chosen else []
        parts += [str(part) for part in (count.category, count.bin) if part]
        parts += [str(_("low"))] if count.only_low else []
        if count.uncounted_days is not None:
            parts.append(_("not counted for %(days)d days") % {"days": count.uncounted_days})
        return ", ".join(parts) or _("all")

    def get_further_submit(self, request, obj):
        """“Enter counts…” saves the draft, starts it and opens the grid."""
        allowed = self.has_start_permission(request) and self.has_enter_permission(request)
        return (START, _("Enter counts…")) if allowed and (obj is None or obj.status == "draft") else None

    def response_add(self, request, obj, post_url_continue=None):
        return self._start_at_once(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._start_at_once(request, obj) or super().response_change(request, obj)

    def _start_at_once(self, request, count):
        if START not in request.POST or self.get_further_submit(request, count) is None:
            return None
        try:
            with transaction.atomic():
                services.start_stock_count(count, by=request.user)
        except RuleViolation as refusal:
            self.message_user(request, f"{count}: {refusal}", messages.ERROR)
            return HttpResponseRedirect(columns.change_url(count))
        return HttpResponseRedirect(act_url(count, "enter"))

    def blocked(self, name, obj):
        if (
            name == "post"
            and obj.status == "counting"
            and not obj.items.filter(counted_quantity__isnull=False).exists()
        ):
            return _("Nothing has been counted yet.")
        if name == "recount" and not obj.items.filter(DIFFERENT).exists():
            return _("What was counted so far is what was expected.")
        return super().blocked(name, obj)

    @admin.action(permissions=["start"], description=_("Start"), location=BOTH_PAGES)
    def start(self, request, queryset):
        return self.apply(request, queryset, services.start_stock_count, then=lambda count: act_url(count, "enter"))

    @admin.action(permissions=["enter"], description=_("Enter counts…"), location=FORM_PAGE)
    def enter(self, request, queryset):
        return self.apply(request, queryset, services.enter_stock_count, form=EnterCountForm)

    @admin.action(permissions=["post"], description=_("Post differences…"), location=FORM_PAGE)
    def post(self, request, queryset):
        def run(count, answers):
            return self.post_chosen(request, count, answers)

        return self.ask(request, PostCountForm, run, rows=list(queryset), then=self.after_posting, say=self.say_posted)

    @admin.action(permissions=["recount"], description=_("Recount unmatched…"), location=FORM_PAGE)
    def recount(self, request, queryset):
        rows = list(queryset)
        if not all(sees_expected(request, count) for count in rows):
            raise PermissionDenied
        again = services.set_aside_for_recount
        return self.apply(
            request, queryset, again, form=RecountForm, then=lambda other: act_url(other, "enter"), say=say_recounted
        )

    def _act_button(self, request, name, label, obj):
        """What does not match says what was expected."""
        hidden = name == "recount" and not sees_expected(request, obj)
        return None if hidden else super()._act_button(request, name, label, obj)

    def offers(self, name, obj):
        return obj.status == "counting" if name == "recount" else super().offers(name, obj)

    @admin.action(permissions=["cancel"], description=_("Cancel…"), location=BOTH_PAGES)
    def cancel(self, request, queryset):
        return self.apply(request, queryset, services.cancel_stock_count, form=CANCEL)


@admin.register(StockCountItem)
class StockCountItemAdmin(LineAdmin):
    purpose = _("What was expected and what was counted, place by place.")
    list_display = ("count", "product", "bin", "lot", columns.quantity("counted_quantity", _("counted")))
    list_select_related = ("count", "product", "bin", "lot")
    ordering = ("-count_id", "bin__code", "pk")
    list_filter = (("product", RelatedFilter),)
    search_fields = ("count__count_number", "product__sku", "bin__code")
    search_help_text = _("A count's number, a SKU, a bin, or a barcode")
    tabs = (
        Tab("uncounted", _("Not counted"), Q(counted_quantity=None)),
        Tab("different", _("Different"), DIFFERENT),
    )
    page_note = _("Counted quantities are entered at the count, with “Enter counts”.")

    def get_list_display(self, request):
        return (*super().get_list_display(request), *figures_for(request), facts.moved_since)

    def get_search_results(self, request, queryset, search_term):
        """A scanned code finds the lines of its product."""
        code = search_term.strip()
        products = list(Product.objects.with_code(code).values_list("pk", flat=True)) if is_code(code) else []
        if products:
            return queryset.filter(product__in=products), False
        return super().get_search_results(request, queryset, search_term)

    def get_tabs(self, request):
        return self.tabs if request.user.has_perm(SEE_EXPECTED) else self.tabs[:1]

    def get_fields(self, request, obj=None):
        facts = ("counted_quantity", *figures_for(request), "counted_at", "counted_by") if obj else ()
        return ("count", "product", "bin", "lot", *facts, "reason")

    def get_readonly_fields(self, request, obj=None):
        facts = ("counted_quantity", *figures_for(request), "counted_at", "counted_by")
        return (*super().get_readonly_fields(request, obj), *facts)
