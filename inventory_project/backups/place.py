"""Where BACKUPS_URL leads: read with the settings, so it may import nothing that needs them."""

from importlib.util import find_spec
from urllib.parse import parse_qsl, urlsplit

# The storage, and the library that it needs. Objects are given no rights of their own: the bucket decides, new ones
# refuse any other way, and without rights an object is its owner's alone.
BUCKETS = {
    "s3": ("storages.backends.s3.S3Storage", "boto3"),
    "gs": ("storages.backends.gcloud.GoogleCloudStorage", "google.cloud.storage"),
}
# A backup that is read comes into a file: without this both storages keep all of it in memory.
IN_MEMORY = 1 << 24
WORDS = {"true": True, "false": False}


class PlaceError(ValueError):
    """BACKUPS_URL can't be used, and why."""


def backup_storage(address: str) -> dict[str, object]:
    """The storage at a directory, `s3://BUCKET/FOLDER` or `gs://BUCKET/FOLDER`.

    What else the storage is to know stands behind a question mark, by its own names:
    `s3://BUCKET?endpoint_url=https://...&region_name=eu-central-1`. Credentials come from the environment.
    """
    if "://" not in address:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": address, "base_url": None, "file_permissions_mode": 0o600},
        }
    parts = urlsplit(address)
    if parts.scheme not in BUCKETS or not parts.netloc:
        raise PlaceError("BACKUPS_URL must be a directory, s3://BUCKET/FOLDER or gs://BUCKET/FOLDER.")
    backend, library = BUCKETS[parts.scheme]
    if not (find_spec("storages") and _is_installed(library)):
        raise PlaceError("BACKUPS_URL names a bucket: pip install -r requirements-buckets.txt.")
    return {
        "BACKEND": backend,
        "OPTIONS": {
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            "file_overwrite": False,
            "max_memory_size": IN_MEMORY,
            **{name: _value(text) for name, text in parse_qsl(parts.query)},
        },
    }


def _is_installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except ModuleNotFoundError:  # a package above it is missing
        return False


def _value(text: str) -> object:
    """Options are words and numbers; `use_ssl=false` is not a text."""
    return WORDS.get(text, int(text) if text.isdecimal() else text)
