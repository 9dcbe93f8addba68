"""What a report is asked about: days, a customer. What is left out has a sensible default."""

import datetime
from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice
from billing.queries.span import Span
from inventory_project.base.admin import search_field
from inventory_project.base.admin.answers import DayField
from inventory_project.base.admin.listing import is_id
from inventory_project.base.clock import today

MOST_DAYS = 3_660
USUAL_DAYS = 30
NOBODY = "0"


class ReportForm(forms.Form):
    """The questions of a report."""

    def __init__(self, given: Mapping[str, object]) -> None:
        defaults = self.defaults()
        super().__init__({name: given.get(name) or defaults.get(name, "") for name in self.base_fields})

    def defaults(self) -> dict[str, object]:
        return {}


class NothingForm(ReportForm):
    """For reports about the present."""


class DayForm(ReportForm):
    """The end of a day."""

    day = DayField(label=_("At the end of"))

    def defaults(self) -> dict[str, object]:
        return {"day": today().isoformat()}


class SpanForm(ReportForm):
    """From a day to a day, both included."""

    since = DayField(label=_("From"))
    until = DayField(label=_("until"))

    def defaults(self) -> dict[str, object]:
        first = today() - datetime.timedelta(days=USUAL_DAYS - 1)
        return {"since": first.isoformat(), "until": today().isoformat()}

    def clean(self) -> dict[str, object]:
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day can't be before the first."))
        elif since and until and (until - since).days > MOST_DAYS:
            self.add_error("since", _("Choose ten years at most."))
        elif since and until:
            data["span"] = Span(since, until)
        return data


class OfCustomer(ReportForm):
    """A question about a customer."""

    customer = search_field(Invoice._meta.get_field("customer"))

    def __init__(self, given: Mapping[str, object]) -> None:
        super().__init__(given)
        # The search field looks the id up when it is drawn, before anybody has checked that it is one.
        if self.data["customer"] and not is_id(self.data["customer"]):
            self.data["customer"] = NOBODY


class StatementForm(OfCustomer, SpanForm):
    """The account of a customer."""

    field_order = ("customer", "since", "until")


class OwedForm(OfCustomer, DayForm):
    """What is owed at the end of a day: by everybody, or by one customer."""

    field_order = ("day", "customer")

    def __init__(self, given: Mapping[str, object]) -> None:
        super().__init__(given)
        self.fields["customer"].required = False
