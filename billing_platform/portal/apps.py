"""The portals as a Django app, for their template tags and commands."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages composed of the parts' selectors; owns no tables."""

    name = "billing_platform.portal"
    label = "portal"
