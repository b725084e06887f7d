"""The WSGI entry point of gunicorn; the operators' process sets `DATABASE_ROLE` to `ops`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_platform.settings.prod")
os.environ.setdefault("DATABASE_ROLE", "app")
application = get_wsgi_application()
# Gunicorn forks after this: what every page needs is loaded once, not by each worker while its first visitor waits.
get_resolver().url_patterns  # noqa: B018 (asking for them loads them)
