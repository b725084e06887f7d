"""Routes of a provider's pages about itself: settings, team, brand, keys, audit."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import api_keys, audit_log, brand_page, seller, settings

ROUTES = (
    path("provider/audit/", audit_log.audit_log, name="provider-audit"),
    path("provider/audit.csv", audit_log.audit_csv, name="provider-audit-csv"),
    path("provider/api-keys/", api_keys.api_keys, name="provider-api-keys"),
    path("provider/api-keys/<int:key_id>/revoke", api_keys.revoke, name="provider-api-key-revoke"),
    path("provider/brand/", brand_page.brand_page, name="provider-brand"),
    path("provider/brand/save", brand_page.save, name="provider-brand-save"),
    path("provider/brand/logos", brand_page.logos, name="provider-logos"),
    path("provider/brand/hosts/add", brand_page.host_add, name="provider-host-add"),
    path(
        "provider/brand/hosts/<int:host_id>/check",
        brand_page.host_check,
        name="provider-host-check",
    ),
    path(
        "provider/brand/hosts/<int:host_id>/remove",
        brand_page.host_remove,
        name="provider-host-remove",
    ),
    path("provider/company/", seller.seller, name="provider-seller"),
    path("provider/settings/", settings.settings, name="provider-settings"),
    path("provider/settings/<str:name>/", settings.setting, name="provider-setting"),
    path("provider/settings/<str:name>/reset", settings.reset, name="provider-setting-reset"),
)
