"""Django's templates that ours stand for, and the release with which they were last compared.

If one of these tests fails after an upgrade: read what Django has changed in the template that it names, bring ours up
to date with it, and note the new release and digest here.
"""

import hashlib
import inspect
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.utils import display_for_field

from inventory_project.base.admin.shown import django_link_of, link_of, shown

COMPARED = (6, 1)
OVERRIDES = {
    "admin/actions.html": "9b1499d0fad3",
    "admin/app_index.html": "3647a6067ec7",
    "admin/base_site.html": "182897817c02",
    "admin/change_form.html": "147994eac405",
    "admin/change_form_actions.html": "c1c612682597",
    "admin/change_list.html": "613098bd9f37",
    "admin/delete_confirmation.html": "afaad3af60d6",
    "admin/delete_selected_confirmation.html": "e32a97526bd2",
    "admin/filter.html": "72f8dacc6125",
    "admin/index.html": "47e85a3596be",
    "admin/object_history.html": "37b43b8571d4",
    "admin/pagination.html": "a50313922fac",
    "admin/search_form.html": "6ef977578a62",
    "registration/password_reset_complete.html": "03e37803bd4c",
    "registration/password_reset_confirm.html": "35b51e61b6cf",
    "registration/password_reset_done.html": "14b0993b3ebb",
    "registration/password_reset_form.html": "7c5b47156fd8",
}
DISPLAY_FOR_FIELD = "d2472138b0b0"
LINK_OF_FIELD = "acc580d77570"

THEIRS = Path(admin.__file__).parent / "templates"
OURS = Path(settings.BASE_DIR) / "templates"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def test_every_override_is_named():
    found = {str(path.relative_to(OURS)) for path in OURS.rglob("*.html") if (THEIRS / path.relative_to(OURS)).exists()}
    assert found == set(OVERRIDES)


@pytest.mark.parametrize("name", OVERRIDES)
def test_django_has_not_changed_it_since(name):
    assert digest((THEIRS / name).read_text()) == OVERRIDES[name], f"compare {name} with Django {django.__version__}"


def test_they_were_compared_with_this_release():
    assert django.VERSION[:2] == COMPARED


def test_overrides_are_few_and_small():
    sizes = [(OURS / name).stat().st_size for name in OVERRIDES]
    assert len(sizes) <= 17
    assert sum(sizes) < 30_000


def test_the_functions_that_are_wrapped_are_those_that_django_asks():
    assert helpers.display_for_field is admin_list.display_for_field is shown
    assert helpers.AdminReadonlyField.get_admin_url is link_of
    assert digest(inspect.getsource(django_link_of)) == LINK_OF_FIELD
    assert digest(inspect.getsource(display_for_field)) == DISPLAY_FOR_FIELD
