"""Which rows refer to a row: asked before it is deleted, so that the refusal can say so in words."""

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext as _

from .deletion import CASCADE, RESTRICT
from .errors import RuleViolation


def referring_models(row: models.Model) -> list[type[models.Model]]:
    """The models of which some row keeps this one from being deleted, one cheap query per foreign key."""
    kept_by = []
    for model, path in _paths(row._meta.model):
        if model not in kept_by and model._base_manager.filter(**{path: row.pk}).exists():
            kept_by.append(model)
    return kept_by


def refuse_while_referenced(row: models.Model, *, instead: str = "") -> None:
    """Raise RuleViolation, naming what refers to the row, if anything does."""
    models_ = referring_models(row)
    if not models_:
        return
    names = ", ".join(str(model._meta.verbose_name_plural) for model in models_)
    message = _("“%(row)s” can't be deleted: %(names)s refer to it.") % {"row": row, "names": names}
    raise RuleViolation(
        f"{message} {instead}".strip(),
        code="in_use",
        details={"referred_to_by": [model._meta.label for model in models_]},
    )


def _paths(model: type[models.Model], suffix: str = "") -> Iterator[tuple[type[models.Model], str]]:
    """Every foreign key that restricts deleting a row of `model`, also through parts that would go with it."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        path = f"{relation.field.name}__{suffix}" if suffix else relation.field.name
        if relation.on_delete is RESTRICT:
            yield relation.related_model, path
        elif relation.on_delete is CASCADE and relation.related_model is not model:
            yield from _paths(relation.related_model, path)
