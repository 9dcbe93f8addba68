"""Pieces of the back office's frame. They work on error pages too, where no view has prepared a context."""

from django import template
from django.conf import settings
from django.contrib import admin
from django.utils.formats import number_format
from django.utils.html import format_html

from inventory_project.base.admin.forms import version_of
from inventory_project.base.admin.listing import COUNT_LIMIT
from inventory_project.base.admin.merging import SEEN, seen_by
from inventory_project.base.admin.once import FIELD, new_key
from inventory_project.base.request_id import current_request_id

register = template.Library()


@register.simple_tag
def company_name() -> str:
    return settings.COMPANY["name"]


@register.simple_tag
def request_id() -> str:
    """The id that a person can report and an administrator can look for."""
    return current_request_id()


@register.simple_tag(takes_context=True)
def may_enter(context) -> bool:
    """Whether the frame with menu and search is shown: to people who are signed in to the back office."""
    request = context.get("request")
    return bool(request and hasattr(request, "user") and admin.site.has_permission(request))


@register.simple_tag(takes_context=True)
def menu(context):
    return admin.site.menu(context["request"])


@register.simple_tag(takes_context=True)
def new_links(context):
    return admin.site.new_links(context["request"])


@register.simple_tag
def once():
    """The hidden key that gives a form one effect."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())


@register.simple_tag
def seen_in_list(changelist):
    """The same of the rows that are edited in a list."""
    return format_html(
        '<input type="hidden" name="{}" value="{}">', SEEN, seen_by(changelist.formset.forms, version_of)
    )


@register.simple_tag
def seen(adminform, inline_formsets):
    """The hidden field that says what the form was opened with, so that two editors can be told apart."""
    lines = [form for inline in inline_formsets or () for form in inline.formset.initial_forms]
    editable = [form for form in (adminform.form, *lines) if form.fields]
    return format_html('<input type="hidden" name="{}" value="{}">', SEEN, seen_by(editable, version_of))


@register.simple_tag
def tabs_of(changelist):
    """The choices of the list's tabs, none if it has none."""
    spec = next((spec for spec in changelist.filter_specs if getattr(spec, "is_tabs", False)), None)
    return list(spec.choices(changelist)) if spec else []


@register.simple_tag
def filters_of(changelist):
    """The list's filters without its tabs."""
    return [spec for spec in changelist.filter_specs if not getattr(spec, "is_tabs", False)]


@register.simple_tag
def active_filters(changelist) -> int:
    """How many filters narrow the list."""
    return sum(bool(spec.used_parameters) for spec in filters_of(changelist))


@register.simple_tag
def nothing_in_tab(changelist) -> str:
    """Why the list is empty if nothing but its tab narrows it, else ''."""
    if active_filters(changelist) or changelist.query:
        return ""
    return next((spec.nothing for spec in changelist.filter_specs if getattr(spec, "is_tabs", False)), "")


@register.simple_tag(takes_context=True)
def import_page(context, changelist) -> str:
    """Where rows of the list are imported, '' if the person may not or there is no import."""
    from inventory_project.imports.pages import import_url  # the apps are not loaded yet when tags are

    return import_url(context["request"].user, changelist.model)


@register.filter
def version(row) -> str:
    return version_of(row)


@register.filter
def amount(value) -> str:
    """Money: two decimals, thousands apart."""
    return number_format(value, 2, force_grouping=True)


@register.filter
def bounded(count: int) -> str:
    """A number of rows that was counted up to a limit."""
    return f"{COUNT_LIMIT:,}+" if count > COUNT_LIMIT else f"{count:,}"
