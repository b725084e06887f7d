"""Routes of a provider's pages about itself: settings, team, brand, keys, audit."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import api_keys, audit_log, settings

ROUTES = (
    path("provider/audit/", audit_log.audit_log, name="provider-audit"),
    path("provider/audit.csv", audit_log.audit_csv, name="provider-audit-csv"),
    path("provider/api-keys/", api_keys.api_keys, name="provider-api-keys"),
    path("provider/api-keys/<int:key_id>/revoke", api_keys.revoke, name="provider-api-key-revoke"),
    path("provider/settings/", settings.settings, name="provider-settings"),
    path("provider/settings/<str:name>/", settings.setting, name="provider-setting"),
    path("provider/settings/<str:name>/reset", settings.reset, name="provider-setting-reset"),
)
