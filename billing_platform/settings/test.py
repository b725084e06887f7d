"""Settings of the tests: one login that may take each role; every test runs as `app` unless it says otherwise."""

import os
from pathlib import Path

# The tests' server, mails and messages lie apart from the demo's; set before anything reads it.
os.environ.setdefault(
    "VAR_DIR", str(Path(__file__).resolve().parent.parent.parent / "var" / "tests")
)
os.environ.setdefault("ENV_FILE", os.devnull)

from billing_platform.settings.base import *  # noqa: F403
from billing_platform.settings.base import DATABASE_ROLE, GATEWAY_KEYS, UPLOADS
from billing_platform.settings.parts.database import database_settings, owner_url

SECRET_KEY = "test-only"  # noqa: S105
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": database_settings(owner_url(), DATABASE_ROLE)}
DATABASES["default"]["USER"] = "billing_tester"
DATABASES["default"]["PASSWORD"] = os.environ.get("DATABASE_PASSWORD_TESTER", "tester")
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("TEST_DATABASE_NAME", "test_billing")}
# A read without a scope is an error here, not an empty page.
DATABASES["default"]["OPTIONS"]["options"] += " -c app.strict=on"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "uploads": UPLOADS["UPLOAD_STORAGE"],
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
GATEWAY_KEYS = GATEWAY_KEYS or "development:Y6JyEO5KXNHhbS0V53mHryWMNlDEhenkJarSppxvHro="
