"""Settings that hold in every environment."""

from billing_platform import embedded
from billing_platform.env_file import PROJECT_DIR, load_env_file
from billing_platform.settings.environment import env
from billing_platform.settings.parts.api import places_of_calls
from billing_platform.settings.parts.cache import cache_settings
from billing_platform.settings.parts.celery import celery_settings
from billing_platform.settings.parts.email import email_settings
from billing_platform.settings.parts.logging import logging_settings
from billing_platform.settings.parts.login import LOGIN_APPS, login_settings
from billing_platform.settings.parts.security import content_security_policy
from billing_platform.settings.parts.uploads import upload_settings

load_env_file()

BASE_DIR = PROJECT_DIR
# What a run leaves behind: the embedded database, the broker's files, mails.
VAR_DIR = embedded.var_dir()
SECRET_KEY = env.str("SECRET_KEY", "")
DEBUG = False
DEMO = False
# The platform's own name and address, for mails of hosts that are no provider's.
PLATFORM_NAME: str = env.str("PLATFORM_NAME", "Billing")
PLATFORM_URL: str = env.str("PLATFORM_URL", "http://127.0.0.1:8000")
# Who is asked for the records that prove host names, for instance 10.0.0.2 or 127.0.0.1:5353; else the system's own.
DNS_SERVERS = env.list("DNS_SERVERS", default=[])
# Beneath it each provider may name folders of call records to be watched, in a folder called like its slug; without it,
# only operators name folders.
CALL_FOLDERS_ROOT: str = env.str("CALL_FOLDERS_ROOT", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    *LOGIN_APPS,
    "billing_platform",
    "billing_platform.benchmarks",
    "billing_platform.portal",
    "billing_platform.kernel",
    "tenants",
    "accounts",
    "tax",
    "promotions",
    "usage",
    "payments",
    "invoicing",
]
MIDDLEWARE = [
    "billing_platform.middleware.HealthMiddleware",
    "billing_platform.languages.OneLanguageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "billing_platform.portal.views.errors.MethodNotAllowedPage",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "hijack.middleware.HijackUserMiddleware",
    "tenants.session_end.SessionEndMiddleware",
    "tenants.middleware.HistoryMiddleware",
    "tenants.middleware.ScopeMiddleware",
    "billing_platform.middleware.NulMiddleware",
    "billing_platform.languages.PersonLanguageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "billing_platform.portal.context.shell",
            ],
        },
    },
]
WSGI_APPLICATION = "billing_platform.wsgi.application"

# The operators' pages have a process and a database role of their own.
DATABASE_ROLE = env.str("DATABASE_ROLE", "app")
ROOT_URLCONF = "billing_platform.urls_ops" if DATABASE_ROLE == "ops" else "billing_platform.urls"
if DATABASE_ROLE == "ops":  # the portals' hosts, scopes and pages are not at home there
    MIDDLEWARE = [
        name
        for name in MIDDLEWARE
        if not name.startswith("billing_platform.portal")
        and name != "tenants.middleware.ScopeMiddleware"
    ]
    CSRF_FAILURE_VIEW = "billing_platform.ops_errors.csrf_failure"
CACHES = cache_settings()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "tenants.User"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# A login ends half to a whole stretch of this after it was last used; pages warn five minutes before.
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", 14 * 24) * 3600
# Two processes on one host name would log each other out with one cookie.
SESSION_COOKIE_NAME = "ops_session" if DATABASE_ROLE == "ops" else "session"
CSRF_COOKIE_NAME = "ops_csrf" if DATABASE_ROLE == "ops" else "csrf"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = content_security_policy()

LANGUAGE_CODE = "en"
# Another language is a line here and a catalogue in LOCALE_PATHS.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "billing_platform" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
UPLOADS = upload_settings(VAR_DIR)
# The largest file of usage that people may upload.
UPLOAD_MAX_BYTES: int = env.int("UPLOAD_MAX_MB", 100) * 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "uploads": UPLOADS["UPLOAD_STORAGE"],
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# How many calls of one provider are worked on at once, and how many of these may be large.
API_CALLS_AT_ONCE: int = places_of_calls()[0]
API_LARGE_CALLS_AT_ONCE: int = places_of_calls()[1]

# Simulators answer instead of payment gateways; live credentials are refused then.
GATEWAY_SIMULATORS: bool = env.bool("GATEWAY_SIMULATORS", False)
# Where gateways answer, by their codes: `url`; for simulators also `trust_root` (PEM), `desk`, their own page, and
# `script_url`, which browsers load in the place of the gateway's own script. One without `url` is the real one.
GATEWAY_ENDPOINTS: dict[str, dict[str, str]] = env.json("GATEWAY_ENDPOINTS", {})
# Where the demo's data opens accounts at the simulators; only its making needs it.
GATEWAY_SIMULATORS_CONTROL: str = env.str("GATEWAY_SIMULATORS_CONTROL", "")
# Keys that seal gateways' credentials: `name:key` pairs with commas between them, the newest first.
GATEWAY_KEYS: str = env.str("GATEWAY_KEYS", "")

DEFAULT_EXCEPTION_REPORTER_FILTER = "billing_platform.error_reports.CautiousFilter"
LOGGING = logging_settings(as_json=False, level=env.str("LOG_LEVEL", "INFO"))
globals().update(celery_settings(VAR_DIR))
globals().update(email_settings(VAR_DIR))
globals().update(login_settings())
globals().update(UPLOADS)
