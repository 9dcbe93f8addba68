"""The base of the back office: one admin class per archetype, and what their declarations are made of."""

from . import columns
from .acts import BOTH_PAGES, FORM_PAGE, act_permission, act_url, permission
from .archetypes import (
    ACTIVE_TABS,
    AddFromSource,
    DocumentAdmin,
    LedgerAdmin,
    LineAdmin,
    RecordAdmin,
    ReferenceAdmin,
    StateAdmin,
)
from .base import BaseAdmin
from .forms import BackOfficeForm, DayInput, DecimalNumberField, Doubt, WholeNumberField, search_field
from .labels import GivesLabels, Label, LabelsForm
from .lines import LineInline
from .listing import DayRangeFilter, RelatedFilter, StartFilter, Tab
from .offers import (
    Button,
    OfferedAction,
    RelatedLink,
    offer_action,
    offer_button,
    offer_column,
    offer_filter,
    offer_related,
    offer_tab,
)
from .printing import GivesSheets, Sheet, printed_together
from .questions import ActForm, ConfirmForm, GridForm, OptionalReasonForm, ReasonForm, meant
from .shown import install

install()

__all__ = [
    "ACTIVE_TABS",
    "BOTH_PAGES",
    "FORM_PAGE",
    "ActForm",
    "AddFromSource",
    "BackOfficeForm",
    "BaseAdmin",
    "Button",
    "ConfirmForm",
    "DayInput",
    "DayRangeFilter",
    "DecimalNumberField",
    "DocumentAdmin",
    "Doubt",
    "GivesLabels",
    "GivesSheets",
    "GridForm",
    "Label",
    "LabelsForm",
    "LedgerAdmin",
    "LineAdmin",
    "LineInline",
    "OfferedAction",
    "OptionalReasonForm",
    "ReasonForm",
    "RecordAdmin",
    "ReferenceAdmin",
    "RelatedFilter",
    "RelatedLink",
    "Sheet",
    "StartFilter",
    "StateAdmin",
    "Tab",
    "WholeNumberField",
    "act_permission",
    "act_url",
    "columns",
    "meant",
    "offer_action",
    "offer_button",
    "offer_column",
    "offer_filter",
    "offer_related",
    "offer_tab",
    "permission",
    "printed_together",
    "search_field",
]
