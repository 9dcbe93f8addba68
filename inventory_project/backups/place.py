"""Where BACKUPS_URL leads: read with the settings, so it may import nothing that needs them."""

from urllib.parse import parse_qsl, urlsplit

# Nobody but the owner may read them, and none is ever written over.
BUCKETS = {
    "s3": ("storages.backends.s3.S3Storage", {"default_acl": "private", "querystring_auth": True}),
    "gs": ("storages.backends.gcloud.GoogleCloudStorage", {"default_acl": None}),
}


def backup_storage(address: str) -> dict[str, object]:
    """The storage at a directory, `s3://BUCKET/FOLDER` or `gs://BUCKET/FOLDER`.

    What else the storage is to know stands behind a question mark, by its own names:
    `s3://BUCKET?endpoint_url=https://...&region_name=eu-central-1`. Credentials come from the environment.
    """
    parts = urlsplit(address)
    if parts.scheme not in BUCKETS:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": address, "base_url": None, "file_permissions_mode": 0o600},
        }
    backend, options = BUCKETS[parts.scheme]
    return {
        "BACKEND": backend,
        "OPTIONS": {
            **options,
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            "file_overwrite": False,
            **dict(parse_qsl(parts.query)),
        },
    }
