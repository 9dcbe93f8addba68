"""Permissions in words: what “sales.confirm_order” lets a person do."""

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import further_steps

STEPS = {
    "view": gettext_lazy("view"),
    "add": gettext_lazy("add"),
    "change": gettext_lazy("change"),
    "delete": gettext_lazy("delete"),
    "approve": gettext_lazy("approve"),
    "cancel": gettext_lazy("cancel"),
    "close": gettext_lazy("close"),
    "confirm": gettext_lazy("confirm"),
    "deliver": gettext_lazy("mark as delivered"),
    "dispatch": gettext_lazy("dispatch"),
    "export": gettext_lazy("export"),
    "enter": gettext_lazy("enter counts"),
    "issue": gettext_lazy("issue"),
    "mark_overdue": gettext_lazy("mark as overdue"),
    "pay": gettext_lazy("record payments"),
    "post": gettext_lazy("post"),
    "receive": gettext_lazy("receive"),
    "refund": gettext_lazy("refund"),
    "reject": gettext_lazy("reject"),
    "release": gettext_lazy("release stock"),
    "reserve": gettext_lazy("reserve stock"),
    "reverse": gettext_lazy("reverse"),
    "send": gettext_lazy("send"),
    "ship": gettext_lazy("ship"),
    "start": gettext_lazy("start"),
    "void": gettext_lazy("void"),
}


def step_label(step: str) -> str:
    """The step of a permission in a word or two: “ship”."""
    return str(STEPS.get(step, step.replace("_", " ")))


def extra_label(label: object) -> str:
    """What a further permission of a model allows, without Django's “Can” in front."""
    return capfirst(str(label).removeprefix("Can "))


def describe(permission: str) -> str:
    """The whole permission in words: “Orders: confirm”, or its own label if it has one."""
    app, _dot, codename = permission.partition(".")
    for model in apps.get_app_config(app).get_models():
        options = model._meta
        extras = dict(options.permissions)
        if codename in extras:
            return extra_label(extras[codename])
        step = codename.removesuffix(f"_{options.model_name}")
        if step != codename and step in {*options.default_permissions, *further_steps(model)}:
            things = capfirst(str(options.verbose_name_plural))
            return _("%(things)s: %(step)s") % {"things": things, "step": step_label(step)}
    return permission
