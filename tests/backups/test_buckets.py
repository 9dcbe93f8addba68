"""Backups in a bucket: the same commands, with a server of S3 and one of Google Cloud Storage on this machine."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from inventory_project.backups.place import PlaceError, backup_storage
from inventory_project.models import OperationRun
from tests.backups.site import Site
from tests.conftest import ROOT
from tests.run_postgres import free_port

BUCKET = "company-backups"
PATIENCE = 60
LARGER_THAN_A_PART = 20 << 20  # what is larger than 8 MB comes to S3 in parts
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass
class Cloud:
    """A server of buckets, and the settings that lead to one of its buckets."""

    url: str
    options: str
    environment: dict[str, str]

    def settings(self, bucket: str = BUCKET) -> dict[str, str]:
        return {"BACKUPS_URL": f"{self.url}{bucket}/inventory{self.options}", **self.environment}


class S3(Cloud):
    def __init__(self, port: int) -> None:
        import boto3

        address = f"http://127.0.0.1:{port}"
        super().__init__("s3://", f"?endpoint_url={address}&region_name=eu-central-1", KEYS)
        session = boto3.Session("test", "test", region_name="eu-central-1")
        self.bucket = session.resource("s3", endpoint_url=address).Bucket(BUCKET)
        self.bucket.create(CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

    def objects(self) -> dict[str, bytes]:
        return {each.key: each.get()["Body"].read() for each in self.bucket.objects.all()}

    def put(self, name: str, content: bytes) -> None:
        self.bucket.put_object(Key=name, Body=content)


class Google(Cloud):
    def __init__(self, port: int) -> None:
        from google.auth.credentials import AnonymousCredentials
        from google.cloud.storage import Client

        address = f"http://127.0.0.1:{port}"
        super().__init__("gs://", "", {"STORAGE_EMULATOR_HOST": address})
        client = Client("test", AnonymousCredentials(), client_options={"api_endpoint": address})
        self.bucket = client.create_bucket(BUCKET)

    def objects(self) -> dict[str, bytes]:
        return {each.name: each.download_as_bytes() for each in self.bucket.list_blobs()}

    def put(self, name: str, content: bytes) -> None:
        self.bucket.blob(name).upload_from_string(content)


SERVERS = {
    S3: ("moto.server", "-H", "127.0.0.1", "-p", "{port}"),
    Google: ("gcp_storage_emulator", "start", "--host", "127.0.0.1", "--port", "{port}", "--in-memory"),
}


@pytest.fixture(scope="module", params=SERVERS, ids=["S3", "Google"])
def cloud(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3 | Google]:
    port = free_port()
    arguments = [part.format(port=port) for part in SERVERS[request.param]]
    with (tmp_path_factory.mktemp("cloud") / "log").open("wb") as log:
        server = subprocess.Popen([sys.executable, "-m", *arguments], stdout=log, stderr=log)
    try:
        await_answer(f"http://127.0.0.1:{port}/")
        yield request.param(port)
    finally:
        server.terminate()
        server.wait()


def await_answer(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            assert time.monotonic() < end, f"{address} does not answer"
            time.sleep(0.1)


def manage(site: Site, settings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | site.environment() | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def said(site: Site, settings: dict[str, str], *arguments: str) -> str:
    done = manage(site, settings, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def ballast(company: Site) -> Iterator[Path]:
    file = company.media / "ballast.bin"
    file.write_bytes(os.urandom(LARGER_THAN_A_PART))
    yield file
    file.unlink()


def test_a_bucket_without_its_library_is_refused(monkeypatch):
    monkeypatch.setattr("inventory_project.backups.place.find_spec", lambda name: None)
    with pytest.raises(PlaceError, match=r"pip install -r requirements-buckets\.txt"):
        backup_storage("s3://company-backups/inventory")


def test_options_behind_the_question_mark_are_words_and_numbers():
    options = backup_storage("s3://company-backups?use_ssl=false&querystring_expire=60&region_name=eu-1")["OPTIONS"]
    assert (options["use_ssl"], options["querystring_expire"], options["region_name"]) == (False, 60, "eu-1")


def test_a_backup_goes_into_the_bucket_and_comes_back(company, new_site, cloud, ballast):
    settings = cloud.settings()
    name = said(company, settings, "backup").split()[0]
    stored = cloud.objects()[f"inventory/{name}"]
    assert stored.startswith(b"age-encryption.org/v1\n")
    assert len(stored) > LARGER_THAN_A_PART
    assert name in said(company, settings, "backups").partition("\n")[0]
    assert "all invariants hold" in said(company, settings, "verify_backup", name)

    new = new_site()
    assert name in said(new, settings, "restore", "newest")
    assert new.files() == company.files()


def test_only_what_is_no_longer_kept_is_removed(company, cloud):
    old, newest = (f"production_sqlite_{day}T000000Z_00000000.tar.gz.age" for day in (20200101, 20200102))
    for name in (f"inventory/{old}", f"inventory/{newest}", f"elsewhere/{old}", "inventory/notes.txt"):
        cloud.put(name, b"old")
    before = cloud.objects().keys()
    assert said(company, cloud.settings(), "backups", "--prune").splitlines()[-1] == f"removed {old}"
    assert {f"elsewhere/{old}", "inventory/notes.txt"} < before & cloud.objects().keys()
    assert f"inventory/{old}" not in cloud.objects()


def test_what_was_altered_in_the_bucket_is_refused(backup, new_site, cloud):
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    cloud.put(f"inventory/{backup.name}", bytes(content))
    new = new_site()
    done = manage(new, cloud.settings(), "restore", backup.name)
    assert done.stderr == f"CommandError: {backup.name} is damaged or cut short. Use another backup.\n"
    assert done.returncode == 1
    assert new.is_untouched


def test_a_bucket_that_does_not_answer_is_said_in_one_line_and_known(company, cloud):
    settings = cloud.settings("nobody-has-this")
    for command in ("backup", "backups"):
        done = manage(company, settings, command)
        assert done.returncode == 1
        assert done.stderr.startswith("CommandError: The storage of the backups, BACKUPS_URL, does not do what it")
        assert len(done.stderr.splitlines()) == 1
    with company.entered():
        run = OperationRun.objects.of("backup").first()
        assert run.succeeded is False
        assert "BACKUPS_URL" in run.details["error"]
