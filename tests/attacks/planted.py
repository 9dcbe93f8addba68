"""A company in which every text of every record is a word of its own: a leak says what leaked, and from where."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import admin
from django.db import DatabaseError, models, transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.services import create_token
from inventory_project.base.discretion import SEE_COST
from inventory_project.base.fields import KeyField
from inventory_project.base.models import Line
from sales.services import deliver_order
from stock.models import Inventory, StockMovement
from tests.factories import MODULES, factory_of
from tests.factories.accounts import StaffFactory
from tests.factories.billing import PaymentFactory
from tests.factories.sales import shipped_order
from tests.factories.stock import LotFactory, WarehouseFactory, put_in_stock

UNIT_COST, QUANTITY, VALUE = "7.1357", 13, "92.76"
PRICES = (
    ("catalog.product", "cost", "7.1411"),
    ("catalog.supplierproduct", "cost", "7.1422"),
    ("stock.purchaseorderitem", "unit_cost", "7.1433"),
    ("stock.goodsreceiptitem", "unit_cost", "7.1444"),
)
# By these people know a record; whoever sees what refers to it sees how it is called.
NAMES = {"name", "code", "sku", "number", "username", "first_name", "last_name", "lot_number", "email"}


@dataclass(frozen=True)
class Word:
    """Something that is told to those with one of these permissions only; without any: to nobody."""

    text: str
    shown_by: frozenset[str]

    def is_secret_from(self, user: User) -> bool:
        return self.shown_by.isdisjoint(user.get_all_permissions())


def view(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}.view_{model._meta.model_name}"


def company() -> tuple[dict[str, models.Model], list[Word]]:
    """A record of each kind, by its label, and the words that are in them."""
    kinds = [model for model in admin.site._registry if model._meta.app_label in MODULES]
    rows = {model._meta.label_lower: factory_of(model)() for model in kinds}
    rows |= {row._meta.label_lower: row for row in _traded()}
    words = [word for row in rows.values() for word in _written_on(row)]
    words += [Word(text, frozenset({SEE_COST})) for text in (UNIT_COST, VALUE, *_priced(rows))]
    return rows, [*words, *_never_told(rows)]


def _traded() -> list[models.Model]:
    """What comes of an order whose goods have left, of a lot with a cost that nothing else has."""
    lot = LotFactory()
    product, warehouse = lot.product, WarehouseFactory()
    put_in_stock(product, warehouse, QUANTITY, UNIT_COST, lot_number=lot.number)
    order = shipped_order(product, 2, warehouse=warehouse, stock=0)
    shipment = order.shipments.get()
    deliver_order(order, by=order.user)
    payment = PaymentFactory()
    balance = Inventory.objects.get(product=product)
    left = StockMovement.objects.get(product=product, kind="shipment")
    return [
        *(lot, product, warehouse, order, order.items.get(), order.customer, shipment, shipment.items.get()),
        *(payment, payment.invoice, payment.invoice.items.get(), balance, left),
    ]


def _priced(rows: dict[str, models.Model]) -> Iterable[str]:
    """Put a purchase price of its own into each record that has one."""
    for label, column, price in PRICES:
        type(rows[label])._base_manager.filter(pk=rows[label].pk).update(**{column: price})
        yield price


def _written_on(row: models.Model) -> list[Word]:
    """Put a word into each text of the record that nothing keeps from being written."""
    model = row._meta.model
    shown_by = {view(model)}
    if isinstance(row, Line):  # a document is shown with its lines
        shown_by.add(view(model._meta.get_field(model.PARENT).related_model))
    found = []
    for column in model._meta.concrete_fields:
        if not _is_text(column):
            continue
        text = f"zq{len(found)}{model._meta.model_name}"[: column.max_length]
        value = {"line1": text} if isinstance(column, models.JSONField) else text
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{column.name: value})
        except DatabaseError:  # an issued invoice is frozen
            continue
        found.append(Word(text, frozenset(shown_by)))
    return found


def _is_text(column: models.Field) -> bool:
    if isinstance(column, models.JSONField):
        return column.name.endswith("_address")
    is_text = isinstance(column, models.CharField | models.TextField) and not isinstance(column, KeyField)
    is_name = column.name in NAMES or column.name.endswith("_number")
    return is_text and not column.choices and not is_name and column.name != "password" and column.max_length > 30


def _never_told(rows) -> list[Word]:
    owner = StaffFactory(username="owner")
    token, key = create_token(owner, "planted")
    device = TOTPDevice.objects.create(user=owner, confirmed=True, name="app")
    secrets = [owner.password.split("$")[-1], token.digest, key, device.key]
    return [Word(text, frozenset()) for text in secrets]
