"""The routes of the portals. One URL per action."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import billing, brand, clients, home, settings, theme

urlpatterns = [
    path("", home.home, name="home"),
    path("welcome/", home.welcome, name="welcome"),
    path("theme", theme.set_theme, name="set-theme"),
    path("brand/<str:color>-<str:digest>.css", brand.brand_css, name="brand-css"),
    path("brand/<str:color>-<str:initial>.svg", brand.brand_icon, name="brand-icon"),
    path("provider/clients/", clients.clients, name="provider-clients"),
    path("provider/clients.csv", clients.clients_csv, name="provider-clients-csv"),
    path("provider/clients/<str:public_id>/", clients.client, name="provider-client"),
    path(
        "provider/clients/<str:public_id>/ledger.csv",
        clients.client_ledger_csv,
        name="provider-client-ledger-csv",
    ),
    path("provider/settings/", settings.settings, name="provider-settings"),
    path("provider/settings/<str:name>/", settings.setting, name="provider-setting"),
    path("provider/settings/<str:name>/reset", settings.reset, name="provider-setting-reset"),
    path("billing/", billing.billing, name="billing"),
    path("billing/transactions.csv", billing.ledger_csv, name="billing-ledger-csv"),
]
