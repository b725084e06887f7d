"""The invoicing app."""

from __future__ import annotations

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Register documents."""

    name = "invoicing"
