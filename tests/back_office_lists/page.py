"""Reading the pages as staff see them."""

from collections.abc import Iterable, Iterator

from django.contrib import admin
from django.db import models
from django.db.models.expressions import OrderBy
from django.urls import reverse
from lxml import html

from tests.back_office import Desk, url

from . import Shown


def read(desk: Desk, model: type[models.Model], rows: Iterable[models.Model]) -> Shown:
    """What the list shows, and the pages of these records, together."""
    rows = list(rows)
    response = desk.open(model, "changelist")
    listed = html.fromstring(response.content.decode())
    pages = [html.fromstring(desk.open(model, "change", row.pk).content.decode()) for row in rows]
    return {
        "columns": texts(listed, '//table[@id="result_list"]/thead//div[@class="text"]'),
        "tabs": texts(listed, '//nav[@class="tabs"]/a')[1:],
        "filters": texts(listed, '//*[contains(@class,"filter-panel")]//h2'),
        "search": [name_of(model, path) for path in searched(model)],
        "order": ordered(model, response.context["cl"]),
        "actions": texts(listed, '//div[@class="actions"]//button[@name="action"]'),
        "offers": list(offered(desk, model, listed, rows[0])),
        "inlines": once(pages, '//*[contains(@class,"inline-group")]//h2'),
        "buttons": once(pages, '//form[@id="acts"]//*[self::a or self::button]'),
        "related": once(pages, '//ul[@class="related"]//a/text()[1]'),
    }


def texts(page: html.HtmlElement, path: str) -> list[str]:
    """The texts of these elements, without what folds away behind a name."""
    found = [" ".join((each if isinstance(each, str) else each.text_content()).split()) for each in page.xpath(path)]
    return [text for text in found if text]


def once(pages: Iterable[html.HtmlElement], path: str) -> list[str]:
    """The texts on all of the pages, each one once."""
    return list(dict.fromkeys(text for page in pages for text in texts(page, path)))


def searched(model: type[models.Model]) -> list[str]:
    return list(admin.site._registry[model].search_fields)


def name_of(model: type[models.Model], path: str) -> str:
    """A path of columns in words: `order__customer__name` is “order: customer: name”."""
    words = []
    for step in path.lstrip("-^=@").split("__"):
        field = model._meta.get_field(step)
        model = field.related_model or model
        words.append(str(getattr(field, "verbose_name", "") or model._meta.verbose_name))
    return ": ".join(words)


def ordered(model: type[models.Model], changelist) -> list[str]:
    """By what the list is sorted before anybody clicks."""
    first = changelist._get_default_ordering()[0]
    if isinstance(first, OrderBy):
        first = f"{'-' if first.descending else ''}{first.expression.name}"
    if first in ("-id", "-pk"):
        return ["newest"]
    return [f"{name_of(model, first)}{', downwards' if first.startswith('-') else ''}"]


def offered(desk: Desk, model: type[models.Model], listed: html.HtmlElement, row: models.Model) -> Iterator[str]:
    """What the list can do besides: files, and being found by the search of every page."""
    tools = texts(listed, '//*[@class="page-tools"]//a')
    yield from (name.lower() for name in tools if not name.startswith("Add "))
    if found_everywhere(desk, row):
        yield "found everywhere"


def found_everywhere(desk: Desk, row: models.Model) -> bool:
    """Whether the search at the top of every page leads to the record."""
    value = value_at(row, searched(type(row))[0])
    page = desk.client.get(reverse("admin:search"), {"q": f'"{value}"'})
    address = url(type(row), "change", row.pk)
    return address in page.get("Location", "") or address in page.content.decode()


def value_at(row: models.Model, path: str) -> object:
    """What stands in the column that is searched; None where there is none."""
    value: object = row
    for step in path.lstrip("-^=@").split("__"):
        value = getattr(value, step, None)
    return value
