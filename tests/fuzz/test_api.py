"""Every operation of the OpenAPI description, called with what it asks for and with what it does not.

Whatever is sent, there is no server error, and status, content type and body are as described; afterwards no invariant
is broken. The cases are the same in every short run, and follow from PROOF_SEED in the full proof.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from random import Random

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, GenerationMode, checks
from schemathesis.generation.case import Case
from schemathesis.generation.feedback import NO_FEEDBACK

from accounts.services import create_token
from inventory_project.integrity import check_all
from tests.api_client import MODELS
from tests.factories.accounts import SuperuserFactory, UserFactory
from tests.proof.figures import note
from tests.proof.sizes import SEED, SIZE

from .company import build_company
from .real_ids import RealIds
from .variants import VARIANTS, variants

checks.load_all_checks()
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
CASES = 1_000 if SIZE.name == "full" else 20
CLERK = ("catalog.view_*", "stock.view_*", "sales.*")


def by_app() -> dict[str, list[APIOperation]]:
    """The operations, by the app of the records that they are about."""
    description = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    description.app = get_wsgi_application()
    found = defaultdict(list)
    for result in description.get_all_operations():
        model = MODELS.get(result.ok().path.split("/")[3])
        found[model._meta.app_label if model else "reports"].append(result.ok())
    return found


OPERATIONS = by_app()
ONLY = os.environ.get("FUZZ_ONLY", "")  # a part of a label, such as "POST /api/v1/orders/"


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests leave the connection of the test open, as they do with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("app", OPERATIONS)
@pytest.mark.django_db
def test_operations(app: str, subtests: pytest.Subtests):
    if connection.vendor == "postgresql":  # cases may take long to think of, and all are one transaction
        connection.cursor().execute("SET idle_in_transaction_session_timeout = 0")
    build_company()
    callers = [SuperuserFactory(), UserFactory(permissions=CLERK)]
    keys = [create_token(user, "fuzzing")[1] for user in callers]
    ids = RealIds(callers)
    chosen = [operation for operation in OPERATIONS[app] if ONLY in operation.label]

    right = []
    for operation in chosen:
        with subtests.test(operation.label):
            call_it(operation, ids, keys)
            right.append(operation)

    assert [(each.invariant.name, each.finding.faults) for each in check_all() if each.is_violation] == []
    result = "all as described" if len(right) == len(chosen) else f"{len(right)} as described"
    note(f"Fuzzed operations, {app}", f"{len(chosen)} operations, {CASES} cases each", result)


def call_it(operation: APIOperation, ids: RealIds, keys: list[str]) -> None:
    """Call an operation with many cases. What they write stays for those that follow."""
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    chance = Random(f"{SEED if SIZE.name == 'full' else 1} {operation.label}")
    cases = st.one_of([operation.as_strategy(mode, feedback=NO_FEEDBACK) for mode in modes])

    @seed(SEED if SIZE.name == "full" else 1)
    @settings(
        max_examples=max(CASES // VARIANTS, 1),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, key=st.sampled_from([keys[0], keys[0], keys[0], keys[1]]))
    def call(case: Case, key: str) -> None:
        ids.put_into(case)
        for variant in variants(case, chance):
            with transaction.atomic():
                variant.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {key}"})

    call()
