"""Taking a person out of the records, while the documents that the law wants kept stay as they are.

Regulation (EU) 2016/679 (GDPR): people can have their personal data erased (article 17(1)), but for what has to be
kept to comply with a legal obligation (article 17(3)(b)), such as invoices. What can't be brought back to a person any
more is no personal data (recital 26): so rows stay, and lose the words that tell of the person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.dispatch import Signal

person_anonymised = Signal()
"""Sent with `person`, `parts`, `words`, `changed` and `by`, inside the transaction that has blanked the person's rows.

`parts` are those rows, `words` what the person was called in them, `changed` how many rows were written.
"""

AT_ONCE = 500


@dataclass(frozen=True)
class Part:
    """Rows with words of a person: what the fields say afterwards, and of which the former values are forgotten.

    Of `addresses` the country stays, which tells nobody who it was and taxes depend on. The fields in `forget` are
    left alone in the rows, and go from the history of changes all the same. Rows that have been deleted since are
    found there by what they referred to: `owner_ids` in the column `owner`.
    """

    rows: models.QuerySet
    blank: Mapping[str, object] = field(default_factory=dict)
    addresses: Sequence[str] = ()
    forget: Sequence[str] = ()
    owner: str = ""
    owner_ids: Sequence[int] = ()

    @property
    def model(self) -> type[models.Model]:
        return self.rows.model

    @property
    def columns(self) -> set[str]:
        """The columns of which the former values are forgotten."""
        return {self.model._meta.get_field(name).column for name in (*self.blank, *self.addresses, *self.forget)}

    def blank_rows(self) -> int:
        """Blank what is not blank yet, and return in how many rows that was."""
        names = [*self.blank, *self.addresses]
        if not names:
            return 0
        changed = [row for row in self.rows.only("pk", *names).iterator(chunk_size=AT_ONCE) if self._blank(row)]
        self.model._default_manager.bulk_update(changed, names, batch_size=AT_ONCE)
        return len(changed)

    def _blank(self, row: models.Model) -> bool:
        before = {name: getattr(row, name) for name in (*self.blank, *self.addresses)}
        after = {**self.blank, **{name: country_of(before[name]) for name in self.addresses}}
        for name, value in after.items():
            setattr(row, name, value)
        return before != after


def country_of(address: Mapping[str, str]) -> dict[str, str]:
    """A frozen address without all that leads to the person."""
    return {"country": address["country"]} if address.get("country") else {}


def words_of(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """What was said of the person in fields that say something else now."""
    return {value for name, value in before.items() if isinstance(value, str) and value and value != after[name]}


def free_name(model: type[models.Model], name: str, wanted: str, pk: int) -> str:
    """`wanted`, which follows from the row's id, or a longer form of it should somebody else be called so."""
    found, number = wanted, 1
    while model._base_manager.filter(**{f"{name}__iexact": found}).exclude(pk=pk).exists():
        number += 1
        found = f"{wanted}-{number}"
    return found
