"""ETags: the version of a record is the instant of its last change."""

import datetime
import re

from .exceptions import ApiProblem

TAG = re.compile(r'\s*(?:W/)?"([^"]*)"\s*(?:,|$)')


def version_of(pk: int, changed: datetime.datetime) -> str:
    """The version of a record, as it stands in its ETag."""
    micros = int(changed.timestamp()) * 1_000_000 + changed.microsecond
    return f"{pk:x}-{micros:x}"


def etag(version: str, state: str = "") -> str:
    """The ETag of an answer; `state` is what it shows beyond the record itself."""
    return f'"{version}.{state}"' if state else f'"{version}"'


def _tags(header: str) -> list[str]:
    return TAG.findall(header)


def unchanged(request, tag: str) -> bool:
    """Whether the caller's copy (If-None-Match) is the present one."""
    header = request.headers.get("If-None-Match", "")
    return header.strip() == "*" or tag.strip('"') in _tags(header)


def require_match(request, version: str) -> None:
    """Refuse to write over a record that has changed since the caller read it (If-Match)."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return
    if version not in [tag.split(".")[0] for tag in _tags(header)]:
        raise ApiProblem("stale", headers={"ETag": etag(version)})
