"""Settings of an installation: everything from the environment, nothing of a developer's machine stands in for it."""

from django.core.exceptions import ImproperlyConfigured

from billing_platform.settings.base import *  # noqa: F403
from billing_platform.settings.base import DATABASE_ROLE, GATEWAY_SIMULATORS
from billing_platform.settings.environment import env
from billing_platform.settings.parts.database import database_settings, owner_url
from billing_platform.settings.parts.logging import logging_settings
from billing_platform.settings.parts.security import https_settings

SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
if not env.str("REDIS_URL", ""):
    raise ImproperlyConfigured("REDIS_URL must name the broker and cache.")
if not env.str("EMAIL_URL", ""):
    raise ImproperlyConfigured("EMAIL_URL must name the mail server.")
if GATEWAY_SIMULATORS:
    raise ImproperlyConfigured(
        "GATEWAY_SIMULATORS is for tests and the demo: no money moves there."
    )
DATABASES = {
    "default": database_settings(owner_url(required=True), DATABASE_ROLE, development=False)
}
LOGGING = logging_settings(as_json=True, level=env.str("LOG_LEVEL", "INFO"))
globals().update(https_settings())
