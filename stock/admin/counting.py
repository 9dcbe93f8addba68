"""Counting at the back office: a grid that saves each line by itself, and the page that posts the differences."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from inventory_project.base.admin import GridForm, act_url, columns
from inventory_project.base.discretion import SEE_COST
from inventory_project.base.errors import RuleViolation
from inventory_project.base.money import ZERO
from stock import services
from stock.admin.forms import units
from stock.models import Bin, Inventory, StockCount, StockCountItem
from stock.queries.counting import DIFFERENT, differences_of, progress_of
from stock.services import CountLine

SEE_EXPECTED = "stock.see_expected_stockcount"
PAGE = 200  # lines on one page of the grid
MOST_DIFFERENCES = 500


def sees_expected(request: HttpRequest, count: StockCount) -> bool:
    """Counters of a blind count are not told what the system expects before it is posted."""
    return not count.is_blind or count.status == "posted" or request.user.has_perm(SEE_EXPECTED)


def expected_now(line: StockCountItem) -> int:
    """What the system expects: as taken down when the line was counted, else what lies there now."""
    there = line.stock_item.quantity if line.stock_item else 0
    return there if line.expected_quantity is None else line.expected_quantity


def difference_badge(line: StockCountItem) -> SafeString | str:
    """Counted less expected, coloured."""
    if line.difference is None:
        return ""
    if not line.difference:
        return columns.badge("0")
    return columns.badge(f"{line.difference:+d}", "green" if line.difference > 0 else "red")


def fact(name: str, content: object) -> SafeString:
    """A piece of a line that its saving brings up to date."""
    return format_html('<span class="num" data-fact="{}">{}</span>', name, content)


class EnterCountForm(GridForm):
    """What was found at each place."""

    template = "admin/count.html"
    title = _("Enter counts of %(object)s")
    submit = _("Save counts")
    intro = _(
        "Scan or type what is there. Leave a place empty until it has been counted; 0 means that nothing is there."
    )
    nothing = _("No place of this count is on this page.")
    counts = "counted"
    saves_itself = True  # leaving the page loses nothing

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        figures = [_("Expected"), _("Difference")] if self.shows_expected else []
        self.fact_labels = (_("Product"), _("Bin"), _("Lot"), *figures)
        self.progress = progress_of(self.row)

    @property
    def shows_expected(self) -> bool:
        return sees_expected(self.request, self.row)

    @property
    def can_be_scanned(self) -> bool:
        return True  # the server knows all codes, also those of lines on other pages

    @property
    def may_post(self) -> bool:
        return self.request.user.has_perm("stock.post_stockcount")

    @property
    def views(self) -> list[tuple[object, str, bool]]:
        """The parts of the count that can be shown: label, address, whether it is the one."""
        parts = [("", _("All")), ("uncounted", _("Not counted"))]
        parts += [("different", _("Different"))] if self.shows_expected else []
        here = act_url(self.row, "enter")
        return [(label, f"{here}&show={name}" if name else here, name == self.shown) for name, label in parts]

    @property
    def shown(self) -> str:
        return self.request.GET.get("show", "")

    def get_lines(self):
        rows = self.row.items.select_related("product", "bin", "lot", "stock_item")
        if self.shown == "uncounted":
            rows = rows.filter(counted_quantity=None)
        elif self.shown == "different" and self.shows_expected:
            rows = rows.filter(DIFFERENT)
        asked = self.request.GET.get("page", "1")
        self.page = max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        start = (self.page - 1) * PAGE
        found = list(rows.order_by("bin__code", "product__sku", "pk")[start : start + PAGE + 1])
        self.has_next = len(found) > PAGE
        return found[:PAGE]

    @property
    def pages(self) -> list[tuple[object, str]]:
        """Ways to the neighbouring pages."""
        here = next((url for _label, url, is_shown in self.views if is_shown), act_url(self.row, "enter"))
        ways = [(_("Previous page"), f"{here}&page={self.page - 1}")] if self.page > 1 else []
        return [*ways, *([(_("Next page"), f"{here}&page={self.page + 1}")] if self.has_next else [])]

    def name_of(self, line):
        return f"{line.product} / {line.bin}" + (f" / {line.lot}" if line.lot else "")

    def get_facts(self, line: StockCountItem):
        figures = [fact("expected", expected_now(line)), fact("difference", difference_badge(line))]
        return line.product, line.bin, line.lot or "", *(figures if self.shows_expected else [])

    def get_entries(self, line):
        return {
            "counted": units(_("counted"), required=False, initial=line.counted_quantity),
            "reason": forms.CharField(label=_("remark"), max_length=300, required=False, initial=line.reason),
        }

    def parameters(self):
        lines, self.asked = [], []
        for line in self.lines:
            answer = self.answers(line)
            if (answer["counted"], answer["reason"]) != (line.counted_quantity, line.reason):
                lines.append(CountLine(answer["counted"], item=line, reason=answer["reason"]))
                self.asked.append(line)
        return {"lines": lines}


class DifferencesForm(GridForm):
    """The places of a count where something else was found than expected."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fact_labels = [_("Product"), _("Bin"), _("Lot"), _("Expected"), _("Counted"), _("Difference")]
        self.fact_labels += [_("Value")] if self.shows_value else []
        self.fact_labels += [_("Remark"), _("Since then")]
        self.intro = self._summary()

    @property
    def shows_value(self) -> bool:
        return self.request.user.has_perm(SEE_COST)

    @property
    def nothing(self):
        if sees_expected(self.request, self.row):
            return _("What was counted is what was expected. Posting notes that it was counted.")
        return _("This count is blind: its differences are shown once it is posted.")

    def _summary(self) -> str:
        progress = progress_of(self.row)
        text = gettext("%(counted)d of %(places)d places are counted; the others stay as they are.")
        text %= {"counted": progress.counted, "places": progress.places}
        if not self.lines:
            return text
        change = sum(line.difference for line in self.lines)
        more = ngettext("%(count)d differs: %(units)+d units.", "%(count)d differ: %(units)+d units.", len(self.lines))
        text = f"{text} {more % {'count': progress.different, 'units': change}}"
        if self.shows_value:
            value = sum((self._value(line) for line in self.lines), ZERO)
            text += " " + gettext("Value: %(value)s.") % {"value": f"{value:+,.2f}"}
        return text

    def get_lines(self):
        if not sees_expected(self.request, self.row):
            return []
        lines = list(differences_of(self.row)[:MOST_DIFFERENCES])
        balances = Inventory.objects.filter(
            warehouse=self.row.warehouse_id, product__in={line.product_id for line in lines}
        )
        self.costs = {row.product_id: row.average_cost for row in balances}
        return lines

    def _value(self, line):
        return line.difference * self.costs.get(line.product_id, ZERO)

    def get_facts(self, line):
        figures = [columns.figure(line.expected_quantity), columns.figure(line.counted_quantity)]
        facts = [line.product, line.bin, line.lot or "", *figures, difference_badge(line)]
        if self.shows_value:
            facts.append(columns.figure(self._value(line), 2))
        return [*facts, line.reason, columns.badge(_("moved since"), "amber") if line.has_moved else ""]

    def get_entries(self, line):
        return {"recount": forms.BooleanField(label=_("recount"), required=False, initial=line.has_moved)}

    def ticked(self) -> list[int]:
        """The lines that are to be counted again."""
        return [line.pk for line in self.lines if self.answers(line)["recount"]]


class PostCountForm(DifferencesForm):
    """Which differences of a count are posted, and why."""

    title = _("Post the differences of %(object)s")
    submit = _("Post")

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Of the lines without a remark."))
    release = forms.BooleanField(label=_("Take reserved units too; the newest reservations give way"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = bool(self.lines)

    def parameters(self):
        return {**self.header_answers(), "recount": self.ticked()}


class RecountForm(DifferencesForm):
    """Which of the differences are counted again before the rest is posted."""

    title = _("Recount what does not match of %(object)s")
    submit = _("Recount")

    @property
    def nothing(self):
        return _("What was counted is what was expected: there is nothing to count again.")

    def get_entries(self, line):
        entries = super().get_entries(line)
        entries["recount"].initial = True
        return entries

    def clean(self):
        if not self.errors and not self.ticked():
            raise forms.ValidationError(_("Tick at least one place to be counted again."))
        return super().clean()

    def parameters(self):
        return {"items": self.ticked()}


def say_recounted(other: StockCount) -> SafeString:
    """Where the places are that go to a further count."""
    left = other.items.count()
    again = ngettext("%(left)d place is to be counted again:", "%(left)d places are to be counted again:", left)
    return format_html("{} {}.", again % {"left": left}, columns.link(other))


class CountPages:
    """Mixin of the counts' admin: the addresses at which a line is saved and a scan is counted."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/line/", view(require_POST(self.save_line)), name="stock_stockcount_line"),
            path("<int:pk>/scan/", view(require_POST(self.scan)), name="stock_stockcount_scan"),
            *super().get_urls(),
        ]

    def save_line(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Save what was entered for one line."""
        count = self._count(request, pk)
        item = self._row(count.items, request.POST.get("item", ""))
        if item is None:
            raise Http404
        text = request.POST.get("counted", "").strip()
        try:
            counted = units("", required=False).clean(text)
            line = CountLine(counted, item=item, reason=request.POST.get("reason", ""))
            services.enter_stock_count(count, [line], by=request.user)
        except forms.ValidationError as problem:
            return JsonResponse({"error": " ".join(problem.messages)}, status=422)
        except RuleViolation as refusal:
            return JsonResponse({"error": str(refusal)}, status=409)
        return self._answer(request, count, item.pk)

    def scan(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Count one scan."""
        count = self._count(request, pk)
        near = self._row(count.items, request.POST.get("near", ""))
        place = self._row(Bin.objects.filter(warehouse=count.warehouse_id), request.POST.get("bin", ""))
        code = request.POST.get("code", "").strip()[:80].replace("\0", "")
        try:
            found = services.scan_stock_count(count, code, near=near, bin=place, by=request.user)
        except RuleViolation as refusal:
            return JsonResponse({"error": str(refusal)}, status=409)
        if found.bin:
            text = gettext("Counting in bin %(bin)s.") % {"bin": found.bin}
            return JsonResponse({"bin": found.bin.pk, "code": found.bin.code, "said": text})
        return self._answer(request, count, found.item.pk)

    def _count(self, request: HttpRequest, pk: int) -> StockCount:
        if not (self.has_view_permission(request) and self.has_enter_permission(request)):
            raise PermissionDenied
        count = StockCount.objects.filter(pk=pk).first()
        if count is None:
            raise Http404
        return count

    @staticmethod
    def _row(rows, text: str):
        return rows.filter(pk=text).first() if text.isascii() and text.isdigit() and len(text) < 19 else None

    def _answer(self, request: HttpRequest, count: StockCount, pk: int) -> JsonResponse:
        """The line as it is now, as far as the person may see it."""
        item = count.items.select_related("product", "bin", "lot", "stock_item").get(pk=pk)
        progress = progress_of(count)
        answer = {
            "item": item.pk,
            "counted": item.counted_quantity,
            "reason": item.reason,
            "said": gettext("%(product)s in %(bin)s: %(counted)s")
            % {"product": item.product, "bin": item.bin, "counted": item.counted_quantity},
            "places": progress.places,
            "done": progress.counted,
        }
        if sees_expected(request, count):
            answer |= {"expected": expected_now(item), "difference": str(difference_badge(item))}
        return JsonResponse(answer)

    def post_chosen(self, request, count, answers):
        """Post the differences; those to be counted again go to a further count first."""
        recount = answers.pop("recount")
        other = services.set_aside_for_recount(count, recount, by=request.user) if recount else None
        services.post_stock_count(count, **answers, by=request.user)
        return count, other

    @staticmethod
    def say_posted(result) -> str:
        count, other = result
        moved = count.items.filter(DIFFERENT).count()
        text = ngettext(
            "%(count)s is posted: %(moved)d difference.", "%(count)s is posted: %(moved)d differences.", moved
        ) % {"count": count, "moved": moved}
        if other is None:
            return text
        return format_html("{} {}", text, say_recounted(other))

    @staticmethod
    def after_posting(result) -> str:
        count, other = result
        return act_url(other, "enter") if other else columns.change_url(count)
