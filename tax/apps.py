"""The tax app."""

from __future__ import annotations

from django.apps import AppConfig


class TaxConfig(AppConfig):
    """Register rates, registrations, and what is known of customers for tax."""

    name = "tax"
