"""docs/erd.md: the tables and how they refer to each other, drawn from the models."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import models
from django.db.migrations.recorder import MigrationRecorder

OWN = "inventory_project"
APPS = ("accounts", "catalog", "stock", "sales", "billing")
EVERYWHERE = ("created_by", "updated_by")

HEAD = """# The tables

<!-- Written by `manage.py erd`. Don't edit: change the models and run it again. -->

{tables} tables in {apps} apps. A line leads from the table that is referred to (`||`, or `|o` where there may be
none) to the one that refers to it (`o{{`: any number of rows, `o|`: at most one), and bears the name of the column
without `_id`. All of these are ON DELETE RESTRICT but those marked “cascade”: parts that go with their whole.

Left out: `created_by` and `updated_by`, by which every table that people edit refers to `user`.

The tables in which the installation keeps its own books follow at the end.

## All of them
"""
BOOKS = """## Bookkeeping

What happened, not what the company owns: no table above refers to these.
"""
LIBRARIES = """
The libraries bring tables of their own, whose columns are theirs to change:

| library | tables |
|---|---|
"""


def diagram(lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", "erDiagram", *(f"    {line}" for line in lines), "```", ""])


def kind(field: models.Field) -> str:
    """A plain word for the type of a column."""
    target = field.target_field if field.is_relation else field
    words = {
        "BigAutoField": "integer",
        "BigIntegerField": "integer",
        "IntegerField": "integer",
        "DecimalField": "decimal",
        "BooleanField": "boolean",
        "DateTimeField": "datetime",
        "DateField": "date",
        "JSONField": "json",
        "TextField": "text",
    }
    output = getattr(target, "output_field", None) or target
    return next((word for name, word in words.items() if isinstance(output, getattr(models, name))), "string")


def is_unique(model: type[models.Model], field: models.Field) -> bool:
    """Whether no two rows have the same value in this column."""
    return any(
        constraint.fields == (field.name,) and not constraint.condition
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    )


def marks(model: type[models.Model], field: models.Field) -> str:
    """Keys and remarks of a column: `PK`, `FK`, `UK`, may it be null, is it computed by the database."""
    keys = [
        mark
        for mark, holds in (
            ("PK", field.primary_key),
            ("FK", field.is_relation),
            ("UK", is_unique(model, field)),
        )
        if holds
    ]
    remarks = [word for word, holds in (("null", field.null), ("computed", field.generated)) if holds]
    return "".join([" " + ", ".join(keys) if keys else "", f' "{", ".join(remarks)}"' if remarks else ""])


def columns(model: type[models.Model]) -> Iterator[str]:
    yield f"{model._meta.db_table} {{"
    for field in model._meta.concrete_fields:
        if field.name not in EVERYWHERE:
            yield f"    {kind(field)} {field.column}{marks(model, field)}"
    yield "}"


def relations(model: type[models.Model]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        if not field.is_relation or field.name in EVERYWHERE:
            continue
        parent = "|o" if field.null else "||"
        child = "o|" if is_unique(model, field) else "o{"
        cascades = "cascade" in field.remote_field.on_delete.__name__.lower()
        label = f"{field.name} (cascade)" if cascades else field.name
        tables = field.related_model._meta.db_table, model._meta.db_table
        yield f'{tables[0]} {parent}--{child} {tables[1]} : "{label}"'


def books() -> Iterator[str]:
    """The section about the tables beside those of the five apps."""
    own = list(apps.get_app_config(OWN).get_models())
    yield BOOKS
    yield "\n".join(f"- `{model._meta.db_table}`: {model.__doc__.partition(chr(10))[0]}" for model in own) + "\n"
    yield diagram([*(line for m in own for line in columns(m)), *(r for m in own for r in relations(m))])
    brought = {"knox": ["`knox_authtoken` (empty: `api_token` takes its place)"]}  # made by its first migration
    for model in [*apps.get_models(include_auto_created=True), MigrationRecorder.Migration]:
        if model._meta.app_label not in (*APPS, OWN):
            brought.setdefault(model.__module__.partition(".")[0], []).append(f"`{model._meta.db_table}`")
    rows = (f"| {library} | {', '.join(sorted(tables))} |" for library, tables in sorted(brought.items()))
    yield LIBRARIES.lstrip() + "\n".join(rows) + "\n"


def draw() -> str:
    """The whole page."""
    models_of = {label: list(apps.get_app_config(label).get_models()) for label in APPS}
    every = [model for found in models_of.values() for model in found]
    page = [HEAD.format(tables=len(every), apps=len(APPS)), diagram(line for m in every for line in relations(m))]
    for label, found in models_of.items():
        page.append(f"## {label}\n")
        page.append(diagram([*(line for m in found for line in columns(m)), *(r for m in found for r in relations(m))]))
    return "\n".join([*page, *books()])


class Command(BaseCommand):
    help = "Draws docs/erd.md, the diagram of all tables, from the models."
    requires_system_checks = []
    page = "erd.md"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail if the page is out of date.")
        parser.add_argument("--file", type=Path, default=settings.BASE_DIR / "docs" / self.page)

    def written(self) -> str:
        """The whole page."""
        return draw()

    def handle(self, *args, **options) -> None:
        file, page = options["file"], self.written()
        if file.is_file() and file.read_text(encoding="utf-8") == page:
            self.stdout.write(f"{file.name} is up to date.")
        elif options["check"]:
            raise CommandError(f"{file.name} is out of date. Run: manage.py {self.page.removesuffix('.md')}")
        else:
            file.write_text(page, encoding="utf-8")
            self.stdout.write(f"{file.name} is written.")
