"""Taking a customer out of the records.

Issued invoices and credit notes stay as the customer has them: they have to be kept for years (GDPR, Regulation (EU)
2016/679, article 17(3)(b), with the tax and commercial law of the country; in Germany § 147 AO and § 257 HGB).
Everything else that says who it was goes (article 17(1)). How many were sold of what, when and for how much stays.
"""

from django.conf import settings
from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext as _

from inventory_project.base.errors import Gone, RuleViolation
from inventory_project.base.privacy import Part, free_name, person_anonymised, words_of
from inventory_project.base.services import refresh, service
from sales.models import (
    Customer,
    CustomerAddress,
    Order,
    OrderStatus,
    SalesReturn,
    SalesReturnStatus,
    Shipment,
    TaxTreatment,
)
from sales.registry import obligations_to, personal_parts

from .customers import exposure_of

PLACE = ("name", "line1", "line2", "city", "region", "postal_code")
TELLING = ("code", "name", "email", "phone", "tax_id", "notes", "user")
MOST_NAMED = 5


@service
def anonymise_customer(customer: Customer, *, by) -> Customer:
    """Blank all that says who the customer was. Again, it changes nothing.

    Refuses while an order is open, something is not invoiced, or one of the two still owes the other.
    """
    row = _locked(customer)
    _refuse_unfinished(row)
    parts = [*_parts(row), *personal_parts(row)]
    addresses = CustomerAddress.objects.filter(customer=row).values(*PLACE)
    words = {address[name] for address in addresses for name in ("name", "line1", "line2")} - {""}
    before = {name: getattr(row, name) for name in TELLING}
    after = _anonymous(row)
    changed = sum(part.blank_rows() for part in parts)
    if {name: getattr(row, name) for name in after} != after:
        for name, value in after.items():
            setattr(row, name, value)
        row.save()
        changed += 1
    words |= words_of({name: before[name] for name in ("code", "name", "email", "phone", "tax_id")}, after)
    person_anonymised.send(Customer, person=row, parts=parts, words=words, changed=changed, by=by)
    refresh(customer, row)
    return row


def is_anonymous(customer: Customer) -> bool:
    """Whether the customer has been anonymised."""
    return customer.code.startswith(f"ANON-{customer.pk}") and not customer.email


def _locked(customer: Customer) -> Customer:
    """The customer, locked so that nobody enters an order for them meanwhile."""
    row = Customer._base_manager.select_for_update(of=("self",)).filter(pk=customer.pk).first()
    if row is None:
        raise Gone(_("The %(kind)s has been deleted meanwhile. Nothing was written.") % {"kind": _("customer")})
    return row


def _anonymous(customer: Customer) -> dict[str, object]:
    with translation.override(settings.LANGUAGE_CODE):
        name = _("Anonymised customer %(id)d") % {"id": customer.pk}
    treatment = customer.tax_treatment
    return {
        "code": free_name(Customer, "code", f"ANON-{customer.pk}", customer.pk),
        "name": name,
        **dict.fromkeys(("email", "phone", "tax_id", "notes"), ""),
        # Reverse charge needs a tax ID; the orders keep the taxes that they have.
        "tax_treatment": TaxTreatment.DOMESTIC if treatment == TaxTreatment.REVERSE_CHARGE else treatment,
        "user": None,
        "is_active": False,
    }


def _parts(customer: Customer) -> list[Part]:
    ids = [customer.pk]
    orders = Order.objects.filter(customer=customer)
    order_ids = list(orders.values_list("pk", flat=True))
    of_orders = {"owner": "order_id", "owner_ids": order_ids}
    return [
        Part(Customer.objects.filter(pk=customer.pk), forget=TELLING),
        Part(
            CustomerAddress.objects.filter(customer=customer),
            {**dict.fromkeys(PLACE, ""), "is_active": False},
            owner="customer_id",
            owner_ids=ids,
        ),
        Part(
            orders,
            dict.fromkeys(("customer_reference", "notes", "cancel_reason"), ""),
            ("billing_address", "shipping_address"),
            owner="customer_id",
            owner_ids=ids,
        ),
        Part(Shipment.objects.filter(order__customer=customer), {"notes": "", "tracking_number": ""}, **of_orders),
        Part(SalesReturn.objects.filter(order__customer=customer), {"notes": "", "reason": ""}, **of_orders),
    ]


def _refuse_unfinished(customer: Customer) -> None:
    open_returns = (SalesReturnStatus.REQUESTED, SalesReturnStatus.APPROVED, SalesReturnStatus.RECEIVED)
    unfinished = [
        Order.objects.filter(customer=customer, status__in=(OrderStatus.PENDING, OrderStatus.CONFIRMED)),
        SalesReturn.objects.filter(order__customer=customer, status__in=open_returns),
        *obligations_to(customer),
    ]
    found = [document for documents in unfinished for document in documents.order_by("pk")[:MOST_NAMED]]
    if found:
        names = ", ".join(_named(document) for document in found[:MOST_NAMED])
        raise RuleViolation(
            _("%(customer)s can't be anonymised while there is something left to do: %(documents)s.")
            % {"customer": customer, "documents": names},
            code="unfinished",
            details={"documents": [document.number for document in found]},
        )
    if owed := exposure_of(customer):
        raise RuleViolation(
            _("%(customer)s can't be anonymised yet: %(amount)s of what was delivered is not invoiced.")
            % {"customer": customer, "amount": owed},
            code="unfinished",
            details={"amount": str(owed)},
        )


def _named(document: Model) -> str:
    kind, status = document._meta.verbose_name, document.get_status_display()
    return f"{kind} {document.number} ({status})"
