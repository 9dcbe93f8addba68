"""Pictures of products as files: known formats under names that cannot be guessed, never anything that could run."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
NAME = r"(?P<name>[A-Za-z0-9_-]{1,150})\.(?P<ending>jpe?g|png|webp)"


@require_safe
def product_picture(request: HttpRequest, name: str, ending: str) -> FileResponse:
    """A picture. It may be kept for ever: another one has another name."""
    try:
        file = default_storage.open(f"products/{name}.{ending}")
    except OSError as problem:
        raise Http404 from problem
    headers = {
        "Content-Type": TYPES[ending],
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "cross-origin",  # shops show them
    }
    return FileResponse(file, headers=headers)
