"""Codes are one and the same whatever their case, width or composition."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from catalog.models import Category, Product
from inventory_project.base.fields import fold

TWINS = [
    ("ABC-1", "abc-1"),
    ("STRASSE", "straße"),
    ("ÄPFEL", "äpfel"),
    (unicodedata.normalize("NFC", "é-1"), unicodedata.normalize("NFD", "é-1")),
    ("ABC-1", "\uff21\uff22\uff23\uff0d\uff11"),  # full-width letters, hyphen and digit
]


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_twins_fold_to_the_same_key(one, other):
    assert fold(one) == fold(other)


def test_folding_twice_changes_nothing():
    for text in ("ŉ", "ẞ", "\u1e9e", "İ", "\u0345", "ﬃ"):
        assert fold(fold(text)) == fold(text)


@pytest.mark.django_db
@pytest.mark.parametrize(("one", "other"), TWINS)
def test_a_twin_sku_is_refused_in_words_and_by_the_database(one, other):
    category = Category.objects.create(name="Tools")
    Product.objects.create(sku=one, name="One", category=category, price=1)
    twin = Product(sku=other, name="Other", category=category, price=1)

    with pytest.raises(ValidationError, match="Another product has this SKU"):
        twin.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    assert Product.objects.count() == 1


@pytest.mark.django_db
def test_people_are_found_whatever_the_case_of_their_login():
    user = User.objects.create_user("Zoë", "Zoe@example.com", "secret")

    assert User.objects.get_by_natural_key("ZOË") == user
    with pytest.raises(ValidationError, match="This username is taken"):
        User.objects.create_user("zoë", "other@example.com", "secret")
    with pytest.raises(ValidationError, match="Another user has this email address"):
        User.objects.create_user("other", "ZOE@example.com", "secret")
