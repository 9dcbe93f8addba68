"""The files for containers follow the steps of an installation. No engine runs here: what they name is looked up."""

import os
import re
import subprocess
import sys
from pathlib import Path

import environ
import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "deploy" / "docker" / "Dockerfile").read_text()
COMPOSE = (ROOT / "deploy" / "docker" / "compose.yaml").read_text()
OURS = ("migrate", "web", "worker")
OF_THE_PROCESS = {"BIND", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PIP_NO_CACHE_DIR"}


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, each on one line."""
    text = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


def of(instruction: str) -> list[str]:
    return [rest for name, rest in instructions() if name == instruction]


def environment() -> dict[str, str]:
    return dict(re.findall(r"(\w+)=(\S+)", " ".join(of("ENV"))))


@pytest.fixture(scope="module")
def services() -> dict[str, dict]:
    return yaml.safe_load(COMPOSE)["services"]


def variables() -> set[str]:
    return set(re.findall(r"^#([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_the_image_has_the_python_that_the_tests_run_with():
    [base] = of("FROM")
    assert base.startswith(f"python:{(ROOT / '.python-version').read_text().strip()}-slim-")


def test_it_copies_what_is_there_and_nothing_that_is_private():
    sources = [part for rest in of("COPY") for part in rest.split()[:-1]]
    assert "." in sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".git", "instance"} <= set(left_out)


def test_it_holds_no_secret_and_runs_as_nobody_special():
    assert not {name for name in environment() if re.search("KEY|PASSWORD|SECRET|TOKEN", name)}
    assert of("USER") == ["inventory"]
    order = [name for name, _rest in instructions()]
    assert order.index("USER") < order.index("CMD")
    assert "ARG" not in order or not re.search("KEY|PASSWORD|SECRET|TOKEN", " ".join(of("ARG")))


def test_its_settings_are_known_and_its_directories_are_the_users():
    given = environment()
    assert set(given) <= variables() | OF_THE_PROCESS
    [made] = [rest for rest in of("RUN") if "collectstatic" in rest]
    owned = made.split("chown -R inventory ")[1].split()
    directories = {value for name, value in given.items() if name.endswith(("_ROOT", "BACKUPS_URL"))}
    assert directories - {given["STATIC_ROOT"]} == set(owned)


def test_its_health_is_asked_at_a_page_that_there_is():
    [check] = of("HEALTHCHECK")
    [path] = re.findall(r"http://127\.0\.0\.1:8000(/[\w/]+)", check)
    assert resolve(path).url_name == "live"
    assert "Host" in check  # any other than those of ALLOWED_HOSTS is refused


def test_it_starts_the_same_server_as_the_unit_of_systemd():
    unit = (ROOT / "deploy" / "systemd" / "inventory-web.service").read_text()
    command = " ".join(re.findall(r'"([^"]+)"', of("CMD")[0]))
    assert f".venv/bin/{command}\n" in unit


def test_static_files_are_collected_with_the_settings_of_the_image(tmp_path):
    """The line of the Dockerfile, run by a shell."""
    [made] = [rest for rest in of("RUN") if "collectstatic" in rest]
    line = made.split("&& mkdir")[0].replace("/srv/inventory/static", str(tmp_path / "static"))
    bare = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_every_variable_of_the_compose_file_is_a_setting(services):
    for name in OURS:
        assert set(services[name]["environment"]) <= variables()
    wanted = set(re.findall(r"\$\{(\w+)", COMPOSE))
    assert wanted <= variables() | {"DB_PASSWORD"}


def test_its_commands_and_volumes_are_there(services):
    declared = yaml.safe_load(COMPOSE)["volumes"]
    for service in services.values():
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in declared
        for name in service.get("depends_on", {}):
            assert name in services
    directories = set(environment().values())
    for name in OURS:
        assert {volume.split(":")[1] for volume in services[name]["volumes"]} <= directories
        command = services[name].get("command", [])
        assert not command or command[2] in get_commands()


def test_what_must_outlive_a_container_lies_in_a_volume(services):
    kept = {volume.split(":")[1] for volume in services["worker"]["volumes"]}
    given = environment()
    assert {given[name] for name in ("MEDIA_ROOT", "DOCUMENTS_ROOT", "BACKUPS_URL", "ARCHIVE_ROOT")} == kept


def test_the_database_is_reached_by_the_address_that_the_application_gets(services):
    address = services["web"]["environment"]["DATABASE_URL"].replace("${DB_PASSWORD:?}", "secret")
    found = environ.Env.db_url_config(address)
    given = services["database"]["environment"]
    assert (found["HOST"], found["NAME"], found["USER"]) == (
        "database",
        given["POSTGRES_DB"],
        given["POSTGRES_USER"],
    )
    client = re.search(r"postgresql-client-(\d+)", DOCKERFILE)[1]
    assert services["database"]["image"].startswith(f"postgres:{client}-")


def test_migrations_come_before_those_who_need_them(services):
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["restart"] == "no"
