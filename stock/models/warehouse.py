"""Places where goods lie."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory_project.base.constraints import check, integers, unique
from inventory_project.base.deletion import CASCADE
from inventory_project.base.fields import KeyField, Text
from inventory_project.base.models import Reference


class Warehouse(Reference):
    """A building that holds stock."""

    code = Text(_("code"), max_length=32)
    code_key = KeyField("code", max_length=64)
    name = Text(_("name"), max_length=120)
    location = Text(_("location"), max_length=300, blank=True)
    capacity = models.IntegerField(
        _("capacity"), null=True, blank=True, help_text=_("Units. Going above it only brings a warning.")
    )
    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    class Meta:
        db_table = "warehouse"
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering = ["code"]
        constraints = [
            unique("warehouse_code_unique", "code", message=_("Another warehouse has this code.")),
            unique("warehouse_code_key_unique", "code_key", message=_("Another warehouse has this code.")),
            unique("warehouse_name_unique", "name", message=_("A warehouse with this name exists already.")),
            *integers("warehouse", capacity=0),
        ]

    def __str__(self) -> str:
        return self.name


class Bin(Reference):
    """A place within a warehouse: a shelf, a floor area."""

    warehouse = models.ForeignKey("stock.Warehouse", CASCADE, related_name="bins", verbose_name=_("warehouse"))
    code = Text(_("code"), max_length=32)
    code_key = KeyField("code", max_length=64)
    description = Text(_("description"), max_length=300, blank=True)
    is_default = models.BooleanField(_("default"), default=False, help_text=_("Where goods go unless told otherwise."))
    is_active = models.BooleanField(_("active"), default=True, db_default=True)

    class Meta:
        db_table = "bin"
        verbose_name = _("bin")
        verbose_name_plural = _("bins")
        ordering = ["warehouse_id", "code"]
        constraints = [
            unique("bin_code_unique", "warehouse", "code", message=_("The warehouse has a bin with this code.")),
            unique(
                "bin_code_key_unique", "warehouse", "code_key", message=_("The warehouse has a bin with this code.")
            ),
            unique(
                "bin_one_default",
                "warehouse",
                condition=Q(is_default=True),
                message=_("The warehouse has a default bin already."),
            ),
            check(
                "bin_default_is_active",
                Q(is_default=False) | Q(is_active=True),
                _("The default bin is always active. Make another bin the default first."),
            ),
        ]

    def __str__(self) -> str:
        return self.code
