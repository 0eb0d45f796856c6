"""Settings. Each environment variable is read only here, and is listed in .env.example."""

import logging
import os
import sys
from ipaddress import ip_network
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from kombu import Queue
from redis.backoff import NoBackoff
from redis.retry import Retry

from supervisor.release import release
from supervisor.role import role_of
from talentlink.environment import Environment

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
RELEASE = release()
STATE = Path(env.str("TALENTLINK_STATE", default=str(BASE_DIR / ".state")))
SITE_NAME = env.str("SITE_NAME", default="人才对接")
CITY_NAME = env.str("CITY_NAME", default="云泉市")
# Show the demo accounts on the sign-in page; a real site never sets this.
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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "pgtrigger",
    "pghistory",
    "accounts",
    "core",
    "ui",
    "rest",
    "approvals",
    "outbox",
    "audit",
    "identity",
    "privacy",
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
    "core.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.away.TracesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.request_log.LogMiddleware",
    "core.middleware.SessionKeyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "core.plain_http.PlainHttpMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "core.room.RoomMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.bodies.BodyMiddleware",
    "core.middleware.SignedInMiddleware",
    "identity.handed_over.HandedOverMiddleware",
    "identity.middleware.SecondFactorMiddleware",
    "identity.middleware.LastUseMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.edges.EdgeMiddleware",
    "identity.session_limits.SessionLimitsMiddleware",
    "identity.slowed.KnownDeviceMiddleware",
    "core.refusals.RefusalMiddleware",
    "core.middleware.RefusedMiddleware",
    "privacy.middleware.ConsentMiddleware",
    "allauth.account.middleware.AccountMiddleware",
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
# Web, worker and beat have this role in the database. `migrate` changes tables as the owner (core.database_roles).
APPLICATION_ROLE = DATABASES["default"]["USER"]
APPLICATION_PASSWORD = DATABASES["default"]["PASSWORD"]
OWNER_DATABASE = env.db_url("DATABASE_OWNER_URL") if env.str("DATABASE_OWNER_URL", default="") else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Bounded waits -----------------------------------------------------------------------------------
# Threads of a web process (supervisor.gunicorn_config); requests that write may use all of them but one (core.room).
WEB_THREADS = env.int("WEB_THREADS", default=4)
# web, worker, beat or command: PROCESS_ROLE, or else found from the program that runs. Commands, such as `migrate`,
# wait without a limit.
ROLE = role_of(env.str("PROCESS_ROLE", default=""), sys.argv)
# Limits that a process of this role sets on its sessions in PostgreSQL (core.waits); the transactions of a job take
# seconds. DATABASE_LIMITS must be off if a pooler gives one session to processes of several roles.
DATABASE_LIMITS: dict[str, str] = {
    "web": {"lock_timeout": "3s", "statement_timeout": "15s", "idle_in_transaction_session_timeout": "30s"},
    "worker": {"lock_timeout": "60s", "statement_timeout": "10min", "idle_in_transaction_session_timeout": "2min"},
    "beat": {"lock_timeout": "10s", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s"},
    "command": {},
}[ROLE if env.bool("DATABASE_LIMITS", default=True) else "command"]
# Limits within which the client notices that the server does not answer. Options in DATABASE_URL override them.
# `tcp_user_timeout` is in milliseconds, the other times are in seconds.
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 3 if ROLE == "web" else 10,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000 if ROLE == "web" else 60_000,
    **DATABASES["default"].get("OPTIONS", {}),
}
# Seconds that a process waits for the broker when it asks for a job, and for the cache of rate limits. They are short
# for pages, because a page can do without both servers.
WAKE_SECONDS = 0.3 if ROLE == "web" else 10.0
CACHE_SECONDS = 0.25

REDIS_URL = env.str("REDIS_URL")
# The shared cache has only rate limits; while Redis does not answer, the process counts them itself (rest.throttling).
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
        # No retries: the library would ask a server that does not answer three more times.
        "OPTIONS": {
            "socket_connect_timeout": CACHE_SECONDS,
            "socket_timeout": CACHE_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        },
    },
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.RulesAlone",
    "identity.backends.CountedPasswords",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.WordsOfTheSite"},
    {"NAME": "accounts.passwords.Breached"},
]
# Words that everybody of a site thinks of; a password that is little more than one of them is refused.
PASSWORD_WORDS = [
    *env.list("PASSWORD_WORDS", default=[]), "talentlink", "talent", "rencaiban", "rencai", "duijie", "boshi", "doctor",
    "gaoxiao", "university", "qiye", "enterprise", "mima", "password",
]  # fmt: skip
# A file of SHA-1 digests of breached passwords, in order, one a line (HEX or HEX:count); empty: not compared.
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", default="")
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "landing"
# How many passwords may be tried at once, right or wrong, from one address (or with one known device), and how many
# more each minute. To compute one takes a third of a second of a processor.
SIGN_INS_AT_ONCE = env.int("SIGN_INS_AT_ONCE", default=60)
SIGN_INS_PER_MINUTE = env.int("SIGN_INS_PER_MINUTE", default=30)
# How long a session lasts, by role: the minutes for which nobody uses it, and the minutes in all.
SESSION_ENGINE = "identity.limited_sessions"
_DAY = 24 * 60
SESSION_IDLE: dict[str, int] = {
    "office": 30,
    "enterprise": 4 * 60,
    "university": 4 * 60,
    "doctor": 14 * _DAY,
    "program": 30,
} | {role: int(minutes) for role, minutes in env.dict("SESSION_IDLE", default={}).items()}
SESSION_LONGEST: dict[str, int] = {
    "office": 12 * 60,
    "enterprise": _DAY,
    "university": _DAY,
    "doctor": 90 * _DAY,
    "program": 12 * 60,
} | {role: int(minutes) for role, minutes in env.dict("SESSION_LONGEST", default={}).items()}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["talentlink.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
# With STATIC_ROOT (in the image) static files are collected, compressed and named by their content. Without it they are
# served from their folders.
STATIC_ROOT = env.str("STATIC_ROOT", default="") or None
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = STATIC_ROOT is None
# Our own pages alone load them.
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATICFILES_DIRS = [BASE_DIR / "static"]
# A view serves uploaded files to users who may see them; the web server never serves them itself.
MEDIA_URL = "/files/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(STATE / "media")))
# Snapshots of all doctors for matching. Every worker of a machine maps them into memory; missing ones are made again.
MATCHING_CACHE = Path(env.str("MATCHING_CACHE", default=str(STATE / "cache" / "matching")))
# The folder of compiled loops of matching, because the folder of the code may not be writable.
os.environ.setdefault("NUMBA_CACHE_DIR", str(STATE / "cache" / "compiled"))
# A sentence encoder for matching in addition to words: empty (none), endpoint or folder.
MATCHING_ENCODER = env.str("MATCHING_ENCODER", default="")
MATCHING_ENCODER_URL = env.str("MATCHING_ENCODER_URL", default="")
MATCHING_ENCODER_MODEL = env.str("MATCHING_ENCODER_MODEL", default="")
MATCHING_ENCODER_KEY = env.str("MATCHING_ENCODER_KEY", default="")
MATCHING_ENCODER_FOLDER = env.str("MATCHING_ENCODER_FOLDER", default="")
MATCHING_ENCODER_TIMEOUT = env.float("MATCHING_ENCODER_TIMEOUT", default=20.0)
# The scanner for malware that every uploaded file passes: clamd://host:port, clamd+unix:///path, or empty for none.
FILE_SCANNER = env.str("FILE_SCANNER", default="")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "talentlink.static_files.ModuleStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# -- Security --------------------------------------------------------------------------------------
DEFAULT_EXCEPTION_REPORTER_FILTER = "talentlink.environment.HidesAddresses"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
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
# True behind a reverse proxy that terminates TLS and sets X-Forwarded-Proto.
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)
# The networks of our proxies, whose entries in X-Forwarded-For are believed (core.clients). If there are none, the last
# entry is believed behind a proxy.
TRUSTED_PROXIES = [ip_network(network, strict=False) for network in env.list("TRUSTED_PROXIES", default=[])]
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TRUST_PROXY
SECURE_HSTS_SECONDS = 31_536_000 if TRUST_PROXY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TRUST_PROXY
# Programs are not led to https: what they sent without it is known on the way (core.plain_http refuses them).
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|healthz|metrics)$", r"^api/"]
# Behind https no other host and no page without https can set a cookie of these names.
COOKIE_PREFIX = "__Host-" if TRUST_PROXY else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
MESSAGE_STORAGE = "core.message_cookie.MessageStorage"
LANGUAGE_COOKIE_SECURE = TRUST_PROXY
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False
CSRF_FAILURE_VIEW = "talentlink.views.csrf_failure"
# The largest body of a request by who sends it (core.bodies); of that, what is no file, and how many parts it may have.
MOST_BYTES = {"stranger": 32 * 1024, "signed_in": 24 * 1024 * 1024}
MOST_FIELDS_OF_STRANGERS = 50
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS = 0o640

# -- Second factor, sign-in by another service, sessions (identity) ----------------------------------
# The bodies (core.scope.Body) whose people need a second factor to sign in: city, county, department, enterprise,
# university, doctor. "city" are all people of the city's office, "administrator" and "auditor" those with this duty.
# The demo asks nobody for one.
SECOND_FACTOR = env.list("SECOND_FACTOR", default=[] if DEMO else ["city"])
ACCOUNT_ADAPTER = "identity.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Seconds after which setting up and removing a second factor asks for the password again.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
MFA_ADAPTER = "identity.second_factor.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
_forms = "identity.second_factor"
MFA_FORMS = {
    "authenticate": f"{_forms}.forms.CodeForm",
    "reauthenticate": f"{_forms}.forms.CodeAgainForm",
    "activate_totp": f"{_forms}.forms.AppForm",
    "add_webauthn": f"{_forms}.passkey_forms.PasskeyForm",
    "authenticate_webauthn": f"{_forms}.passkey_forms.PasskeySignInForm",
    "reauthenticate_webauthn": f"{_forms}.passkey_forms.PasskeyAgainForm",
}
MFA_TOTP_TOLERANCE = 1
# There are no mail addresses of allauth's here; mails go to the addresses that users confirmed (outbox).
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A province's service by which people sign in, by OpenID Connect; without an issuer there is none.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_LABEL = env.str("OIDC_LABEL", default="统一身份认证")
# A claim of the service that is the user name of an account here; without it users connect the service themselves.
OIDC_USERNAME_CLAIM = env.str("OIDC_USERNAME_CLAIM", default="")
SOCIALACCOUNT_ADAPTER = "identity.adapters.ServiceAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "service",
                "name": OIDC_LABEL,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER},
            }
        ],
    }
}
if OIDC_ISSUER:
    # A browser checks redirects after a form, too.
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += [OIDC_ISSUER]

# -- Background work ---------------------------------------------------------------------------------
# Jobs are rows in PostgreSQL (core.jobs). A message only wakes a worker, so a lost message costs two seconds.
CELERY_BROKER_URL = REDIS_URL
# One queue for each lane (core.lanes); a worker without the option -Q serves all lanes.
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
    # A web process only wakes workers, in a thread of its own (core.waking).
    "socket_connect_timeout": 1 if ROLE == "web" else 2,
    "socket_timeout": 1 if ROLE == "web" else 10,
    "max_retries": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# The schedule of beat is declared with each job (core.jobs.work).
# Seconds after which another worker takes over the job of a worker that is silent.
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=20)

# -- Mail and SMS ------------------------------------------------------------------------------------
# The address of the site, for links in messages; if it is empty, messages have no links.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
# The mail server as smtp://user:password@host:port. smtp+tls:// uses STARTTLS, smtp+ssl:// uses TLS from the start.
# If it is empty, no mail is sent; nobody can confirm a mail address then, so no mail to users is written either.
_mail = env.email_url("EMAIL_URL") if env.str("EMAIL_URL", default="") else {}
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST") or "", _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_USER") or "", _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_TLS")), bool(_mail.get("EMAIL_USE_SSL"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=EMAIL_HOST_USER if "@" in EMAIL_HOST_USER else "")
# Mail addresses that get every alarm of operation, besides the people of the city office who chose it.
ALARM_MAIL: list[str] = env.list("ALARM_MAIL", default=[])
# Seconds within which the server must give each answer, and within which a whole message must be sent.
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=10.0)
EMAIL_WHOLE_TIMEOUT = env.float("EMAIL_WHOLE_TIMEOUT", default=60.0)
# The most messages that are sent within a minute, for mail and for SMS each.
EMAIL_PER_MINUTE = env.int("EMAIL_PER_MINUTE", default=60)
# How messages to mobile numbers are sent: empty (not at all), console (printed) or http (see docs/operations.md).
SMS_GATEWAY = env.str("SMS_GATEWAY", default="")
SMS_URL = env.str("SMS_URL", default="")
SMS_TOKEN = env.str("SMS_TOKEN", default="")

# -- Invitations -------------------------------------------------------------------------------------------
# Days for which the link of an invitation is valid.
INVITATION_DAYS = env.int("INVITATION_DAYS", default=14)

# -- REST ----------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest.authentication.TokenAuthentication",
        "identity.rest.ProvedSession",
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
    "ENUM_NAME_OVERRIDES": {"VerdictEnum": "service.models.Check.Verdict"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# -- History and log ----------------------------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = True
# Whether requests, jobs and commands may write to domain tables only in actions (core.edges).
GUARD_WRITES = True
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
# `lines` for people, or `json` for programs that collect logs; core.logs describes the fields.
LOG_FORMAT = env.str("LOG_FORMAT", default="lines")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.formatter", "form": LOG_FORMAT}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Would repeat the lines of LogMiddleware.
        "django.request": {"level": "CRITICAL"},
    },
}
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# One line for each request and each job, at its end.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_SUCCESS_LOG_LEVEL = logging.DEBUG

# Days for which entries of the ledger are kept, at least 183 (six months); `manage.py ledger thin` removes older days.
LEDGER_KEEP_DAYS = env.int("LEDGER_KEEP_DAYS", default=400)

# -- Watching -------------------------------------------------------------------------------------------------
# The token with which /metrics can be read; without a token there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# -- Personal data --------------------------------------------------------------------------------------------
# Whether everybody is asked to agree to the privacy notice of his role before anything else; off where that is done on
# paper or by another system.
ASK_CONSENT = env.bool("ASK_CONSENT", default=True)
# Whom a person asks about his data: an office, with a phone number or a mail address; shown in notices and refusals.
PRIVACY_CONTACT = env.str("PRIVACY_CONTACT", default="")
# Working days within which the office answers a request about personal data.
PERSONAL_REQUEST_DAYS = 15
# Years after which the calendar proposes to the office to erase a person, by what nobody needs any more; 0 means never.
PROPOSE_ERASURE_YEARS: dict[str, int] = {
    "unused_accounts": 3,
    "withdrawn_doctors": 5,
    "unmatched_contacts": 3,
} | {name: int(years) for name, years in env.dict("PROPOSE_ERASURE_YEARS", default={}).items()}

# Working days within which the office promises to review a need.
REVIEW_DAYS = 3

# -- Backup, and how long rows are kept ---------------------------------------------------------------------
# The folder of the daily backups, whether they are made, and the passphrase that encrypts them (empty: not encrypted).
BACKUP_DIR = Path(env.str("BACKUP_DIR", default="") or STATE / "backups")
BACKUP_DAILY = env.bool("BACKUP_DAILY", default=True)
BACKUP_KEY = env.str("BACKUP_KEY", default="")
# Acts that need a second person: the days after which a proposal lapses, the most rows that an office exports and the
# most whole phone numbers that one account of an office sees on a day without one.
PROPOSAL_DAYS = env.int("PROPOSAL_DAYS", default=7)
EXPORT_ROWS = env.int("EXPORT_ROWS", default=2000)
PHONES_A_DAY = env.int("PHONES_A_DAY", default=30)
# Days for which rows are kept after they ended, see the retention.py of each app; 0 means that they are never deleted.
KEEP_DAYS: dict[str, int] = {
    "sessions": 1,
    "sign_ins": 30,
    "jobs": 90,
    "notices": 180,
    "set_aside": 365,
    "backups": 400,
    "shortlists": 365,
    "mails": 365,
} | {name: int(days) for name, days in env.dict("KEEP_DAYS", default={}).items()}
