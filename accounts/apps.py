"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Register the ledger."""

    name = "accounts"
