"""A person at the back office: opens pages, fills in forms as the browser would, presses buttons."""

from collections.abc import Iterable

from django import forms
from django.contrib.messages import get_messages
from django.db import models
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import StaffFactory, SuperuserFactory


def url(model: type[models.Model], page: str, *args: object, **query: object) -> str:
    """The address of one of a model's pages."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=args, query=query or None)


def sent(form: forms.BaseForm) -> dict[str, object]:
    """What a browser sends of a form that nobody has touched."""
    data = {}
    for field in form:
        value = field.value()
        if isinstance(field.field, forms.BooleanField):
            data |= {field.html_name: "on"} if value else {}
        elif isinstance(field.field, forms.FileField):
            continue
        else:
            text = field.field.prepare_value(value)
            if hasattr(field.field.widget, "format_value") and not isinstance(field.field, forms.ModelChoiceField):
                text = field.field.widget.format_value(text)
            data[field.html_name] = "" if text is None else text[0] if isinstance(text, list) else text
    return data


class Desk:
    """A signed-in person. Without permissions: the superuser."""

    def __init__(self, *permissions: str, user=None) -> None:
        self.user = user or (StaffFactory(permissions=permissions) if permissions else SuperuserFactory())
        self.client = Client()
        self.client.force_login(self.user)

    def open(self, model, page, *args, **query):
        return self.client.get(url(model, page, *args, **query))

    def entries(self, page) -> dict[str, object]:
        """Everything that the forms of a record's page would send."""
        data = sent(page.context["adminform"].form)
        for inline in page.context["inline_admin_formsets"]:
            data |= sent(inline.formset.management_form)
            for form in inline.formset.forms:
                data |= sent(form)
        return data | {"version": _hidden(page, "version")}

    def add(self, model, lines: Iterable[dict[str, object]] = (), prefix: str = "items", **header):
        """Fill in the add form and save it."""
        data = {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0, **header}
        for index, line in enumerate(lines):
            data[f"{prefix}-TOTAL_FORMS"] = index + 1
            data |= {f"{prefix}-{index}-{name}": value for name, value in line.items()}
        return self.client.post(url(model, "add"), data)

    def edit(self, row: models.Model, **changes):
        """Open a record, change some entries and save it."""
        page = self.open(type(row), "change", row.pk)
        data = self.entries(page) | {name.replace("__", "-"): value for name, value in changes.items()}
        return self.client.post(url(type(row), "change", row.pk), data)

    def press(self, row: models.Model, act: str, **answers):
        """Press the button of an act; with answers, also fill in its form."""
        data = {"_selected_action": row.pk, "CHANGE_FORM-action": act}
        if answers:
            data |= {"apply": "1", **{name.replace("__", "-"): value for name, value in answers.items()}}
        return self.client.post(url(type(row), "change", row.pk), data)

    def press_all(self, rows: Iterable[models.Model], act: str, **answers):
        """Tick rows of a list and run an action."""
        rows = list(rows)
        data = {"_selected_action": [row.pk for row in rows], "action": act}
        data |= {"apply": "1", **answers} if answers else {"index": "0"}
        return self.client.post(url(type(rows[0]), "changelist"), data)

    def buttons(self, row: models.Model) -> list[str]:
        """The names of the next steps on a record's page."""
        return [button.name for button in self.open(type(row), "change", row.pk).context["buttons"]]


def said(response) -> str:
    """The messages that the answer has left for the next page."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def errors_of(response) -> str:
    """What a form that came back complains about."""
    context = response.context
    forms_ = [context["adminform"].form] if "adminform" in context else [context["form"]]
    for inline in context.get("inline_admin_formsets") or []:
        forms_ += inline.formset.forms
    return " ".join(str(text) for form in forms_ for texts in form.errors.values() for text in texts)


def _hidden(page, name: str) -> str:
    text = page.content.decode()
    marker = f'name="{name}" value="'
    return text.split(marker, 1)[1].split('"', 1)[0] if marker in text else ""
