"""Moving goods from the list of balances: ticked rows, a target, and off they go."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inventory_project.base.admin import BOTH_PAGES, columns, permission
from inventory_project.base.errors import RuleViolation
from stock import services
from stock.admin.forms import ScannedForm, units
from stock.models import Inventory, Warehouse
from stock.services import TransferLine

DRAFT = "as_draft"


class TransferForm(ScannedForm):
    """How much of the chosen balances goes to which warehouse."""

    submit = _("Dispatch")
    intro = _("Goods on their way belong to neither warehouse; they are received at the other side.")
    subject = ""
    fill_label = _("All that is available")
    fact_labels = (_("Product"), _("On hand"), _("Available"))

    to_warehouse = forms.ModelChoiceField(Warehouse.objects.none(), label=_("To"))

    def __init__(self, *args, balances: list[Inventory], **kwargs) -> None:
        self.balances = balances
        super().__init__(*args, **kwargs)
        self.source = balances[0].warehouse
        self.title = _("Transfer from %(warehouse)s") % {"warehouse": self.source}
        self.fields["to_warehouse"].queryset = Warehouse.objects.active().exclude(pk=self.source.pk)
        chosen = [str(line.pk) for line in self.lines]
        # The page sends the action again, for the same rows.
        self.fields[ACTION_CHECKBOX_NAME] = forms.MultipleChoiceField(
            choices=[(pk, pk) for pk in chosen], initial=chosen, widget=forms.MultipleHiddenInput, required=False
        )
        if self.may_dispatch:
            self.more_submits = [(DRAFT, _("Save draft"))]
        else:
            self.submit = _("Save draft")

    @property
    def may_dispatch(self) -> bool:
        return self.request.user.has_perm("stock.dispatch_stocktransfer")

    def get_lines(self):
        return self.balances

    def get_facts(self, line):
        return line.product, columns.figure(line.quantity), columns.figure(line.available)

    def most(self, line):
        return max(line.available, 0)

    def get_entries(self, line):
        field = units(_("quantity"), required=False)
        field.validators.append(partial(_within, line))
        return {"quantity": field}

    def clean(self):
        if not self.errors and not self.parameters()["lines"]:
            raise ValidationError(_("Enter how many to transfer of at least one product. Nothing was moved."))
        return super().clean()

    def parameters(self):
        entered = [(line, self.answers(line)["quantity"]) for line in self.lines]
        self.asked = [line for line, quantity in entered if quantity]
        return {
            "from_warehouse": self.source,
            "to_warehouse": self.cleaned_data.get("to_warehouse"),
            "dispatches": self.may_dispatch and not self.chose(DRAFT),
            "lines": [TransferLine(line.product, quantity) for line, quantity in entered if quantity],
        }

    def refuse(self, refusal: RuleViolation) -> None:
        """What is short is shown at its line."""
        short = {found["product"] for found in refusal.details.get("lines", ())}
        at_fault = [line for line in self.lines if line.product_id in short]
        for line in at_fault:
            self.add_error(f"quantity-{line.pk}", str(refusal))
        if not at_fault:
            super().refuse(refusal)


def _within(balance: Inventory, quantity: int) -> None:
    if quantity > balance.available:
        raise ValidationError(
            _("Only %(available)d of %(sku)s are available in %(warehouse)s.")
            % {"available": balance.available, "sku": balance.product.sku, "warehouse": balance.warehouse}
        )


class Transfers:
    """Mixin of the balances' admin: the action “Transfer…”, which lands on the transfer."""

    has_transfer_permission = permission("stock.add_stocktransfer")

    @admin.action(permissions=["transfer"], description=_("Transfer…"), location=BOTH_PAGES)
    def transfer(self, request, queryset):
        rows = self.at_once(request, queryset.select_related("product", "warehouse"))
        if rows is None:
            return None
        sources = sorted({str(row.warehouse) for row in rows})
        if len(sources) != 1:
            text = _("These rows are in %(warehouses)s. Tick rows of one warehouse: a transfer has one origin.")
            self.message_user(request, text % {"warehouses": ", ".join(sources)}, messages.ERROR)
            return None

        def run(answers):
            dispatches = answers.pop("dispatches")
            made = services.create_stock_transfer(**answers, by=request.user)
            return services.dispatch_stock_transfer(made, by=request.user) if dispatches else made

        return self.ask(request, partial(TransferForm, balances=rows), run, then=columns.change_url)
