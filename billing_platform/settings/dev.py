"""Settings of a developer's machine and of the demo."""

from billing_platform.settings.base import *  # noqa: F403

SECRET_KEY = "development-only"  # noqa: S105
DEBUG = True
ALLOWED_HOSTS = ["*"]
