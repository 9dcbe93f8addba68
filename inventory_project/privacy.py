"""What else is kept of a person beside their records, and goes with them: bookkeeping, also that of libraries."""

import json
from collections.abc import Collection, Iterator, Sequence
from functools import reduce
from itertools import batched
from operator import or_

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db.models import CASCADE as DJANGO_CASCADE
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.dispatch import receiver
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from inventory_project.base.deletion import CASCADE
from inventory_project.base.fields import fold
from inventory_project.base.models import Document
from inventory_project.base.privacy import Part, person_anonymised
from inventory_project.history.services import forget_values
from inventory_project.history.tables import BUSINESS, recorded
from inventory_project.models import IdempotencyRecord, OperationRun

SHORT = 6  # shorter words are looked for as whole values only
AT_ONCE = 100
SIGN_INS = (AccessAttempt, AccessFailureLog, AccessLog)


@receiver(person_anonymised)
def forget_person(person: Model, parts: Sequence[Part], words: Collection[str], changed: int, by, **kwargs) -> None:
    """Delete what belongs to the account, blank kept answers, forget in the history; note that it was done."""
    begun = timezone.now()
    if isinstance(person, User):
        belongings = list(_belongings(person))
        changed += sum(rows.delete()[0] for rows in belongings)
        parts = [*parts, *(_forgotten(rows, person) for rows in belongings if _is_recorded(rows.model))]
        changed += _forget_sign_ins(words)
    changed += _blank_answers({*words, *_numbers(parts)}) + _forget_tasks(words)
    changed += forget_values(parts, by=by)
    if changed:
        OperationRun.objects.create(
            kind=OperationRun.ANONYMISATION,
            subject=f"{person._meta.model_name} {person.pk}",
            started_at=begun,
            finished_at=timezone.now(),
            succeeded=True,
            details={"by": by.pk if by else None, "rows": changed},
        )


def _belongings(user: User) -> Iterator[QuerySet]:
    """What is deleted with an account, whichever library keeps it: keys, second factors, kept answers."""
    for relation in User._meta.related_objects:
        model = relation.related_model
        if relation.on_delete in (CASCADE, DJANGO_CASCADE) and model._meta.app_label not in BUSINESS:
            yield model._base_manager.filter(**{relation.field.name: user})


def _is_recorded(model: type[Model]) -> bool:
    return model._meta.label_lower in recorded()


def _forgotten(rows: QuerySet, user: User) -> Part:
    of = recorded()[rows.model._meta.label_lower]
    return Part(rows, forget=[f.name for f in of.fields if f != of.parent], owner=of.parent.column, owner_ids=[user.pk])


def _forget_sign_ins(words: Collection[str]) -> int:
    names = {fold(word) for word in words} | set(words)
    return sum(model.objects.filter(username__in=names).delete()[0] for model in SIGN_INS) if names else 0


def _numbers(parts: Sequence[Part]) -> Iterator[str]:
    """The numbers of documents that were written since the oldest kept answer: answers may be about them."""
    oldest = IdempotencyRecord.objects.order_by("created_at").values_list("created_at", flat=True).first()
    for part in parts:
        if oldest and issubclass(part.model, Document) and (part.blank or part.addresses):
            written = part.rows.filter(Q(created_at__gte=oldest) | Q(updated_at__gte=oldest))
            yield from written.values_list(part.model.NUMBER, flat=True)


def _blank_answers(words: Collection[str]) -> int:
    """A repeated request is still known, and told that it was carried out; what was answered is not told again."""
    kept = IdempotencyRecord.objects.exclude(body="")
    return sum(
        kept.filter(_mentioning("body", some)).update(body="", status_code=204) for some in batched(words, AT_ONCE)
    )


def _forget_tasks(words: Collection[str]) -> int:
    """Background work that was given a word of the person: mails to them."""
    if not words:
        return 0
    tasks = DBTaskResult.objects.annotate(given=Cast("args_kwargs", TextField()))
    return DBTaskResult.objects.filter(
        pk__in=list(tasks.filter(_mentioning("given", words)).values_list("pk", flat=True))
    ).delete()[0]


def _mentioning(column: str, words: Collection[str]) -> Q:
    """Where the JSON in a text column says one of the words, escaped or not."""
    found = []
    for word in words:
        for escaped in {json.dumps(word), json.dumps(word, ensure_ascii=False)}:
            found.append(Q(**{f"{column}__contains": escaped if len(word) < SHORT else escaped[1:-1]}))
    return reduce(or_, found)
