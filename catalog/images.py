"""Pictures of products: decoded, checked and written anew, so that nothing but the picture itself is ever kept."""

import io
import uuid
import warnings

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from inventory_project.base.errors import InvalidInput

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 2_000


def safe_picture(file: UploadedFile) -> ContentFile:
    """The picture of an uploaded file under a name of our own, without metadata, turned upright, no larger than needed.

    What else was in the file (another format glued on, a script, a place where it was taken) is left behind.
    """
    if file.size > LARGEST_FILE:
        raise InvalidInput(_("The picture is larger than 5 MB."), field="image", code="too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow only warns of what may unpack to more than memory holds
            picture, form = _decoded(file)
    except (OSError, ValueError, SyntaxError, EOFError, Warning, Image.DecompressionBombError) as problem:
        raise InvalidInput(
            _("This is no picture that can be read. Use a JPEG, PNG or WebP file."), field="image", code="invalid_image"
        ) from problem
    written = io.BytesIO()
    picture.save(written, form, optimize=True)
    return ContentFile(written.getvalue(), name=f"{uuid.uuid4().hex}.{FORMATS[form]}")


def _decoded(file: UploadedFile) -> tuple[Image.Image, str]:
    """The first picture of the file in plain colours, and its format. Its size is asked before it is unpacked."""
    file.seek(0)
    with Image.open(file, formats=list(FORMATS)) as found:
        if found.width * found.height > MOST_PIXELS:
            raise InvalidInput(
                _("The picture has more than 25 million pixels. Make it smaller."), field="image", code="too_large"
            )
        found.load()
        form = found.format
        upright = ImageOps.exif_transpose(found)
        plain = upright.convert("RGB" if form == "JPEG" or not upright.has_transparency_data else "RGBA")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain.info.clear()
    return plain, form
