"""A record that does not belong is refused wherever it is named, and nothing is written."""

import pytest
from django.db import models

from tests.api_client import MODELS, root_client
from tests.back_office import Desk, errors_of, said, sent
from tests.factories.catalog import ProductFactory
from tests.factories.stock import BinFactory
from tests.strangers.cases import ACTS, CHANGES, DOCUMENTS, LINES
from tests.trials.everything import everything

pytestmark = pytest.mark.django_db

CASES = {
    **{f"new {name}": case for name, case in {**LINES, **DOCUMENTS}.items()},
    **{f"change {name}": case for name, case in CHANGES.items()},
    **ACTS,
}


def rows() -> dict[str, object]:
    """All but the numbers of documents, of which a refusal may use one up."""
    return {name: found for name, found in everything().items() if name != "series"}


@pytest.mark.parametrize("name", CASES)
def test_what_does_not_belong_is_refused(name):
    method, path, body = CASES[name]()
    client = root_client()
    before = rows()
    answer = getattr(client, method)(path, body)
    assert answer.status_code in (400, 409), answer.json()
    assert rows() == before
    problem = answer.json()
    assert answer.status_code == 409 or all(error["pointer"] for error in problem["errors"]), problem


def at_desk(call) -> models.Model | type[models.Model]:
    """The record that a call changes, or the kind that it makes."""
    prefix, *pk = call.path.removeprefix("/api/v1/").strip("/").split("/")
    return MODELS[prefix]._default_manager.get(pk=pk[0]) if pk else MODELS[prefix]


@pytest.mark.parametrize(
    "name", sorted(CHANGES.keys() - {"receipt line, of another product"})
)  # of a draft: another line
def test_nor_does_a_form_of_the_back_office_take_it(name):
    call = CHANGES[name]()
    row = at_desk(call)
    desk = Desk()
    asked = desk.open(type(row), "change", row.pk).context["adminform"].form.fields
    before = {field: getattr(row, f"{field}_id") for field in call.body}
    response = desk.edit(row, **call.body)
    fresh = type(row)._default_manager.get(pk=row.pk)
    assert {field: getattr(fresh, f"{field}_id") for field in call.body} == before
    if set(asked) & set(call.body):
        assert response.status_code == 200, said(response)
        assert errors_of(response)


@pytest.mark.parametrize("name", LINES)
def test_nor_in_a_new_line(name):
    call = LINES[name]()
    model, desk = at_desk(call), Desk()
    before = rows()
    empty = sent(desk.open(model, "add").context["adminform"].form)
    response = desk.add(model, **{**empty, **call.body})
    found = {table: kept for table, kept in rows().items() if table == model._meta.db_table}
    assert found == {model._meta.db_table: before[model._meta.db_table]}
    assert response.status_code == 200
    assert "This field is required." not in errors_of(response)
    assert errors_of(response)


@pytest.mark.parametrize(
    ("prefix", "field"),
    [("goods-receipt-items", "bin"), ("stock-transfer-items", "to_bin"), ("stock-count-items", "bin")],
)
def test_a_line_that_names_a_bin_and_no_document_is_refused(prefix, field):
    response = Desk().add(MODELS[prefix], **{field: BinFactory().pk, "product": ProductFactory().pk, "quantity": 1})
    assert response.status_code == 200
    assert "This field is required." in errors_of(response)
