"""What every service shares: one transaction, a name on what it writes, locks that are really taken."""

from collections.abc import Callable, Collection, Sequence
from functools import partial, wraps

from django.db import models
from django.utils.translation import gettext as _

from .actor import acting_as
from .bulk import write_rows
from .errors import Gone
from .models import Document, Line
from .transactions import in_transaction

STAMPS = frozenset({"created_at", "created_by", "updated_at", "updated_by"})


def service[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` as one transaction on behalf of its keyword `by` (a user, or None for the system)."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting_as(kwargs["by"]):
            return in_transaction(partial(function, *args, **kwargs), given=(*args, *kwargs.values()))

    return run


# Nobody changes a primary key, so the weaker lock does: rows that merely refer to a locked one can still be written.
# With the stronger one two could wait for each other, as foreign keys are checked, and rows locked for it, on commit.


def lock[M: models.Model](row: M) -> M:
    """Lock one row and return it as it is now; the caller's copy may be stale. Refuses one that is gone."""
    model = row._meta.model  # the user of a request is of a type of its own
    try:
        return model._base_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    except model.DoesNotExist as error:
        kind = row._meta.verbose_name
        raise Gone(_("The %(kind)s has been deleted meanwhile. Nothing was written.") % {"kind": kind}) from error


def lock_all[M: models.Model](queryset: models.QuerySet[M]) -> list[M]:
    """Lock the rows in the order of their ids, so that two who lock the same rows never wait for each other."""
    return list(queryset.select_for_update(of=("self",), no_key=True).order_by("pk"))


def refresh(stale: models.Model, fresh: models.Model) -> None:
    """Bring the caller's copy up to date with what the service wrote."""
    for field in fresh._meta.concrete_fields:
        setattr(stale, field.attname, getattr(fresh, field.attname))


@service
def save_document(
    document: Document, *, changed: Collection[str] | None = None, recalculate: Callable[[Document], None], by
) -> Document:
    """Save a document's own header fields while it is editable, then bring its totals up to date.

    Later, with the names of what was `changed`, only the fields that stay open are saved, and nothing else.
    """
    fresh = lock(document) if document.pk else None
    if fresh and changed is not None and not fresh.is_editable:
        fresh.require_open(changed)
        if changed:
            document.save(update_fields=[*changed, "updated_at", "updated_by"])
        return document
    if fresh:
        fresh.require_editable()
    document.save()
    recalculate(document)
    return document


@service
def save_lines(
    parent: models.Model,
    *,
    save: Sequence[Line] = (),
    delete: Sequence[Line] = (),
    recalculate: Callable[[models.Model], None] | None = None,
    by,
) -> None:
    """Write and remove lines of one parent, refusing once it is no longer a draft, then bring its totals up to date."""
    if isinstance(parent, Document):
        lock(parent).require_editable()
    for line in delete:
        line.delete()
    _write_lines(save)
    if recalculate:
        recalculate(parent)


def _write_lines(lines: Sequence[Line]) -> None:
    """As many statements for 200 lines as for two."""
    if len(lines) == 1:
        lines[0].save()
        return
    new = [line for line in lines if line._state.adding]
    changed = [line for line in lines if not line._state.adding]
    if new:
        type(new[0])._base_manager.bulk_create(new)
    if changed:
        fields = [field for field in changed[0]._meta.concrete_fields if not (field.primary_key or field.generated)]
        write_rows(changed, *(field.name for field in fields if field.name not in STAMPS))
