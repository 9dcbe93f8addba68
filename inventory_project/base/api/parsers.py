"""Reading request bodies, strictly: what is ambiguous or can't be stored is refused, never guessed."""

import json
from decimal import Decimal

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser

DEEPEST = 12


class StrictJSONParser(JSONParser):
    """JSON without duplicate keys, NaN, NUL, lone surrogates or deep nesting; numbers with a point are decimals."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            text = stream.read().decode()
            data = json.loads(
                text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant, parse_float=_decimal
            )
        except UnicodeDecodeError as error:
            raise ParseError(_("The body is not UTF-8.")) from error
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
        except ValueError as error:
            raise ParseError(_("The body is not valid JSON: %(error)s") % {"error": error}) from error
        _check(data, DEEPEST)
        return data


class JSONSentAsForm(StrictJSONParser):
    """JSON under the content type that curl gives to `-d` unless told otherwise. Forms themselves are not taken."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream, media_type=None, parser_context=None):
        body = stream.read()
        if not body.lstrip().startswith((b"{", b"[")):
            raise UnsupportedMediaType(self.media_type)
        stream.seek(0)
        return super().parse(stream, media_type, parser_context)


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _value in pairs if name in seen or seen.add(name))
        raise ParseError(_("The key “%(key)s” appears twice in one object.") % {"key": _printable(twice)})
    return found


def _refuse_constant(name: str) -> None:
    raise ParseError(_("%(name)s is not a JSON value.") % {"name": name})


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError as error:
        raise ParseError(_("A number in the body is too large.")) from error


def _check(value: object, levels: int) -> None:
    """Refuse text that no database stores, and nesting beyond `levels`."""
    if isinstance(value, str):
        if "\x00" in value:
            raise ParseError(_("Text must not contain the character NUL."))
        if not is_whole_unicode(value):
            raise ParseError(_("Text must not contain half of a surrogate pair."))
    elif isinstance(value, dict | list):
        if not levels:
            raise ParseError(_("The JSON is nested too deeply."))
        for name in value if isinstance(value, dict) else ():
            _check(name, levels)
        for part in value.values() if isinstance(value, dict) else value:
            _check(part, levels - 1)


def is_whole_unicode(text: str) -> bool:
    """Whether the text can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printable(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()
