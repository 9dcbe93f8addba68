"""Health, metrics, logs and slow statements, as whoever watches the installation meets them."""

import json
import logging

import pytest
from django.db import OperationalError, connection
from django.test import Client, override_settings

from inventory_project.integrity.run import check_all
from inventory_project.monitoring import health
from inventory_project.monitoring.logs import logging_settings
from tests.api_client import root_client
from tests.factories.catalog import ProductFactory


@pytest.fixture
def client() -> Client:
    return Client()


def test_the_process_says_that_it_lives_without_asking_a_database(client):
    answer = client.get("/health/live/")  # the test has no database, and would fail if one was asked

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_it_is_ready_when_the_database_answers(client):
    answer = client.get("/health/ready/")

    assert answer.status_code == 200
    assert answer.json()["problems"] == {}
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.django_db
def test_it_is_not_ready_while_the_database_is_away(client):
    def away(execute, sql, params, many, context):
        raise OperationalError("could not connect to server db.prod.internal as inventory")

    with connection.execute_wrapper(away):
        answer = client.get("/health/ready/")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["problems"]["database"] == "does not answer"
    assert "db.prod" not in answer.text


@pytest.mark.django_db
def test_it_is_not_ready_before_the_migrations_have_run(client, monkeypatch):
    monkeypatch.setattr(health, "_migrated_at", [])
    monkeypatch.setattr(health, "pending_migrations", lambda: ["stock.0009_x"])

    answer = client.get("/health/ready/")

    assert (answer.status_code, answer.json()["problems"]) == (503, {"migrations": "1 to run"})


@pytest.mark.django_db
def test_prometheus_reads_requests_statements_and_business():
    ProductFactory()
    root_client().get("/api/v1/products/")
    with override_settings(METRICS_TOKEN="secret"):
        text = Client().get("/metrics", headers={"Authorization": "Bearer secret"}).text

    assert 'inventory_requests_total{method="GET",route="product-list",status="200"}' in text
    assert "inventory_request_seconds_bucket" in text
    assert 'inventory_query_seconds_count{database="default",kind="SELECT"}' in text
    assert 'inventory_orders{state="late"} 0.0' in text
    assert 'inventory_stock{state="out"}' in text
    assert "inventory_cache_lookups_total" in text


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer sécret"}])
def test_the_figures_are_for_whoever_has_the_token(client, sent):
    with override_settings(METRICS_TOKEN="secret"):
        assert client.get("/metrics", headers=sent).status_code == 401


def test_without_a_token_there_are_no_figures_outside_of_development(client):
    with override_settings(METRICS_TOKEN="", DEVELOPMENT=False):
        assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
def test_a_request_is_one_line_with_its_id_and_without_its_query_string(client, caplog):
    with caplog.at_level(logging.INFO, "inventory.requests"):
        answer = client.get("/health/ready/?token=hush")
    (line,) = [record for record in caplog.records if record.name == "inventory.requests"]

    assert line.getMessage() == "GET /health/ready/ 200"
    assert (line.status, line.route, line.user) == (200, "ready", None)
    assert line.queries >= 1
    assert "hush" not in str(line.__dict__)
    assert answer["X-Request-ID"].startswith("req_")


def test_logs_are_json_for_machines(capsys):
    configured = logging_settings(form="json", level="INFO")
    factory = configured["formatters"]["json"]
    from pythonjsonlogger.json import JsonFormatter

    formatter = JsonFormatter(factory["format"], rename_fields=factory["rename_fields"])
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "said %s", "args": ("so",), "sql": "S"})
    record.request_id = "req_1"

    line = json.loads(formatter.format(record))

    assert line["message"] == "said so"
    assert (line["request_id"], line["sql"], line["level"]) == ("req_1", "S", "INFO")


@pytest.mark.django_db
def test_a_check_of_everything_may_take_its_time(caplog, settings):
    settings.SLOW_QUERY_MILLISECONDS = 0.000001
    with caplog.at_level(logging.WARNING, "inventory.slow_queries"):
        assert check_all()
        assert caplog.records == []
        ProductFactory._meta.model.objects.exists()
        assert caplog.records


@pytest.mark.django_db
def test_a_slow_statement_is_written_down_with_its_plan_and_where_it_came_from(caplog, settings):
    settings.SLOW_QUERY_MILLISECONDS = 0.000001
    with caplog.at_level(logging.WARNING, "inventory.slow_queries"):
        found = list(ProductFactory._meta.model.objects.filter(name="private words"))
    line = next(record for record in caplog.records if 'FROM "product"' in getattr(record, "sql", ""))

    assert found == []
    assert "private words" not in line.sql
    assert line.where.startswith("tests/monitoring/test_watching.py:")
    assert "product" in line.plan
    assert line.milliseconds >= 0
