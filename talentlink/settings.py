"""Settings: one file, each environment variable read once here and listed in .env.example."""

import logging
import os
import sys
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from kombu import Queue
from redis.backoff import NoBackoff
from redis.retry import Retry

from supervisor.release import release
from supervisor.role import role_of

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
RELEASE = release()
STATE = Path(env.str("TALENTLINK_STATE", default=str(BASE_DIR / ".state")))
SITE_NAME = env.str("SITE_NAME", default="人才对接")
CITY_NAME = env.str("CITY_NAME", default="云泉市")
# Shows the demo accounts on the sign-in page; never set on a real site.
DEMO = env.bool("DEMO", default=False)

INSTALLED_APPS = [
    "talentlink.apps.TalentLinkConfig",
    "talentlink.apps.OfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_structlog",
    "csp",
    "rules.apps.AutodiscoverRulesConfig",
    "axes",
    "pgtrigger",
    "pghistory",
    "accounts",
    "core",
    "ui",
    "rest",
    "identity",
    "outbox",
    "programmes",
    "enterprises",
    "experts",
    "assignments",
    "matching",
    "service",
    "demo",
    "bench",
]

MIDDLEWARE = [
    "core.away.TracesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.request_log.LogMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.SessionKeyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.room.RoomMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.edges.EdgeMiddleware",
    "core.middleware.RefusedMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "talentlink.urls"
WSGI_APPLICATION = "talentlink.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "talentlink.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].update(ENGINE="django.db.backends.postgresql", CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
# Web, worker and beat are this role; another changes tables, by the commands that do so (core.database_roles).
APPLICATION_ROLE = DATABASES["default"]["USER"]
APPLICATION_PASSWORD = DATABASES["default"]["PASSWORD"]
OWNER_DATABASE = env.db_url("DATABASE_OWNER_URL") if env.str("DATABASE_OWNER_URL", default="") else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Bounded waits -----------------------------------------------------------------------------------
# web, worker, beat or command: told by the program that runs, unless it is given. Commands (migrations among them)
# wait as long as it takes.
# Threads of a web process (supervisor.gunicorn_config); all but one may be taken by requests that change something.
WEB_THREADS = env.int("WEB_THREADS", default=4)
ROLE = role_of(env.str("PROCESS_ROLE", default=""), sys.argv)
# What a session of this role tells PostgreSQL (core.waits); a job works in transactions of seconds. Off where a pooler
# hands one session to several roles.
DATABASE_LIMITS: dict[str, str] = {
    "web": {"lock_timeout": "3s", "statement_timeout": "15s", "idle_in_transaction_session_timeout": "30s"},
    "worker": {"lock_timeout": "60s", "statement_timeout": "10min", "idle_in_transaction_session_timeout": "2min"},
    "beat": {"lock_timeout": "10s", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s"},
    "command": {},
}[ROLE if env.bool("DATABASE_LIMITS", default=True) else "command"]
# A server that is gone is noticed by the client: at once when it refuses, else within these; what DATABASE_URL says
# comes first. `tcp_user_timeout` is in milliseconds.
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 3 if ROLE == "web" else 10,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000 if ROLE == "web" else 60_000,
    **DATABASES["default"].get("OPTIONS", {}),
}
# How long whoever asks for work waits for the broker, and a page for the rate limits, in seconds. A page does not wait
# for a server that it can do without.
WAKE_SECONDS = 0.3 if ROLE == "web" else 10.0
CACHE_SECONDS = 0.25

REDIS_URL = env.str("REDIS_URL")
# The cache holds rate limits only, and these live in the process when Redis is away (see rest.throttling).
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
        # A server that does not answer is away, too; the library would ask again three times.
        "OPTIONS": {
            "socket_connect_timeout": CACHE_SECONDS,
            "socket_timeout": CACHE_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        },
    },
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.RulesAlone",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "landing"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["talentlink.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
# Collected, compressed and named by content where STATIC_ROOT is given (the image); else served from where they lie.
STATIC_ROOT = env.str("STATIC_ROOT", default="") or None
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = STATIC_ROOT is None
STATICFILES_DIRS = [BASE_DIR / "static"]
# Files are given out by a view that asks who may see them, never by the web server.
MEDIA_URL = "/files/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(STATE / "media")))
# Snapshots of all doctors for matching, mapped by every worker of a machine; made again where they are missing.
MATCHING_CACHE = Path(env.str("MATCHING_CACHE", default=str(STATE / "cache" / "matching")))
# Compiled loops of matching; where the code lies may not be writable.
os.environ.setdefault("NUMBA_CACHE_DIR", str(STATE / "cache" / "compiled"))
# A sentence encoder beside the words: empty (off), endpoint or folder.
MATCHING_ENCODER = env.str("MATCHING_ENCODER", default="")
MATCHING_ENCODER_URL = env.str("MATCHING_ENCODER_URL", default="")
MATCHING_ENCODER_MODEL = env.str("MATCHING_ENCODER_MODEL", default="")
MATCHING_ENCODER_KEY = env.str("MATCHING_ENCODER_KEY", default="")
MATCHING_ENCODER_FOLDER = env.str("MATCHING_ENCODER_FOLDER", default="")
MATCHING_ENCODER_TIMEOUT = env.float("MATCHING_ENCODER_TIMEOUT", default=20.0)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "talentlink.static_files.ModuleStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# -- Security --------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
# Behind a reverse proxy that ends TLS and sets X-Forwarded-Proto.
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TRUST_PROXY
SECURE_HSTS_SECONDS = 31_536_000 if TRUST_PROXY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TRUST_PROXY
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|healthz|metrics)$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
CSRF_FAILURE_VIEW = "talentlink.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# -- Background work ---------------------------------------------------------------------------------
# Rows in PostgreSQL are the truth (core.jobs); a message only wakes a worker, so losing one costs two seconds.
CELERY_BROKER_URL = REDIS_URL
# One queue a lane (core.lanes); a worker without -Q serves all.
CELERY_TASK_QUEUES = [Queue(lane) for lane in ("people", "rounds", "calendar")]
CELERY_TASK_DEFAULT_QUEUE = "people"
CELERY_BEAT_SCHEDULER = "core.calendar:Scheduler"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # A web process only wakes workers, in a thread beside the requests (core.waking).
    "socket_connect_timeout": 1 if ROLE == "web" else 2,
    "socket_timeout": 1 if ROLE == "web" else 10,
    "max_retries": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# What beat asks for is said where the work is (core.jobs.work).
# How long a worker may be silent before another takes its job over, in seconds.
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=20)

# -- Mail and SMS ------------------------------------------------------------------------------------
# Under which address people reach the site, for links in messages; empty: messages carry no link.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
# A mail server as smtp://user:password@host:port; smtp+tls:// begins in the open and turns to TLS, smtp+ssl:// is TLS
# from the start. Empty: nothing is sent; nobody can confirm an address, so nothing is written to people either.
_mail = env.email_url("EMAIL_URL") if env.str("EMAIL_URL", default="") else {}
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST") or "", _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_USER") or "", _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_TLS")), bool(_mail.get("EMAIL_USE_SSL"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=EMAIL_HOST_USER if "@" in EMAIL_HOST_USER else "")
# Seconds for one answer of the server, and for one message in all.
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=10.0)
EMAIL_WHOLE_TIMEOUT = env.float("EMAIL_WHOLE_TIMEOUT", default=60.0)
# At most so many messages of a kind of server leave within a minute.
EMAIL_PER_MINUTE = env.int("EMAIL_PER_MINUTE", default=60)
# How messages to mobile numbers leave: empty (not at all), console (into the log) or http (see docs/operations.md).
SMS_GATEWAY = env.str("SMS_GATEWAY", default="")
SMS_URL = env.str("SMS_URL", default="")
SMS_TOKEN = env.str("SMS_TOKEN", default="")

# -- REST ----------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest.authentication.TokenScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest.pagination.KeysetPagination",
    "DEFAULT_THROTTLE_CLASSES": ["rest.throttling.TokenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"token": "600/min"},
    "EXCEPTION_HANDLER": "rest.lists.exception_handler",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "TalentLink",
    "DESCRIPTION": "Assignments of doctors to enterprises, their visits and monthly checks, for other systems.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"VerdictEnum": "service.models.MonthlyCheck.Verdict"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# -- History and log ----------------------------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = True
# Whether a request, a job or a command that writes to a domain table past the actions is refused (core.edges).
GUARD_WRITES = True
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
# Lines to be read by people, or json for whatever collects them; what stands in them is said in core.logs.
LOG_FORMAT = env.str("LOG_FORMAT", default="lines")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.formatter", "form": LOG_FORMAT}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Says once more what LogMiddleware said.
        "django.request": {"level": "CRITICAL"},
        # Names accounts; failed sign-ins are rows.
        "axes": {"level": "ERROR"},
    },
}
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# One line a request and a job, when it has ended.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_SUCCESS_LOG_LEVEL = logging.DEBUG

# -- Watching -------------------------------------------------------------------------------------------------
# Who may read the figures of /metrics; without it there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Working days within which the office promises to review a need.
REVIEW_DAYS = 3

# -- Backup, and how long rows are kept ---------------------------------------------------------------------
# Where the calendar's daily archives go, and the passphrase they are closed with (none: they are open).
BACKUP_DIR = Path(env.str("BACKUP_DIR", default="") or STATE / "backups")
BACKUP_DAILY = env.bool("BACKUP_DAILY", default=True)
BACKUP_KEY = env.str("BACKUP_KEY", default="")
# Days for which rows are kept after they were done with, see the retention.py of each app; 0 is for ever.
KEEP_DAYS: dict[str, int] = {
    "sessions": 1,
    "sign_ins": 190,
    "jobs": 90,
    "notices": 180,
    "set_aside": 365,
    "backups": 400,
    "shortlists": 365,
    "mails": 365,
} | {name: int(days) for name, days in env.dict("KEEP_DAYS", default={}).items()}
