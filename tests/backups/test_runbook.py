"""The runbook's commands are the ones that work: each block is run as it stands, on its machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.backups.site import Site
from tests.conftest import ROOT

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
SAMPLE = "production_postgresql_20261122T140000Z_1a2b3c4d.tar.gz.age"
BLOCKS = re.findall(r"```bash\n# on ([a-z ]+)\n(.*?)```", RUNBOOK, re.DOTALL)
HEADINGS = ("Identify the backup point", "Restore to staging first", "Verify", "Promote to production", "Monitor")


class Machine:
    """One of the machines of the runbook, with its settings and its directory."""

    def __init__(self, site: Site, production: Site) -> None:
        self.site, self.production = site, production
        self.home = site.directory / "home"
        self.home.mkdir()
        (self.home / "app").symlink_to(ROOT)
        self.settings = self.home / "inventory.env"
        settings = site.environment() | {"STATIC_ROOT": str(self.home / "static")}
        self.settings.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

    def run(self, block: str, backup: Path) -> str:
        database = "inventory.db" if connection.vendor == "sqlite" else self.site.database
        for written, here in {
            "/srv/inventory/production-backups": str(self.production.backups),
            "/srv/inventory": str(self.home),
            "/etc/inventory.env": str(self.settings),
            "--replace inventory": f"--replace {database}",
            ".venv/bin/python": sys.executable,
            SAMPLE: backup.name,
        }.items():
            block = block.replace(written, here)
        # The services of this machine are not ours to stop.
        begin = f"sudo() {{ echo \"$@\"; }}\ncd '{self.home}/app'\nset -a; . '{self.settings}'; set +a\n"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", begin + block],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture
def machines(company, backup, new_site) -> dict[str, Machine]:
    production, staging, new = new_site(), new_site(), new_site()
    staging.name, staging.keys = "staging", [*staging.keys]
    new.backups.symlink_to(production.backups)
    made = {
        "production": Machine(production, production),
        "staging": Machine(staging, production),
        "the new machine": Machine(new, production),
    }
    restore = ".venv/bin/python manage.py restore"
    made["production"].run(f"{restore} '{backup}'", backup)
    made["staging"].run(f"{restore} '{backup}' --installation production", backup)
    return made


def test_every_command_of_the_runbook_works_in_its_order(machines, company, backup):
    production = machines["production"].site
    chosen = backup
    said = []
    for machine, block in BLOCKS:
        said.append(machines[machine].run(block, chosen))
        if chosen == backup and production.backups.exists():
            [chosen] = production.backups.iterdir()  # the first that production has made itself
    everything = "".join(said)
    assert everything.count("All invariants hold.") == 3
    assert "stop inventory-web inventory-worker" in everything
    for machine in machines.values():
        assert machine.site.files() == company.files()


def test_every_machine_has_its_blocks():
    assert {machine for machine, _block in BLOCKS} == {"production", "staging", "the new machine"}
    assert len(BLOCKS) == RUNBOOK.count("```bash")


def test_it_has_the_five_steps_in_order():
    steps = re.findall(r"^### \d\. (.+)$", RUNBOOK, re.MULTILINE)
    assert tuple(steps) == HEADINGS


def test_files_that_it_names_are_there():
    named = re.findall(r"`((?:deploy|tests|docs)/[\w./-]+)`", RUNBOOK)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
