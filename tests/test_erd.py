"""The diagram of the tables in docs/erd.md is that of the models."""

import re

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from inventory_project.management.commands.erd import draw
from tests.schema.complete import TABLES


def test_the_page_is_up_to_date(capsys):
    call_command("erd", check=True)
    assert "up to date" in capsys.readouterr().out


def test_a_page_that_is_out_of_date_is_refused_then_written(tmp_path, capsys):
    page = tmp_path / "erd.md"
    with pytest.raises(CommandError, match=r"manage\.py erd"):
        call_command("erd", check=True, file=page)
    assert not page.exists()
    call_command("erd", file=page)
    call_command("erd", check=True, file=page)
    page.write_text(page.read_text().replace("decimal price", "integer price"))
    with pytest.raises(CommandError):
        call_command("erd", check=True, file=page)


def test_every_table_and_every_column_is_drawn():
    page = draw().split("## Bookkeeping")[0]
    assert set(re.findall(r"^    (\w+) \{$", page, re.MULTILINE)) == set(TABLES)
    for label in ("accounts", "catalog", "stock", "sales", "billing"):
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                if field.name not in ("created_by", "updated_by"):
                    assert re.search(rf"^        \w+ {field.column}( |$)", page, re.MULTILINE), field


def test_lines_tell_what_the_references_are_like():
    overview = draw().split("## accounts")[0]
    assert 'order ||--o{ order_item : "order (cascade)"' in overview
    assert 'category |o--o{ category : "parent"' in overview
    assert 'stock_movement |o--o| stock_movement : "reverses"' in overview
    assert "created_by" not in overview.split("```mermaid")[1]
    assert overview.count("```mermaid") == 1
    assert draw().count("```mermaid") == 7


@pytest.mark.django_db
def test_every_table_of_the_live_database_is_named():
    tables = set(connection.introspection.table_names())
    page = draw()
    drawn = set(re.findall(r"^    (\w+) \{$", page, re.MULTILINE))
    listed = set(re.findall(r"`(\w+)`", page.split("## Bookkeeping")[1]))
    assert tables - drawn - listed == set()
    assert {"change_history", "operation_run", "idempotency_record", "api_token"} <= drawn & listed
