"""Hardened as it comes: what production settings are, what every answer carries, and that no secret gets out."""

import io
import json
import logging
import re
from logging.config import DictConfigurator

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.api.views import InvoiceViewSet
from inventory_project.base.response_headers import HEADERS
from inventory_project.monitoring.logs import logging_settings
from tests.api_client import address, client_for, root_client
from tests.back_office import Desk
from tests.factories.accounts import PASSWORD, StaffFactory, SuperuserFactory
from tests.factories.billing import issued_invoice
from tests.factories.catalog import ProductFactory
from tests.test_settings import GOOD, start

pytestmark = pytest.mark.django_db

NAMES = [
    *("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SECURE"),
    *("CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "ALLOWED_HOSTS"),
    *("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SECURE_PROXY_SSL_HEADER", "DEBUG", "MIDDLEWARE"),
]
CHECK = """
import json
from django.conf import settings
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING", tags=%s)
print(json.dumps({name: getattr(settings, name) for name in %s}))
"""
HOST = GOOD["ALLOWED_HOSTS"]


@pytest.fixture(scope="module")
def production() -> dict[str, object]:
    """The settings of production, in which `check --deploy` finds nothing to warn of."""
    database, tags = GOOD["DATABASE_URL"], ["security"]
    if connection.vendor == "postgresql":  # the other checks ask the database for its version
        of = connection.settings_dict
        database, tags = f"postgres://{of['USER']}:{of['PASSWORD']}@{of['HOST']}:{of['PORT']}/postgres", None
    done = start(CHECK % (tags, NAMES), **GOOD | {"DATABASE_URL": database})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def in_production(production, settings):
    """The tests go on as production does, save for static files, which nobody has collected."""
    for name, value in production.items():
        if name != "MIDDLEWARE":
            setattr(settings, name, value)
    settings.ALLOWED_HOSTS = [HOST]
    assert [name for name in production["MIDDLEWARE"] if "whitenoise" not in name] == settings.MIDDLEWARE


def https(client: Client, **more: str) -> Client:
    client.defaults |= {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": HOST, **more}
    client.raise_request_exception = False
    return client


def failing(*args, **kwargs):
    raise RuntimeError("something unforeseen")


def pages(media) -> list[tuple[str, object, int]]:
    """An answer of each kind: what it is, the answer, the status that it should have."""
    desk, anyone = https(Desk().client), https(Client())
    api = https(root_client())
    invoice = issued_invoice()
    default_storage.save("products/picture.png", io.BytesIO(b"x"))
    large = b"a=" + b"x" * 6_000_000
    form = "application/x-www-form-urlencoded"
    return [
        ("admin", desk.get("/admin/"), 200),
        ("list", desk.get("/admin/sales/customer/"), 200),
        ("record", desk.get(f"/admin/accounts/user/{User.objects.first().pk}/change/"), 200),
        ("log-in page", anyone.get("/admin/login/"), 200),
        ("way to the log-in page", anyone.get("/admin/"), 302),
        ("JSON", api.get("/api/v1/products/"), 200),
        ("record as JSON", api.get(address(invoice)), 200),
        ("made", api.post("/api/v1/categories/", {"name": "New"}), 201),
        ("problem", api.get("/api/v1/products/?x=1"), 400),
        ("no key", anyone.get("/api/v1/products/"), 401),
        ("unknown address of the API", anyone.get("/api/v1/nothing/"), 404),
        ("description", anyone.get("/api/v1/openapi.json"), 200),
        ("page about the API", anyone.get("/api/docs/"), 200),
        ("its script", anyone.get("/api/docs/?script="), 200),
        ("error codes", anyone.get("/api/errors/"), 200),
        ("PDF", desk.get(reverse("admin:billing_invoice_document", args=[invoice.pk])), 200),
        ("PDF of the API", api.get(address(invoice, "document"), HTTP_ACCEPT="application/pdf"), 200),
        ("CSV", desk.get("/admin/catalog/product/export/"), 200),
        ("picture", anyone.get("/media/products/picture.png"), 200),
        ("health", anyone.get("/health/live/"), 200),
        ("400", anyone.get("/admin/login/", HTTP_HOST="elsewhere.example"), 400),
        ("400 of the API", api.get("/api/v1/products/", HTTP_HOST="elsewhere.example"), 400),
        ("403", https(Desk("sales.view_order").client).get("/admin/catalog/product/"), 403),
        ("403 of forms", https(Client(enforce_csrf_checks=True)).post("/admin/login/", {}), 403),
        ("404", anyone.get("/nothing"), 404),
        ("405", anyone.post("/media/products/picture.png"), 405),
        ("413", desk.post("/admin/sales/customer/add/", large, content_type=form), 413),
        ("413 of the API", api.post("/api/v1/products/", large, content_type="application/json"), 413),
        ("way to https", Client().get("/admin/", HTTP_HOST=HOST), 301),
    ]


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def complaints(what: str, answer) -> list[str]:
    """What the headers of an answer lack."""
    policy = answer.headers.get("Content-Security-Policy", "")
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "X-Request-ID": answer.headers.get("X-Request-ID", ""),
        "Permissions-Policy": HEADERS["Permissions-Policy"],
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    }
    if what == "way to https":  # plain HTTP, answered before anything else
        del wanted["Strict-Transport-Security"], wanted["X-Request-ID"]
    found = [name for name, value in wanted.items() if answer.headers.get(name) != value]
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        found.append(f"no policy: {policy}")
    if re.search(r"unsafe-|\*|https?:|blob:|script-src[^;]*data:", policy):
        found.append(f"loose policy: {policy}")
    caching = answer.headers.get("Cache-Control", "")
    if what == "picture":
        return found
    return found + ([] if "no-store" in caching or "private, no-cache" in caching else [f"kept: {caching}"])


def test_every_answer_carries_the_headers(in_production, media):
    for what, answer, status in pages(media):
        assert (what, answer.status_code) == (what, status), answer.content[:300]
        assert (what, complaints(what, answer)) == (what, [])
        assert "server" not in {name.lower() for name in answer.headers}


def test_failures_carry_them_too(in_production, monkeypatch):
    monkeypatch.setattr(InvoiceViewSet, "list", failing)
    monkeypatch.setattr("inventory_project.site.BackOffice.each_context", failing)
    for what, answer in (
        ("500 of the API", https(root_client()).get("/api/v1/invoices/")),
        ("500", https(Desk().client).get("/admin/")),
    ):
        assert (what, answer.status_code, complaints(what, answer)) == (what, 500, [])
        assert "unforeseen" not in answer.text


def test_cookies_are_for_this_site_alone(in_production):
    StaffFactory(username="ada")
    client = https(Client())
    client.get("/admin/login/")
    answer = client.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert answer.status_code == 302
    assert {"sessionid", "csrftoken"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        flags = (bool(cookie["secure"]), bool(cookie["httponly"]), cookie["samesite"], cookie["domain"])
        assert (name, flags) == (name, (True, True, "Lax", ""))


def test_plain_http_is_led_to_https_on_this_host_only(in_production):
    answer = Client().get("/admin/?x=1", HTTP_HOST=HOST)
    assert (answer.status_code, answer["Location"]) == (301, f"https://{HOST}/admin/?x=1")
    assert Client().get("/admin/", HTTP_HOST="elsewhere.example").status_code == 400
    # What names another host beside the header Host is not believed.
    answer = https(Client()).get("/admin/", HTTP_X_FORWARDED_HOST="elsewhere.example")
    assert answer["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example/", "//elsewhere.example", "\\\\elsewhere.example", "https:elsewhere", "javascript:x"],
)
def test_signing_in_leads_nowhere_else(in_production, target):
    StaffFactory(username="ada")
    client = https(Client())
    signed_in = client.post(f"/admin/login/?next={target}", {"username": "ada", "password": PASSWORD, "next": target})
    assert signed_in["Location"] == "/admin/"
    assert client.get("/admin/login/", {"next": target})["Location"] == "/admin/"


def test_a_method_is_the_one_of_the_request():
    product, client = ProductFactory(), root_client()
    url = address(product)
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert client.post(url, {}, headers={name: "DELETE"}).status_code == 405
        assert client.get(url, headers={name: "DELETE"}).status_code == 200
    for parameters in ({"_method": "DELETE"}, {"method": "DELETE"}):
        assert client.get(url, parameters).status_code == 400
    assert Desk().client.get(f"/admin/catalog/product/{product.pk}/delete/", {"post": "yes"}).status_code == 200
    assert type(product).objects.filter(pk=product.pk).exists()


@pytest.mark.parametrize(
    "query",
    ["id__regex=(a%2B)%2B$", "password__startswith=pbkdf2", "created_by__password__startswith=p", "groups__name=x"],
)
def test_lists_of_the_back_office_reach_for_no_other_columns(query):
    desk = Desk().client
    for page in ("/admin/accounts/user/", "/admin/sales/order/"):
        answer = desk.get(f"{page}?{query}")
        refused = answer.status_code == 400 or answer.headers.get("Location") == f"{page}?e=1"
        assert refused, (page, answer.status_code)
    answer = desk.get("/admin/autocomplete/?app_label=accounts&model_name=user&field_name=password&term=p")
    assert answer.status_code == 403


# --- secrets --------------------------------------------------------------------------------------------------------

CODE = "735192"


@pytest.fixture(params=["json", "text"])
def log(request) -> io.StringIO:
    """What an installation would write, in the form in which it does."""
    configured = logging_settings(form=request.param, level="DEBUG")
    maker = DictConfigurator(configured)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(maker.configure_formatter(configured["formatters"][request.param]))
    for name in configured["handlers"]["stream"]["filters"]:
        handler.addFilter(maker.configure_filter(configured["filters"][name]))
    loggers = [logging.getLogger(name) for name in ("", "inventory.requests", "django.request")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def test_a_failure_tells_no_secrets(log, settings, monkeypatch):
    settings.DATABASES["default"].get("PASSWORD")
    monkeypatch.setenv("DATABASE_URL", "postgres://inventory:hush-database@127.0.0.1/inventory")
    monkeypatch.setattr("accounts.signin.forms.SignInForm.clean", failing)
    monkeypatch.setattr("accounts.signin.pages._pending_user", failing)
    monkeypatch.setattr("accounts.api.views.UserViewSet.add", failing)
    root = SuperuserFactory()
    api = client_for(root)
    key = api._credentials["HTTP_AUTHORIZATION"]
    person = Client(raise_request_exception=False)
    api.raise_request_exception = False
    new = {"username": "bob", "email": "b@example.com", "first_name": "B", "last_name": "B", "password": PASSWORD}
    answers = [
        person.post("/admin/login/?hint=hush-query", {"username": "ada", "password": PASSWORD}),
        person.post("/admin/login/code/", {"code": CODE}),
        api.post("/api/v1/users/", new),
    ]
    assert [answer.status_code for answer in answers] == [500, 500, 500], answers[2].content
    written = log.getvalue()
    assert written.count("something unforeseen") >= 3
    for text in (written, *[answer.text for answer in answers]):
        for secret in (PASSWORD, CODE, key.split()[1], "hush-", settings.SECRET_KEY, "postgres://"):
            assert secret not in text
    assert "unforeseen" not in "".join(answer.text for answer in answers)
    assert answers[2].json()["code"] == "error"


def test_what_the_database_quotes_is_not_written_down(log):
    user = StaffFactory(username="ada")
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(username_key=None)
    except IntegrityError as error:
        logging.getLogger("django.request").error("Failed: %s", error, exc_info=error)
    assert "username_key" in log.getvalue()
    assert "IntegrityError" in log.getvalue()
    assert user.password not in log.getvalue()
    assert user.email not in log.getvalue()


def test_a_link_for_a_new_password_is_not_written_down(log):
    Client().get("/admin/password/MQ/c5tyq1-0123456789abcdef/")
    assert "/admin/password/MQ/.../" in log.getvalue()
    assert "0123456789abcdef" not in log.getvalue()


def test_a_file_is_named_by_us(media):
    """What a sender calls a file leads nowhere: no other directory, no other kind."""
    product = ProductFactory()
    for name in ("../../settings.png", "/etc/passwd.png", "a\x00.png", "x.html", "C:\\x.png"):
        file = SimpleUploadedFile("x.png", b"no picture", "image/png")
        file._name = name
        answer = root_client().put(address(product, "image"), {"image": file}, format="multipart")
        assert answer.status_code == 400, name
    assert default_storage.listdir("")[0] in ([], ["products"])
