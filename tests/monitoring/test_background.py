"""Work in the background: done once the transaction is committed, by a worker, and again if the worker is killed."""

import datetime
import os
import signal
import subprocess
import sys
import time

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.tasks import TaskResultStatus
from django.test import override_settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from billing import services
from billing.services.documents import make_document_later
from inventory_project.monitoring.background import failed_tasks, waiting_tasks
from tests.factories.billing import InvoiceItemFactory

BY_A_WORKER = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture(autouse=True)
def worker_backend():
    with override_settings(TASKS=BY_A_WORKER):
        yield


def draft():
    """An invoice that could be issued."""
    return InvoiceItemFactory().invoice


@pytest.mark.django_db(transaction=True)
def test_the_document_is_made_by_a_worker_after_the_invoice_is_issued(documents):
    invoice = services.issue_invoice(draft(), by=None)
    invoice.refresh_from_db()
    assert not invoice.document
    assert waiting_tasks(timezone.now() + datetime.timedelta(seconds=1)) == 1

    call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0)

    invoice.refresh_from_db()
    assert invoice.document.read().startswith(b"%PDF")
    assert failed_tasks(timezone.now() - datetime.timedelta(hours=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_back_leaves_no_work(documents):
    invoice = draft()
    with transaction.atomic():
        services.issue_invoice(invoice, by=None)
        transaction.set_rollback(True)

    assert not DBTaskResult.objects.exists()


@pytest.mark.django_db
def test_a_task_may_run_twice(documents, django_capture_on_commit_callbacks):
    invoice = services.issue_invoice(draft(), by=None)
    make_document_later.call("invoice", invoice.pk)
    invoice.refresh_from_db()
    first = invoice.document.name

    make_document_later.call("invoice", invoice.pk)

    invoice.refresh_from_db()
    assert invoice.document.name == first


def stuck(workers: int) -> DBTaskResult:
    make_document_later.enqueue("invoice", 0)
    task = DBTaskResult.objects.get()
    long_ago = timezone.now() - datetime.timedelta(hours=1)
    DBTaskResult.objects.update(
        status=TaskResultStatus.RUNNING, started_at=long_ago, worker_ids=[str(n) for n in range(workers)]
    )
    return task


@pytest.mark.django_db
@pytest.mark.parametrize(("workers", "becomes"), [(1, "READY"), (2, "READY"), (3, "FAILED")])
def test_a_task_whose_worker_is_gone_runs_again_but_not_for_ever(workers, becomes, capsys):
    task = stuck(workers)

    call_command("rescue_tasks", dry_run=True)
    task.refresh_from_db()
    assert task.status == "RUNNING"

    call_command("rescue_tasks")
    task.refresh_from_db()
    assert task.status == becomes


@pytest.mark.django_db
def test_a_task_that_runs_is_left_alone():
    task = stuck(1)
    DBTaskResult.objects.update(started_at=timezone.now())

    call_command("rescue_tasks", verbosity=0)

    task.refresh_from_db()
    assert task.status == "RUNNING"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_loses_nothing(documents, tmp_path):
    """A real worker process is killed while it has a task; another one finishes the work."""
    invoice = services.issue_invoice(draft(), by=None)
    # The worker waits for this lock inside its task, so that it is killed in the middle.
    with transaction.atomic():
        type(invoice).objects.select_for_update().get(pk=invoice.pk)
        worker = start_worker(tmp_path)
        deadline = time.monotonic() + 30
        while not DBTaskResult.objects.running().exists():
            assert time.monotonic() < deadline, "the worker never began"
            time.sleep(0.1)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    assert DBTaskResult.objects.running().count() == 1

    call_command("rescue_tasks", after_minutes=0, verbosity=0)
    call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0)

    invoice.refresh_from_db()
    assert invoice.document
    assert DBTaskResult.objects.successful().count() == 1


def start_worker(directory) -> subprocess.Popen:
    values = connection.settings_dict
    url = f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "ENVIRONMENT": "development",
        "TASKS_BACKEND": "django_tasks_db.DatabaseBackend",
        "DOCUMENTS_ROOT": str(directory / "worker"),
        "DEBUG": "false",
    }
    command = [sys.executable, "manage.py", "db_worker", "--interval", "0.1", "--no-startup-delay"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
