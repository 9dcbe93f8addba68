"""Lists that cost the same for a thousand rows and for millions: a bounded count, tabs, filters that list nothing."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import FieldListFilter, SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q, QuerySet
from django.forms import Media, ModelChoiceField
from django.utils.functional import cached_property
from django.utils.text import unescape_string_literal
from django.utils.translation import gettext_lazy as _

from inventory_project.base.clock import start_of_day

from .forms import SearchSelect, name_rows

LONGEST_SEARCH = 100
MOST_WORDS = 8
SHORTEST_BARCODE = 8
LONGEST_ID = 18
COUNT_LIMIT = 10_000  # counting further would read the whole table on every page


def search_words(term: str) -> str:
    """What is searched for: not too long, few words (each is a further condition), no word of quotes only."""
    words = [word for word in term.replace("\0", "")[:LONGEST_SEARCH].split() if word.strip("\"'")]
    return " ".join(words[:MOST_WORDS])


def unquoted(word: str) -> str:
    """What stands between quotes is one word, with its spaces."""
    is_quoted = len(word) > 1 and word[0] in "\"'" and word[0] == word[-1]
    return unescape_string_literal(word) if is_quoted else word


def is_code(term: str) -> bool:
    """Whether the term could be a scanned barcode."""
    return len(term) >= SHORTEST_BARCODE and term.isascii() and term.isalnum()


def is_id(text: object) -> bool:
    """Whether an address names a row that could be."""
    text = str(text)
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


class BoundedPaginator(Paginator):
    """Stops counting after COUNT_LIMIT; the page then says “more than”."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: COUNT_LIMIT + 1].count()


class OfferedOrder(ChangeList):
    """Sorts by the columns that the list offers to be sorted by: an address that names another would have the whole
    ledger sorted."""

    def get_ordering_field(self, field_name: object) -> object:
        return super().get_ordering_field(field_name) if field_name in self.sortable_by else None

    def get_ordering(self, request, queryset):
        """Many rows are sorted by what an index knows; by anything else only when there are few."""
        if ORDER_VAR in self.params and self._is_costly() and _is_long(queryset):
            del self.params[ORDER_VAR]
            text = _("More than %(most)s rows are not sorted by this column. Narrow the list down first.")
            self.model_admin.message_user(request, text % {"most": f"{COUNT_LIMIT:,}"}, messages.WARNING)
        return super().get_ordering(request, queryset)

    def _is_costly(self) -> bool:
        known = self.model_admin.sorted_when_many
        chosen = [self.list_display[index] for index in self.get_ordering_field_columns() if self._is_column(index)]
        return bool(known) and any(getattr(column, "__name__", column) not in known for column in chosen)

    def _is_column(self, index: int) -> bool:
        return 0 <= index < len(self.list_display)


def _is_long(rows: QuerySet) -> bool:
    return rows.order_by()[: COUNT_LIMIT + 1].count() > COUNT_LIMIT


@dataclass(frozen=True)
class Tab:
    """A named part of a list, one click away. `rows` is a condition, or a function that narrows the queryset."""

    key: str
    label: object
    rows: Q | Callable[[QuerySet], QuerySet]
    nothing: object = ""  # said when it is empty

    def narrow(self, queryset: QuerySet) -> QuerySet:
        return queryset.filter(self.rows) if isinstance(self.rows, Q) else self.rows(queryset)


class TabFilter(SimpleListFilter):
    """The list's tabs. Drawn above the list instead of among the filters."""

    title = _("view")
    parameter_name = "view"
    template = "admin/filter_hidden.html"
    is_tabs = True

    def lookups(self, request, model_admin):
        self.tabs = {tab.key: tab for tab in model_admin.all_tabs(request)}
        return [(tab.key, tab.label) for tab in self.tabs.values()]

    @property
    def nothing(self) -> str:
        """What is said when there is nothing under the chosen tab."""
        tab = self.tabs.get(self.value())
        return tab and str(tab.nothing or _("Nothing is under “%(tab)s” now.") % {"tab": tab.label}) or ""

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in self.tabs:
            raise IncorrectLookupParameters(self.value())
        return self.tabs[self.value()].narrow(queryset)


class _FormFilter(FieldListFilter):
    """A filter that is a small form of its own; it carries the other parameters along."""

    def choices(self, changelist) -> Iterator[dict[str, object]]:
        mine = set(self.expected_parameters())
        self.others = [
            (name, value)
            for name, values in changelist.filter_params.items()
            if name not in mine
            for value in (values if isinstance(values, list) else [values])
        ]
        self.clear_url = changelist.get_query_string(remove=self.expected_parameters())
        return iter(())

    def get_facet_counts(self, pk_attname, filtered_qs):
        return {}

    def value_of(self, parameter: str) -> str:
        values = self.used_parameters.get(parameter, "")
        return str(values[-1]) if isinstance(values, list) and values else str(values or "")


class RelatedFilter(_FormFilter):
    """Rows of one related record, which is searched for and never picked from a list of all."""

    template = "admin/filter_related.html"

    def __init__(self, field, request, params, model, model_admin, field_path) -> None:
        self.parameter = f"{field_path}__id__exact"
        self.admin_site, self.request = model_admin.admin_site, request
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self) -> list[str]:
        return [self.parameter]

    @cached_property
    def html(self) -> str:
        """The search field, showing the record that is chosen."""
        choice = ModelChoiceField(
            self.field.remote_field.model._default_manager.all(),
            required=False,
            widget=SearchSelect(self.field, self.admin_site),
        )
        target = self.admin_site.get_model_admin(self.field.remote_field.model)
        name_rows(choice, target, self.request, name_of=str)  # what else a label names would be a further query
        value = self.value_of(self.parameter)
        return choice.widget.render(self.parameter, value, {"id": f"filter-{self.parameter}"})

    @classmethod
    def media(cls, field, admin_site) -> Media:
        return SearchSelect(field, admin_site).media


class StartFilter(_FormFilter):
    """Rows whose text starts so."""

    template = "admin/filter_start.html"

    def __init__(self, field, request, params, model, model_admin, field_path) -> None:
        self.parameter = f"{field_path}__istartswith"
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self) -> list[str]:
        return [self.parameter]

    @property
    def value(self) -> str:
        return self.value_of(self.parameter)


class DayRangeFilter(_FormFilter):
    """Rows of a span of business days, both ends included."""

    template = "admin/filter_days.html"

    def __init__(self, field, request, params, model, model_admin, field_path) -> None:
        self.since, self.until = f"{field_path}__since", f"{field_path}__until"
        super().__init__(field, request, params, model, model_admin, field_path)

    def expected_parameters(self) -> list[str]:
        return [self.since, self.until]

    @property
    def since_value(self) -> str:
        return self.value_of(self.since)

    @property
    def until_value(self) -> str:
        return self.value_of(self.until)

    def queryset(self, request, queryset):
        instants = isinstance(self.field, models.DateTimeField)
        try:
            if self.since_value:
                day = datetime.date.fromisoformat(self.since_value)
                queryset = queryset.filter(**{f"{self.field_path}__gte": start_of_day(day) if instants else day})
            if self.until_value:
                day = datetime.date.fromisoformat(self.until_value)
                before = day + datetime.timedelta(days=1)
                queryset = queryset.filter(**{f"{self.field_path}__lt": start_of_day(before) if instants else before})
        except (ValueError, OverflowError) as problem:
            raise IncorrectLookupParameters(problem) from problem
        return queryset
