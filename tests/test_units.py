"""The example units of systemd and the lines of cron name what is there, and say it so that it is understood."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import environ
import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
SYSTEMD = ROOT / "deploy" / "systemd"
APPLICATION, PROGRAMS = "/srv/inventory/app", "/srv/inventory/app/.venv/bin"
SERVICES = sorted(SYSTEMD.glob("*.service"))
TIMERS = sorted(SYSTEMD.glob("*.timer"))
CRON = (ROOT / "deploy" / "cron" / "inventory").read_text()


def unit(path: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None, strict=True)
    read.optionxform = str
    read.read_string(path.read_text())
    return read


def names_enabled(timer: Path) -> list[str]:
    """The commands that a timer with an @ is enabled for, in its first line."""
    [names] = re.findall(r"@\{?([\w,]+)\}?\.timer", timer.read_text().splitlines()[0])
    return names.split(",")


def understood(command: list[str]) -> bool:
    """Whether `manage.py` knows the command and all that follows it."""
    name, *arguments = command
    known = get_commands()[name]
    known = load_command_class(known, name) if isinstance(known, str) else known
    return bool(known.create_parser("manage.py", name).parse_args(arguments))


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_starts_something_that_is_there(path, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # tests work tasks off at once
    service = unit(path)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert Path(program).parent == Path(PROGRAMS)
    assert (Path(sys.executable).parent / Path(program).name).exists()
    assert (service["WorkingDirectory"], service["User"]) == (APPLICATION, "inventory")
    if arguments[0] == "manage.py":
        for name in [n for t in TIMERS if "@" in t.name for n in names_enabled(t)] if "%i" in arguments else [""]:
            assert understood([name if part == "%i" else part for part in arguments[1:]])


def test_the_web_server_accepts_its_configuration():
    program, *arguments = shlex.split(unit(SYSTEMD / "inventory-web.service")["Service"]["ExecStart"])
    done = subprocess.run(
        [Path(sys.executable).parent / Path(program).name, "--check-config", *arguments],
        cwd=ROOT,
        env=os.environ | {"ENVIRONMENT": "development"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.name)
def test_a_timer_starts_a_service_of_ours_and_catches_up(path):
    timer = unit(path)
    started = timer["Timer"].get("Unit", path.with_suffix(".service").name).replace("@%i", "@")
    assert (SYSTEMD / started).exists()
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_finds_nothing_wrong(tmp_path):
    """With the programs of this machine, and a name for each template, as it is enabled."""
    for path in [*SERVICES, *TIMERS]:
        text = path.read_text().replace(PROGRAMS, str(Path(sys.executable).parent)).replace(APPLICATION, str(ROOT))
        (tmp_path / path.name).write_text(text)
    enabled = [
        path.name.replace("@", f"@{name}") for path in TIMERS if "@" in path.name for name in names_enabled(path)
    ]
    plain = [path.name for path in [*SERVICES, *TIMERS] if "@" not in path.name]
    for name in enabled:
        (tmp_path / name).symlink_to(tmp_path / re.sub(r"@\w+", "@", name))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=yes", *plain, *enabled],
        cwd=tmp_path,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "inventory" in line or str(tmp_path) in line]
    assert (done.returncode, ours) == (0, []), done.stderr


@pytest.mark.parametrize("name", ["inventory-web", "inventory-worker"])
def test_what_should_always_run_is_started_again_for_ever(name):
    """A database that is away for a night must not leave it stopped: systemd gives up after five quick failures."""
    read = unit(SYSTEMD / f"{name}.service")
    assert read["Unit"]["StartLimitIntervalSec"] == "0"
    assert read["Service"]["Restart"] in ("always", "on-failure")
    assert int(read["Service"]["RestartSec"]) > 0


def test_the_example_of_settings_says_the_same_to_shells_and_to_the_application(tmp_path):
    """The runbook reads it with a shell, the application through django-environ, the units with systemd."""
    lines = re.findall(r"^#([A-Z0-9_]+=.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    (tmp_path / "env").write_text("\n".join(lines))
    script = f"set -aeu; . {tmp_path}/env; env -0"
    shell = subprocess.run(["bash", "-c", script], env={}, capture_output=True, text=True, check=True).stdout
    of_shell = dict(entry.split("=", 1) for entry in shell.split("\0") if entry)
    of_application: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environ.Env, "ENVIRON", of_application)
        environ.Env.read_env(tmp_path / "env")
    assert len(of_application) == len(lines)
    assert {name: of_shell[name] for name in of_application} == of_application


def test_every_line_of_cron_is_a_command_that_is_understood():
    lines = [line for line in CRON.splitlines() if re.match(r"[\d*]", line)]
    assert len(lines) == CRON.count("$RUN ")
    for line in lines:
        found = re.fullmatch(r'(?:[\d*/]+ +){5}inventory +bash -c "\$RUN ([^>]+) >/dev/null"', line)
        assert found, line
        assert understood(found[1].split())


def test_cron_enters_the_application_with_its_settings(tmp_path):
    """What stands before each command, run by a shell, with the places of this test."""
    (tmp_path / "inventory.env").write_text("ENVIRONMENT=development\nCOMPANY_NAME='Of the file'\n")
    run = re.search(r'^RUN="(.+)"$', CRON, re.MULTILINE)[1]
    run = run.replace("/etc/inventory.env", f"{tmp_path}/inventory.env").replace(".venv/bin/python", sys.executable)
    run = run.replace(APPLICATION, str(ROOT))
    show = "shell -v 0 -c 'from django.conf import settings; print(settings.COMPANY[\"name\"])'"
    done = subprocess.run(["bash", "-c", f"{run} {show}"], capture_output=True, text=True, check=False)
    assert done.stdout == "Of the file\n", done.stderr


def test_the_runbook_enables_every_unit():
    """What a new administrator types, and nothing that is not there."""
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    typed = " ".join(re.findall(r"^systemctl enable --now (.+)$", runbook, re.MULTILINE))
    shown = subprocess.run(["bash", "-c", f"printf '%s\\n' {typed}"], capture_output=True, text=True, check=True).stdout
    plain = {path.name for path in TIMERS if "@" not in path.name}
    enabled = {
        path.name.replace("@", f"@{name}") for path in TIMERS if "@" in path.name for name in names_enabled(path)
    }
    assert set(shown.split()) == plain | enabled | {"inventory-web", "inventory-worker"}
