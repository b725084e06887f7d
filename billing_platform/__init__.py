"""Wiring of the platform: settings, URLs, Celery, and the pages that are composed from several parts."""
