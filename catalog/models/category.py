"""The tree of product categories."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode
from tree_queries.query import TreeQuerySet

from inventory_project.base.constraints import check, unique
from inventory_project.base.deletion import RESTRICT
from inventory_project.base.fields import LongText, Text
from inventory_project.base.models import Reference, ReferenceQuerySet


class CategoryQuerySet(ReferenceQuerySet, TreeQuerySet):
    """Categories, also as a tree: `descendants(category)`, `ancestors(category)`, `with_tree_fields()`."""


class Category(Reference, TreeNode):
    """A shelf of the catalog; categories nest."""

    name = Text(_("name"), max_length=120)
    description = LongText(_("description"))
    parent = models.ForeignKey(
        "self",
        RESTRICT,
        related_name="children",
        verbose_name=_("parent"),
        null=True,
        blank=True,
        help_text=_("Leave empty for a category at the top."),
    )
    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        db_table = "category"
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["name"]
        constraints = [
            unique("category_name_unique", "name", message=_("A category with this name exists already.")),
            check(
                "category_parent_not_itself",
                ~models.Q(parent=models.F("pk")),
                _("A category can't be its own parent."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A category is never its own ancestor."""
        if self.pk and self.parent_id:
            below = type(self).objects.descendants(self.pk, include_self=True)
            if below.filter(pk=self.parent_id).exists():
                raise ValidationError({"parent": ValidationError(_("A category can't be below itself."), code="cycle")})
