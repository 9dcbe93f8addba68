"""What docs/api.md says is so: its calls are run against a server, in their order, and the answers compared."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from tests.factories.accounts import SuperuserFactory
from tests.factories.catalog import ProductFactory
from tests.factories.sales import CustomerFactory, default_tax_rate
from tests.factories.stock import WarehouseFactory, put_in_stock

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
CALLS = re.findall(r"```sh\n(.*?)```\n```json\n(.*?)```", PAGE, re.DOTALL)
CARRIED_ON = {"sku": "PRODUCT", "order_number": "ORDER", "invoice_number": "INVOICE"}  # what the next calls name
IDS = frozenset({"id", "product", "warehouse", "bin", "created_by"})


@pytest.fixture
def server(transactional_database: None) -> Iterator[LiveServer]:
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture
def environment(server: LiveServer) -> dict[str, str]:
    """The company of the page, and what whoever calls its API knows."""
    default_tax_rate()
    product, warehouse = ProductFactory(sku="DRILL-13", price="99.90"), WarehouseFactory()
    ProductFactory(sku="ANVIL-1")
    put_in_stock(product, warehouse)
    said = StringIO()
    call_command("create_api_token", SuperuserFactory().username, "--name", "web shop", stdout=said)
    return {
        "PATH": os.environ["PATH"],
        "NO_PROXY": "127.0.0.1",
        "API": f"{server.url}/api/v1",
        "KEY": said.getvalue().strip(),
        "CUSTOMER": str(CustomerFactory().pk),
        "WAREHOUSE": str(warehouse.pk),
    }


def run(command: list[str], environment: dict[str, str], text: str = "") -> str:
    done = subprocess.run(command, env=environment, input=text, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def promised(expected: object, found: object, name: str = "") -> bool:
    """Whether an answer is the one on the page; “…” stands for any text or any further entries, ids for any ids."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return list(expected) == list(found) and all(promised(expected[key], found[key], key) for key in expected)
    if isinstance(expected, list) and isinstance(found, list):
        if expected == ["…"]:
            return bool(found)
        return len(expected) == len(found) and all(map(promised, expected, found))
    if isinstance(expected, str) and isinstance(found, str):
        return re.fullmatch(".+".join(re.escape(part) for part in expected.split("…")), found, re.DOTALL) is not None
    return type(expected) is type(found) and (expected == found or name in IDS)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_call_of_the_page_is_answered_as_it_says(environment):
    assert len(CALLS) == PAGE.count("```sh\n") == PAGE.count("```json\n") > 10
    for call, answer in CALLS:
        found = json.loads(run(["bash", "-c", call.replace("curl ", "curl -sS ")], environment))
        assert promised(json.loads(answer), found), f"{call}\n{json.dumps(found, indent=1)}"
        for name, variable in CARRIED_ON.items():
            if name in found and "id" in found:
                environment[variable] = str(found["id"])


def test_the_order_in_python_works(environment):
    [program] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert run([sys.executable, "-"], environment, program) == "True\n"


def test_a_wrong_page_is_noticed():
    assert promised({"id": 1, "n": "SO-…"}, {"id": 2, "n": "SO-7"})
    assert not promised({"id": 1, "status": "shipped"}, {"id": 1, "status": "confirmed"})
    assert not promised({"id": 1}, {"id": 1, "more": 2})
    assert not promised({"count": 1}, {"count": 2})
