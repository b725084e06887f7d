"""Routes of a provider's pages about its clients."""

from __future__ import annotations

from typing import Final

from django.urls import path

from billing_platform.portal.views import (
    audit_log,
    client_ledger,
    client_members,
    client_methods,
    client_notes,
    client_prices,
    client_profile,
    client_subscriptions,
    client_usage,
    clients,
    clients_bulk,
    clients_edit,
    saved_filters,
)

_CLIENT: Final = "provider/clients/<str:public_id>"

ROUTES = (
    path("provider/clients/", clients.clients, name="provider-clients"),
    path("provider/clients.csv", clients.clients_csv, name="provider-clients-csv"),
    path("provider/clients/selected", clients_bulk.selected, name="provider-clients-selected"),
    path("provider/clients/result", clients_bulk.result, name="provider-clients-result"),
    path("provider/clients/suspend", clients_bulk.suspend, name="provider-clients-suspend"),
    path("provider/clients/resume", clients_bulk.resume, name="provider-clients-resume"),
    path("provider/clients/filters/", saved_filters.filters, name="provider-client-filters"),
    *(
        path(f"provider/clients/filters/{verb}", view, name=f"provider-client-filter-{verb}")
        for verb, view in (
            ("save", saved_filters.save),
            ("change", saved_filters.change),
            ("default", saved_filters.default),
            ("delete", saved_filters.drop),
        )
    ),
    path("provider/clients/new", clients_edit.new_client, name="provider-client-new"),
    path(f"{_CLIENT}/edit", clients_edit.edit_client, name="provider-client-edit"),
    path(f"{_CLIENT}/", clients.client, name="provider-client"),
    path(f"{_CLIENT}/methods/", client_methods.methods, name="provider-client-methods"),
    path(
        f"{_CLIENT}/methods/<str:method>/remove",
        client_methods.remove,
        name="provider-client-method-remove",
    ),
    path(f"{_CLIENT}/profile/", client_profile.profile, name="provider-client-profile"),
    path(f"{_CLIENT}/profile/edit", client_profile.company, name="provider-client-company"),
    path(f"{_CLIENT}/ledger/", client_ledger.ledger, name="provider-client-ledger"),
    path(f"{_CLIENT}/ledger.csv", client_ledger.ledger_csv, name="provider-client-ledger-csv"),
    path(f"{_CLIENT}/members/", client_members.members, name="provider-client-members"),
    *(
        path(f"{_CLIENT}/members/{verb}", view, name=f"provider-client-members-{verb}")
        for verb, view in (
            ("invite", client_members.invite),
            ("resend", client_members.resend),
            ("withdraw", client_members.withdraw),
            ("role", client_members.role),
            ("remove", client_members.remove),
        )
    ),
    path(
        f"{_CLIENT}/subscriptions/",
        client_subscriptions.subscriptions,
        name="provider-client-subscriptions",
    ),
    path(
        f"{_CLIENT}/subscriptions/begin",
        client_subscriptions.begin,
        name="provider-client-subscribe",
    ),
    path(
        f"{_CLIENT}/subscriptions/end",
        client_subscriptions.end,
        name="provider-client-unsubscribe",
    ),
    path(
        f"{_CLIENT}/subscriptions/keep",
        client_subscriptions.keep,
        name="provider-client-keep-subscription",
    ),
    path(
        f"{_CLIENT}/subscriptions/units",
        client_subscriptions.units,
        name="provider-client-units",
    ),
    path(f"{_CLIENT}/prices/", client_prices.prices, name="provider-client-prices"),
    path(f"{_CLIENT}/prices/own", client_prices.own_price, name="provider-client-own-price"),
    path(f"{_CLIENT}/prices/end", client_prices.end, name="provider-client-own-price-end"),
    path(f"{_CLIENT}/notes/", client_notes.notes, name="provider-client-notes"),
    path(f"{_CLIENT}/notes/add", client_notes.add, name="provider-client-note-add"),
    path(f"{_CLIENT}/notes/pin", client_notes.pin, name="provider-client-note-pin"),
    path(f"{_CLIENT}/activity/", audit_log.activity, name="provider-client-activity"),
    path(f"{_CLIENT}/usage/", client_usage.periods, name="provider-client-periods"),
    path(f"{_CLIENT}/usage/line/", client_usage.line, name="provider-client-line"),
    path(f"{_CLIENT}/usage/line.csv", client_usage.line_csv, name="provider-client-line-csv"),
    path(f"{_CLIENT}/usage/events/", client_usage.events, name="provider-client-events"),
)
