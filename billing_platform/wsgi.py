"""The WSGI entry point of gunicorn; the operators' process sets `DATABASE_ROLE` to `ops`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_platform.settings.prod")
os.environ.setdefault("DATABASE_ROLE", "app")
application = get_wsgi_application()
