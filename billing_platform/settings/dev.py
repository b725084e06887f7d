"""Settings of a developer's machine and of the demo."""

from billing_platform.settings.base import *  # noqa: F403
from billing_platform.settings.base import DATABASE_ROLE, GATEWAY_KEYS, UPLOADS, VAR_DIR
from billing_platform.settings.environment import env
from billing_platform.settings.parts.database import database_settings, owner_url
from billing_platform.settings.parts.gateways import kept_gateway_keys

SECRET_KEY = "development-only"  # noqa: S105 - the database it guards is on this machine
DEBUG = env.bool("DEBUG", True)
DEMO = env.bool("DEMO", False)
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": database_settings(owner_url(), DATABASE_ROLE)}
# Static files are served from where they lie: nothing has to be collected first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "uploads": UPLOADS["UPLOAD_STORAGE"],
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Browsers take *.localhost for a safe origin, so passkeys work on the demo's plain HTTP.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
GATEWAY_KEYS = GATEWAY_KEYS or kept_gateway_keys(VAR_DIR)
