"""Settings from the environment (`.env.example` lists every variable). With nothing set: development on SQLite."""

import re
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import environ
from django.utils.csp import CSP

from inventory_project.api_description import SPECTACULAR_SETTINGS  # noqa: F401  (a setting)
from inventory_project.backups.place import PlaceError, backup_storage
from inventory_project.base.cache_places import REDIS, cache_settings
from inventory_project.monitoring.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
INSTANCE_DIR = BASE_DIR / "instance"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

ENVIRONMENT = env("ENVIRONMENT", default="development")
DEVELOPMENT = ENVIRONMENT == "development"


def refuse(problem: str) -> None:
    """Stop the start with one line that says what to set."""
    sys.exit(f"Not starting in {ENVIRONMENT}: {problem} See .env.example.")


if ENVIRONMENT not in ("development", "staging", "production"):
    sys.exit(f"ENVIRONMENT is “{ENVIRONMENT}”; it must be development, staging or production. See .env.example.")

# --- what staging and production must set -------------------------------------------------------------------------
_INSECURE_KEY = "development-only-key-that-staging-and-production-refuse-to-use"
SECRET_KEY = env("SECRET_KEY", default=_INSECURE_KEY if DEVELOPMENT else "")
DEBUG = env.bool("DEBUG", default=DEVELOPMENT)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEVELOPMENT else [])
_database_url = env("DATABASE_URL", default=f"sqlite:///{INSTANCE_DIR}/inventory.db" if DEVELOPMENT else "")
INSTALLATION = env("INSTALLATION", default=ENVIRONMENT)

if not DEVELOPMENT:
    if not SECRET_KEY:
        refuse("SECRET_KEY is not set.")
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith(("django-insecure", "development")):
        refuse("SECRET_KEY is too weak: use 50 random characters or more.")
    if DEBUG:
        refuse("DEBUG must be off.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        refuse("ALLOWED_HOSTS must name the hosts that are served, and not *.")
    if not _database_url.startswith(("postgres://", "postgresql://")):
        refuse("DATABASE_URL must name a PostgreSQL database.")

if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", INSTALLATION, re.ASCII):
    refuse("INSTALLATION must be of small letters, digits and hyphens.")

# --- applications ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "inventory_project.admin_config.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "tree_queries",
    "rest_framework",
    "django_filters",
    "knox",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_tasks_db",
    "inventory_project",
    "accounts",
    "catalog",
    "stock",
    "sales",
    "billing",
]

MIDDLEWARE = [
    # The first ones see every answer, also those of the others: a refused host, a redirect, a failure.
    "inventory_project.base.response_headers.ResponseHeadersMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    *([] if DEVELOPMENT else ["whitenoise.middleware.WhiteNoiseMiddleware"]),  # runserver serves static files itself
    "inventory_project.base.request_id.RequestIdMiddleware",
    "inventory_project.monitoring.middleware.ObserveRequests",
    "inventory_project.authentication.ApiCallMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.signin.sessions.SessionAgeMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.signin.gate.SecondFactorMiddleware",
    "inventory_project.base.actor.ActorMiddleware",
    "inventory_project.base.replicas.RememberWrites",
    "axes.middleware.AxesMiddleware",  # last, as it says
]

ROOT_URLCONF = "inventory_project.urls"
WSGI_APPLICATION = "inventory_project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- database --------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url_config(_database_url)}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        # One writer at a time from the first statement on: what select_for_update is on PostgreSQL.
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    if DEVELOPMENT and Path(_database["NAME"]).parent == INSTANCE_DIR:
        INSTANCE_DIR.mkdir(exist_ok=True)
else:
    _pgbouncer = env.bool("PGBOUNCER", default=False)
    _pool_size = env.int("POOL_MAX_SIZE", default=0 if DEVELOPMENT or _pgbouncer else 4)
    _database.setdefault("OPTIONS", {})
    _database["CONN_HEALTH_CHECKS"] = True
    if _pool_size:
        _database["OPTIONS"]["pool"] = {
            "min_size": min(env.int("POOL_MIN_SIZE", default=1), _pool_size),
            "max_size": _pool_size,
            "timeout": env.int("POOL_TIMEOUT_SECONDS", default=3),
            # A pool that keeps trying waits longer each time, and long after the database is back. The next request
            # tries anew.
            "reconnect_timeout": 1,
        }
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=0 if _pool_size else 60)
    if _pool_size and _database["CONN_MAX_AGE"]:
        refuse("CONN_MAX_AGE must be 0 where there is a pool (POOL_MAX_SIZE).")
    # Nobody waits for a lock, or keeps the others waiting, for ever. 0: no limit.
    _limits = {
        "lock_timeout": env.int("LOCK_TIMEOUT_SECONDS", default=10),
        "statement_timeout": env.int("STATEMENT_TIMEOUT_SECONDS", default=60),
        "idle_in_transaction_session_timeout": env.int("IDLE_IN_TRANSACTION_TIMEOUT_SECONDS", default=60),
    }
    if _pgbouncer:
        # Each transaction may run in another session: nothing may be left in one. The role has the limits (deploy/).
        _database["DISABLE_SERVER_SIDE_CURSORS"] = True
        _database["OPTIONS"]["prepare_threshold"] = None
    elif _limited := " ".join(f"-c {name}={seconds}s" for name, seconds in _limits.items() if seconds):
        _database["OPTIONS"]["options"] = _limited
# Past a pool of connections, for backups: pg_dump needs a session of its own.
DIRECT_DATABASE = env.db_url_config(_direct) if (_direct := env("DIRECT_DATABASE_URL", default="")) else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- replicas --------------------------------------------------------------------------------------------------------
# They answer lists, reports and exports, for whoever has written nothing that they lack.
REPLICAS = tuple(f"replica_{number}" for number, _url in enumerate(env.list("REPLICA_URLS", default=[]), 1))
REPLICA_MAX_LAG_SECONDS = env.float("REPLICA_MAX_LAG_SECONDS", default=5.0)
DATABASE_ROUTERS = ["inventory_project.base.replicas.ReplicaRouter"] if REPLICAS else []
for _alias, _url in zip(REPLICAS, env.list("REPLICA_URLS", default=[]), strict=True):
    _limits = _database.get("OPTIONS", {}).get("options", "")
    DATABASES[_alias] = {
        **env.db_url_config(_url),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": f"{_limits} -c default_transaction_read_only=on".strip(), "connect_timeout": 2},
        "TEST": {"MIRROR": "default"},
    }

# --- cache -----------------------------------------------------------------------------------------------------------
# Shared by all processes: Redis where there are several machines, else files. An hour at most, and renewed on commit.
CACHE_URL, _cache_root = env("CACHE_URL", default=""), env.path("CACHE_ROOT", default=str(INSTANCE_DIR / "cache"))()
if CACHE_URL and not CACHE_URL.startswith(REDIS):
    refuse("CACHE_URL must begin with redis://, rediss:// or unix://.")
CACHES = {"default": cache_settings(CACHE_URL, _cache_root)}
# Requests and failures are counted in Redis if there is one, else in this file, which all workers of a machine share.
COUNTERS_FILE = f"{_cache_root}/counters"

# --- background work -------------------------------------------------------------------------------------------------
# In development at once, so that nothing else need run; elsewhere by `manage.py db_worker`, from a database table.
TASKS_BACKEND = env(
    "TASKS_BACKEND",
    default="django.tasks.backends.immediate.ImmediateBackend" if DEVELOPMENT else "django_tasks_db.DatabaseBackend",
)
TASKS = {"default": {"BACKEND": TASKS_BACKEND}}

# --- people ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
_password_rules = {
    "UserAttributeSimilarityValidator": {"user_attributes": ("username", "first_name", "last_name", "email")},
    "MinimumLengthValidator": {"min_length": env.int("PASSWORD_MIN_LENGTH", default=12)},
    "CommonPasswordValidator": {},
    "NumericPasswordValidator": {},
}
_validators = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [{"NAME": f"{_validators}.{n}", "OPTIONS": o} for n, o in _password_rules.items()]
PASSWORD_RESET_TIMEOUT = env.int("PASSWORD_LINK_HOURS", default=24) * 3600
LOGIN_URL = "admin:login"
KNOX_TOKEN_MODEL = "inventory_project.ApiToken"
REST_KNOX = {"TOKEN_TTL": None, "TOKEN_PREFIX": "inv_", "AUTH_HEADER_PREFIX": "Bearer"}
# How many proxies of ours stand in front, each of which adds an address to X-Forwarded-For; 0: the header is ignored.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
# Wrong passwords lock a name at an address; a second limit holds for an address with whatever names.
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURES", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOGIN_LOCK_MINUTES", default=15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "accounts.signin.lockout.attempted_name"
AXES_CLIENT_IP_CALLABLE = "inventory_project.base.client_address.client_address"
AXES_LOCKOUT_CALLABLE = "accounts.signin.lockout.locked_out_page"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or who keeps trying locks the rightful owner out for ever
AXES_DISABLE_ACCESS_LOG = True  # the last sign-in is on the account, changes are in the history
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username"]  # in the log; people type passwords there, too
# Whoever has one of these roles needs a second factor; a superuser has them all.
TOTP_REQUIRED_ROLES = env.list("TOTP_REQUIRED_ROLES", default=[])
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
OTP_TOTP_ISSUER = env("COMPANY_NAME", default="Example Wholesale Ltd")
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_MINUTES", default=120) * 60
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600  # from the sign-in, however busy
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- mail ------------------------------------------------------------------------------------------------------------
_mail_host = env("MAIL_HOST", default="")
SENDS_MAIL = DEVELOPMENT or bool(_mail_host)  # without, nobody is offered a link by mail
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("MAIL_FROM", default="inventory@localhost")
if (_mail_security := env("MAIL_SECURITY", default="starttls")) not in ("starttls", "tls", "none"):
    refuse("MAIL_SECURITY must be starttls, tls or none.")
_smtp = {"host": _mail_host, "port": env.int("MAIL_PORT", default=587), "timeout": 10}
_smtp |= {"username": env("MAIL_USER", default=""), "password": env("MAIL_PASSWORD", default="")}
_smtp |= {"use_tls": _mail_security == "starttls", "use_ssl": _mail_security == "tls"}
MAILERS = {}
if _mail_host:
    MAILERS["default"] = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": _smtp}
elif DEVELOPMENT:
    MAILERS["default"] = {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
else:
    SILENCED_SYSTEM_CHECKS = ["mail.W001"]  # that there is no mailer: nothing is offered that would need one

# --- language, time, files -------------------------------------------------------------------------------------------
LANGUAGE_CODE = env("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", "English")]
FORMAT_MODULE_PATH = ["inventory_project.formats"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))()
STATICFILES_DIRS = [BASE_DIR / "inventory_project" / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(INSTANCE_DIR / "media"))()
try:
    _backups = backup_storage(env("BACKUPS_URL", default=str(INSTANCE_DIR / "backups")))
except PlaceError as _problem:
    refuse(str(_problem))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Invoices and credit notes; never served as files, so never under MEDIA_ROOT.
    "documents": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.path("DOCUMENTS_ROOT", default=str(INSTANCE_DIR / "documents"))(),
            "base_url": None,
            "file_permissions_mode": 0o600,
        },
    },
    "backups": _backups,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
BACKUP_KEY = env.list("BACKUP_KEY", default=[])
BACKUP_EVERY_HOURS = env.int("BACKUP_EVERY_HOURS", default=1 if ENVIRONMENT == "production" else 24)
BACKUP_KEEP_ALL_DAYS = env.int("BACKUP_KEEP_ALL_DAYS", default=2)
BACKUP_KEEP_DAYS = env.int("BACKUP_KEEP_DAYS", default=30)
ARCHIVE_ROOT = env.path("ARCHIVE_ROOT", default=str(INSTANCE_DIR / "archive"))()
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
LARGEST_UPLOAD = env.int("LARGEST_UPLOAD_MEGABYTES", default=25) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "inventory_project.base.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- safety ----------------------------------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if not DEVELOPMENT:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- watching ---------------------------------------------------------------------------------------------------------
LOGGING = logging_settings(
    form=env("LOG_FORMAT", default="text" if DEVELOPMENT else "json"), level=env("LOG_LEVEL", default="INFO")
)
SLOW_QUERY_MILLISECONDS = env.int("SLOW_QUERY_MILLISECONDS", default=500)
METRICS_TOKEN = env("METRICS_TOKEN", default="")

# --- API -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "inventory_project.authentication.ApiTokenAuthentication",
        "inventory_project.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["inventory_project.base.api.permissions.ModelPermission"],
    "DEFAULT_RENDERER_CLASSES": ["inventory_project.base.api.renderers.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "inventory_project.base.api.parsers.StrictJSONParser",
        "inventory_project.base.api.parsers.JSONSentAsForm",
    ],
    "DEFAULT_SCHEMA_CLASS": "inventory_project.base.api.schema.ApiSchema",
    "DEFAULT_THROTTLE_CLASSES": ["inventory_project.base.api.throttling.CallerThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "user": env("API_RATE_USER", default="1200/min"),
        "address": env("API_RATE_ADDRESS", default="120/min"),
        "wrong_key": env("API_RATE_WRONG_KEY", default="30/min"),
        "sign_in": env("LOGIN_RATE_ADDRESS", default="100/hour"),
        "own_password": "20/hour",
        "password_link": env("PASSWORD_LINK_RATE", default="10/hour"),
    },
    "EXCEPTION_HANDLER": "inventory_project.denied.problem_response",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# --- the company and how it works -------------------------------------------------------------------------------------
CURRENCY = env("CURRENCY", default="EUR")
BUSINESS_TIME_ZONE = env("BUSINESS_TIME_ZONE", default="Europe/Berlin")
OVER_RECEIPT_PERCENT = Decimal(env("OVER_RECEIPT_PERCENT", default="0"))
RESERVATION_DAYS = env.int("RESERVATION_DAYS", default=0)
AUTO_ALLOCATE = env.bool("AUTO_ALLOCATE", default=True)
# The days for which `manage.py tidy` leaves each kind of row; .env.example says what they are.
KEEP_DAYS = {
    "drafts": env.int("KEEP_DRAFTS_DAYS", default=400),
    "history": env.int("KEEP_HISTORY_DAYS", default=3653),
    "answers": env.int("KEEP_ANSWERS_DAYS", default=30),
    "keys": env.int("KEEP_KEYS_DAYS", default=90),
    "tasks": env.int("KEEP_TASKS_DAYS", default=14),
    "runs": env.int("KEEP_RUNS_DAYS", default=400),
    "sign_ins": env.int("KEEP_SIGN_INS_DAYS", default=90),
}
COMPANY_LOGO = env("COMPANY_LOGO", default="")
DOCUMENT_FONTS = env("DOCUMENT_FONTS", default="")
# What is wrong on an invoice goes to customers: the examples are for development only.
COMPANY = {
    "name": env("COMPANY_NAME", default="Example Wholesale Ltd"),
    "line1": env("COMPANY_LINE1", default="1 Harbour Road"),
    "line2": env("COMPANY_LINE2", default=""),
    "city": env("COMPANY_CITY", default="Hamburg"),
    "region": env("COMPANY_REGION", default=""),
    "postal_code": env("COMPANY_POSTAL_CODE", default="20457"),
    "country": env("COMPANY_COUNTRY", default="DE"),
    "tax_id": env("COMPANY_TAX_ID", default="DE123456788" if DEVELOPMENT else ""),
    "registration": env("COMPANY_REGISTRATION", default=""),
    "email": env("COMPANY_EMAIL", default=""),
    "phone": env("COMPANY_PHONE", default=""),
    "iban": env("COMPANY_IBAN", default="DE02120300000000202051" if DEVELOPMENT else ""),
    "bic": env("COMPANY_BIC", default="BYLADEM1001" if DEVELOPMENT else ""),
}
