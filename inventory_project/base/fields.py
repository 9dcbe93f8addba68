"""Field types that carry a convention of the schema (see docs/conventions.md)."""

import re
import unicodedata
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, ProhibitNullCharactersValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .actor import current_actor_id
from .clock import now
from .deletion import RESTRICT

INTEGER_MAX = 2_147_483_647  # PostgreSQL's integer; SQLite would take more
AMOUNT_MAX = Decimal("999999999999.99")
PRICE_MAX = Decimal("99999999999.9999")  # 15 digits: what SQLite's REAL still keeps exactly
PERCENT_MAX = Decimal("100")


LONGEST_NORMALISED = 1_000  # more than any such column holds; putting many accents in order takes their square


def fold(text: str) -> str:
    """The form in which codes are compared: without case, width and composition differences (NFKC + casefold).

    What is longer than any code is left as it is, and is no code.
    """
    if len(text) > LONGEST_NORMALISED:
        return text
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


# Line ends, control characters, what writes the text around it backwards, and what is no character at all.
UNSHOWN = re.compile("[\x01-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ufffe\uffff]")


def validate_one_line(text: str) -> None:
    """Refuse what is not to be seen, or makes one line look like others."""
    if found := UNSHOWN.search(text):
        raise ValidationError(
            _("Write it in one line, without characters that can't be shown (%(code)s)."),
            code="unshown_character",
            params={"code": f"U+{ord(found[0]):04X}"},
        )


class Text(models.CharField):
    """One line of text, '' when there is none; trimmed by forms, composed (NFC), without what can't be shown."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("max_length", 200)
        if kwargs.get("blank"):
            kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        is_normalised = isinstance(value, str) and len(value) <= LONGEST_NORMALISED  # the length is refused later
        return unicodedata.normalize("NFC", value) if is_normalised else value

    @cached_property  # CharField appends the greatest length to this list
    def validators(self):
        return [*super().validators, ProhibitNullCharactersValidator(), validate_one_line]


class LongText(models.TextField):
    """Several lines of text, '' when there is none."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("max_length", 10_000)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    @property
    def validators(self):
        return [*super().validators, ProhibitNullCharactersValidator()]


class KeyField(models.CharField):
    """The folded form of another column of the row, on which uniqueness is decided in both databases alike."""

    def __init__(self, source: str, **kwargs) -> None:
        self.source = source
        kwargs.setdefault("max_length", 400)
        kwargs["editable"] = False
        super().__init__(**kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, [self.source, *args], kwargs

    def compute(self, instance: models.Model) -> str:
        """Set and return the key that belongs to the instance's present value."""
        key = fold(getattr(instance, self.source) or "")
        setattr(instance, self.attname, key)
        return key

    def pre_save(self, model_instance, add):
        return self.compute(model_instance)


class _Number(models.DecimalField):
    upper = AMOUNT_MAX
    digits = (14, 2)

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("max_digits", self.digits[0])
        kwargs.setdefault("decimal_places", self.digits[1])
        super().__init__(*args, **kwargs)


class Amount(_Number):
    """Money in the installation's currency, to the cent."""


class Price(_Number):
    """A unit price, unit cost or stock value, to a hundredth of a cent."""

    upper = PRICE_MAX
    digits = (15, 4)


class Percent(_Number):
    """0 to 100, three decimals."""

    upper = PERCENT_MAX
    digits = (6, 3)

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("default", Decimal("0"))
        super().__init__(*args, **kwargs)

    @property
    def validators(self):
        return [*super().validators, MinValueValidator(0), MaxValueValidator(100)]


class Instant(models.DateTimeField):
    """A moment in UTC; null until it has happened."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        # Django leaves out what is its own default (null=False), which here would come back as null=True.
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "null": self.null, "blank": self.blank}


class CreatedAt(models.DateTimeField):
    """When the row was written; the database fills it in for writers that are not this program."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.update(default=now, db_default=Now(), editable=False)
        super().__init__(_("created"), *args, **kwargs)

    def deconstruct(self):
        name, path, _args, _kwargs = super().deconstruct()
        return name, path, [], {}


class UpdatedAt(models.DateTimeField):
    """When the row last changed: the version that ETags and stale-edit checks compare."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs.update(default=now, db_default=Now(), editable=False)
        super().__init__(_("last changed"), *args, **kwargs)

    def deconstruct(self):
        name, path, _args, _kwargs = super().deconstruct()
        return name, path, [], {}

    def pre_save(self, model_instance, add):
        instant = now()
        setattr(model_instance, self.attname, instant)
        return instant


class _ActorField(models.ForeignKey):
    label = ""

    def __init__(self, **kwargs) -> None:
        super().__init__(
            settings.AUTH_USER_MODEL,
            verbose_name=self.label,
            null=True,
            blank=True,
            editable=False,
            on_delete=RESTRICT,
            related_name="+",
        )

    def deconstruct(self):
        name, path, _args, _kwargs = super().deconstruct()
        return name, path, [], {}


class CreatedBy(_ActorField):
    """Who wrote the row; null is the system itself."""

    label = _("created by")

    def pre_save(self, model_instance, add):
        if add and getattr(model_instance, self.attname) is None:
            setattr(model_instance, self.attname, current_actor_id())
        return getattr(model_instance, self.attname)


class UpdatedBy(_ActorField):
    """Who last changed the row; null is the system itself."""

    label = _("last changed by")

    def pre_save(self, model_instance, add):
        setattr(model_instance, self.attname, current_actor_id())
        return getattr(model_instance, self.attname)
