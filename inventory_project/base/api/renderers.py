"""Writing JSON, fast: decimals as strings, instants as ISO 8601 in UTC."""

import msgspec
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


def _plain(value: object) -> object:
    """Django's lazy translations, and the strings with a code that validation errors are made of."""
    if isinstance(value, str | Promise):
        return str.__str__(value) if isinstance(value, str) else str(value)
    raise NotImplementedError(f"{value.__class__.__name__} has no form in JSON")


ENCODER = msgspec.json.Encoder(decimal_format="string", enc_hook=_plain)


class FastJSONRenderer(BaseRenderer):
    """Rows as they come from the database, straight to bytes."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(self, data, accepted_media_type=None, renderer_context=None) -> bytes:
        return b"" if data is None else ENCODER.encode(data)
