"""An address or a forged entry can name any record by its number: what it is called is told to those who may see it."""

import pytest
from django.contrib import admin

from tests.attacks.planted import view
from tests.back_office import Desk, url
from tests.factories import MODULES, factory_of

pytestmark = pytest.mark.django_db

REFERENCES = [
    pytest.param(model, field, id=f"{model._meta.label}-{field.name}")
    for model, model_admin in admin.site._registry.items()
    for field in model._meta.fields
    if model._meta.app_label in MODULES
    and model_admin._is_searched(field)
    and field.editable
    and field.related_model not in (model, None)
    and field.related_model._meta.app_label in MODULES
]


@pytest.mark.parametrize(("model", "field"), REFERENCES)
def test_who_may_not_see_records_is_not_told_their_names_by_number(model, field):
    target = field.related_model
    row = factory_of(target)()
    called = getattr(admin.site.get_model_admin(target), "label", str)(row)
    app, name = model._meta.app_label, model._meta.model_name
    desk = Desk(view(model), *(f"{app}.{step}_{name}" for step in ("add", "change")))
    asked = {field.name: row.pk, "apply": "1"}
    listed = desk.client.get(url(model, "changelist"), {f"{field.name}__id__exact": row.pk})
    opened = desk.client.get(url(model, "add"), {field.name: row.pk})
    sent = desk.client.post(url(model, "add"), asked)  # last: where that is enough, there is a record then
    for what, answer in (("list", listed), ("page", opened), ("form", sent)):
        assert answer.status_code in (200, 302, 403)
        assert called not in answer.text, what
    chief = Desk(view(model), view(target), f"{app}.add_{name}")
    shown = chief.client.get(url(model, "add"), {field.name: row.pk})
    widgets = shown.context and shown.status_code == 200 and "adminform" in shown.context
    assert not widgets or field.name not in shown.context["adminform"].form.fields or called in _plain(shown.text)


def _plain(text: str) -> str:
    return text.replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", '"')
