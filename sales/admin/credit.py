"""The page “Why” of a customer: the documents that count against the credit limit."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory_project.base.admin import columns
from inventory_project.base.admin.answers import Answer, Answers, Table, amount, seen
from inventory_project.base.admin.offers import RelatedLink
from inventory_project.base.clock import business_day
from inventory_project.base.money import ZERO
from sales.models import Customer
from sales.registry import Explained, explanations
from sales.services import exposure_of

SEE = "sales.view_customer"
WHY = "admin:sales_customer_why"
MOST_DOCUMENTS = 200


def _money(value: Decimal) -> str:
    return number_format(value, 2, force_grouping=True)


class CreditQuestions(Answers):
    """Mixin of the customers' admin. Everybody is shown the documents that they may see, and sums of those only."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [path("<int:pk>/why/", view(self.why), name="sales_customer_why"), *super().get_urls()]

    def get_related(self, request, obj):
        links = super().get_related(request, obj)
        if not all(request.user.has_perm(each.permission) for each in explanations()):
            return links
        label = gettext_lazy("counts against the credit limit")
        return [*links, RelatedLink(label, _money(exposure_of(obj)), reverse(WHY, args=[obj.pk]))]

    def why(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the customer owes and has ordered, document by document, and what of the credit limit is left."""
        customer = self.asked(request, pk, SEE)
        hidden = [str(each.title) for each in explanations() if not request.user.has_perm(each.permission)]
        found = {each: each.amounts(customer) for each in explanations() if request.user.has_perm(each.permission)}
        tables = [self._documents(request, each, amounts) for each, amounts in found.items()]
        intro = ""
        if hidden:
            names = get_text_list(hidden, _("and"))
            intro = _("You may not see all that counts against the credit limit: %(names)s.") % {"names": names}
        else:
            tables.append(self._limit(customer, {each: sum(rows.values(), ZERO) for each, rows in found.items()}))
        title = _("What counts against the credit limit of %(customer)s") % {"customer": customer}
        return self.answer(request, Answer(title, tables, intro=intro), customer)

    @staticmethod
    def _documents(request: HttpRequest, kind: Explained, amounts: dict[int, Decimal]) -> Table:
        """The newest of them one by one, the others as a sum."""
        shown = sorted(amounts, reverse=True)[:MOST_DOCUMENTS]
        documents = kind.model._default_manager.in_bulk(shown)
        rows = [
            [
                seen(request, document),
                columns.status(document),
                date_format(business_day(getattr(document, kind.day))),
                amount(document.total_amount),
                amount(amounts[pk]),
            ]
            for pk in shown
            if (document := documents.get(pk))
        ]
        if others := len(amounts) - len(shown):
            label = _("%(count)d older ones") % {"count": others}
            rows.append([label, "", "", "", amount(sum((amounts[pk] for pk in amounts.keys() - set(shown)), ZERO))])
        day = kind.model._meta.get_field(kind.day).verbose_name
        return Table(
            [kind.model._meta.verbose_name, _("status"), day, _("total"), _("counts")],
            rows,
            title=kind.title,
            empty=_("There are none."),
            sums=[_("= together"), "", "", "", amount(sum(amounts.values(), ZERO))],
            name=kind.name,
        )

    @staticmethod
    def _limit(customer: Customer, sums: dict[Explained, Decimal]) -> Table:
        """The arithmetic, and what may still be ordered."""
        counted = exposure_of(customer)
        rows = [
            [format_html('<a href="#{}">{}</a>', each.name, each.title), amount(part)] for each, part in sums.items()
        ]
        if rest := counted - sum(sums.values(), ZERO):
            rows.append([_("Rounding") if abs(rest) < 1 else _("Other"), amount(rest)])
        limit = customer.credit_limit
        if limit is None:
            note = _("No credit limit is set.")
        elif counted > limit:
            note = _("The credit limit is %(limit)s; it is exceeded by %(over)s.")
            note %= {"limit": _money(limit), "over": _money(counted - limit)}
        else:
            note = _("The credit limit is %(limit)s; %(left)s of it is left.")
            note %= {"limit": _money(limit), "left": _money(limit - counted)}
        return Table(
            [_("what"), _("amount")],
            rows,
            title=_("Against the credit limit"),
            sums=[_("= counts"), amount(counted)],
            note=note,
            name="limit",
        )
