"""The tenants app."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Register providers, tenants and users."""

    name = "tenants"
