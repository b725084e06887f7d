"""Routes of a provider's pages about itself: settings, team, brand, keys, audit."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import settings

ROUTES = (
    path("provider/settings/", settings.settings, name="provider-settings"),
    path("provider/settings/<str:name>/", settings.setting, name="provider-setting"),
    path("provider/settings/<str:name>/reset", settings.reset, name="provider-setting-reset"),
)
