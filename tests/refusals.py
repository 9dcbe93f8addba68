"""Expecting a refusal that changes nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from inventory_project.base.errors import RuleViolation


@contextmanager
def refusal(
    everything: Callable[[], object], code: str, *words: str, field: str | None = None
) -> Iterator[pytest.ExceptionInfo[RuleViolation]]:
    """What runs inside is refused with this code and these words, and `everything` is as it was before."""
    before = everything()
    with pytest.raises(RuleViolation) as caught, transaction.atomic():
        yield caught
    assert caught.value.code == code, caught.value
    for word in words:
        assert word in str(caught.value)
    if field is not None:
        assert caught.value.field == field
    assert everything() == before
