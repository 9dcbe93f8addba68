"""The lines of a statement as a form: for each, whether it is recorded, and as a payment of which invoice."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _

from billing.models import Invoice, Payment
from billing.queries.transfers import Found, Proposal, Transfer
from inventory_project.base.admin.forms import KnownChoice, KnownLabelSelect
from inventory_project.base.admin.listing import is_id

from .statement import StatementLine

RELATION = Payment._meta.get_field("invoice")
LOOK_FIRST = (Found.SUGGESTED, Found.UNMATCHED, "wrong", Found.MATCHED, Found.THERE)


@dataclass(frozen=True)
class Row:
    """A line as the page shows it."""

    line: StatementLine
    found: str
    why: str
    invoice: Invoice | None = None
    choice: forms.BoundField | None = None
    tick: forms.BoundField | None = None


class RowsForm(forms.Form):
    """Asks for each line that could be recorded; those that are certain are ticked."""

    def __init__(self, data, lines: Sequence[tuple[StatementLine, Proposal]]) -> None:
        super().__init__(data)
        self.lines = lines
        self.open = [(line, proposal) for line, proposal in lines if proposal.found != Found.THERE]
        known = self._sent() if data is not None else {}
        label = admin.site.get_model_admin(Invoice).label
        for line, proposal in self.open:
            choice = self._choice(line, proposal)
            choice.known, choice.label_from_instance = lambda: known, label
            rows = [*known.values(), *([proposal.invoice] if proposal.invoice else [])]
            choice.widget.known = {str(row.pk): label(row) for row in rows}
            tick = forms.BooleanField(required=False, initial=proposal.found == Found.MATCHED)
            tick.widget.attrs["aria-label"] = _("Record line %(number)d") % {"number": line.number}
            self.fields[f"invoice-{line.number}"] = choice
            self.fields[f"record-{line.number}"] = tick

    @staticmethod
    def _choice(line: StatementLine, proposal: Proposal) -> KnownChoice:
        widget = KnownLabelSelect(RELATION, admin.site, {"aria-label": _("Invoice of line %d") % line.number})
        invoices = Invoice.objects.all()
        return KnownChoice(invoices, required=False, widget=widget, initial=proposal.invoice and proposal.invoice.pk)

    def _sent(self) -> dict[str, Invoice]:
        """The invoices that were chosen, read at once."""
        sent = {self.data.get(f"invoice-{line.number}", "") for line, _proposal in self.open}
        rows = Invoice.objects.select_related("customer").filter(pk__in=[each for each in sent if is_id(each)])
        return {str(row.pk): row for row in rows}

    def clean(self):
        cleaned = super().clean()
        for line, proposal in self.open:
            name = f"invoice-{line.number}"
            ticked, chosen = cleaned.get(f"record-{line.number}"), cleaned.get(name)
            if name in self.errors:
                continue
            if ticked and not chosen:
                self.add_error(name, _("Choose the invoice, or leave the line out."))
            elif chosen and not ticked and chosen != proposal.invoice:
                self.add_error(name, _("Tick the line as well, or clear the invoice."))
        if not self.errors and not self.chosen():
            self.add_error(None, _("Tick the lines that are to be recorded."))
        return cleaned

    def chosen(self) -> list[tuple[int, Transfer, Invoice]]:
        """The lines that are to be recorded, with their invoices."""
        cleaned = self.cleaned_data
        return [
            (line.number, line.transfer, cleaned[f"invoice-{line.number}"])
            for line, _proposal in self.open
            if cleaned.get(f"record-{line.number}") and cleaned.get(f"invoice-{line.number}")
        ]

    def rows(self, wrong: Sequence[StatementLine]) -> list[Row]:
        """All lines, first those that somebody has to look at."""
        found = [Row(line, "wrong", line.problem) for line in wrong]
        for line, proposal in self.lines:
            asked = proposal.found != Found.THERE
            fields = [self[f"{name}-{line.number}"] for name in ("invoice", "record")] if asked else []
            found.append(Row(line, proposal.found, proposal.why, proposal.invoice, *fields))
        return sorted(found, key=lambda row: (LOOK_FIRST.index(row.found), row.line.number))
