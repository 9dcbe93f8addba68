"""Stock held back for orders."""

from django.contrib import admin
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import (
    FORM_PAGE,
    ActForm,
    RelatedFilter,
    StateAdmin,
    Tab,
    columns,
    permission,
    search_field,
)
from inventory_project.base.clock import end_of_day, start_of_day, today
from sales import services
from sales.models import Reservation, Shipment


class ReserveForm(ActForm):
    """For which order goods are held back."""

    title = _("Reserve goods for an order")
    submit = _("Reserve")
    intro = _("Reserves what a confirmed order still lacks, as far as it is available.")

    order = search_field(Shipment._meta.get_field("order"))


class ReleaseForm(ActForm):
    """Gives goods free again."""

    title = _("Release the reservations of %(object)s")
    submit = _("Release")
    intro = _("All reservations of the order are released. It stays confirmed, with its goods back-ordered.")

    @property
    def subject(self):
        return self.row.order_item.order


@admin.register(Reservation)
class ReservationAdmin(StateAdmin):
    purpose = _("Goods that are kept for a confirmed order until they are shipped.")
    list_display = (
        "product",
        "order",
        "warehouse",
        columns.quantity("quantity", _("quantity")),
        "since",
        "expires_at",
    )
    ordering = (F("expires_at").asc(nulls_last=True), "pk")
    list_select_related = ("order_item__order", "inventory__product", "inventory__warehouse")
    list_filter = ("inventory__warehouse", ("inventory__product", RelatedFilter))
    search_fields = ("order_item__order__order_number", "inventory__product__sku")
    fields = ("order_item", "inventory", "quantity", "expires_at", "notes")
    readonly_fields = ("order_item", "inventory", "quantity")
    actions = ("release",)
    add_act, undo_act = "reserve", "release"
    has_reserve_permission = permission("sales.reserve_order")
    has_release_permission = permission("sales.release_order")
    page_note = _(
        "Reservations come from confirming orders. To add one, reserve the order's goods; to remove it, release them. "
        "Expiry and notes are edited here."
    )

    def get_tabs(self, request):
        day = Q(expires_at__range=(start_of_day(today()), end_of_day(today())))
        return (
            Tab("today", _("Expiring today"), day, _("No reservation expires today.")),
            Tab("expired", _("Expired"), lambda rows: rows.expired(), _("No reservation has expired.")),
        )

    @admin.display(description=_("since"), ordering="created_at")
    def since(self, reservation):
        return reservation.created_at

    @admin.display(description=_("order"), ordering="order_item__order")
    def order(self, reservation):
        return reservation.order_item.order

    @admin.display(description=_("product"), ordering="inventory__product__sku")
    def product(self, reservation):
        return reservation.inventory.product

    @admin.display(description=_("warehouse"), ordering="inventory__warehouse__code")
    def warehouse(self, reservation):
        return reservation.inventory.warehouse

    def reserve_page(self, request):
        def run(answers):
            return services.reserve_order(answers["order"], by=request.user)

        return self.ask(request, ReserveForm, run, then=self.list_url)

    @admin.action(permissions=["release"], description=_("Release…"), location=FORM_PAGE)
    def release(self, request, queryset):
        return self.apply(request, queryset, self._released, form=ReleaseForm, then=self.list_url)

    @staticmethod
    def _released(reservation, *, by):
        return services.release_order(reservation.order_item.order, by=by)
