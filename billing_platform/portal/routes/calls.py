"""Routes of calls: Call History, and how phone systems read."""

from __future__ import annotations

from typing import Final

from django.urls import path

from billing_platform.portal.views import call_folders, calls, phone_rules, phone_systems

_SYSTEM: Final = "provider/calls/systems/<int:system_id>"
_FOLDER: Final = "provider/calls/folders/<int:folder_id>"

ROUTES = (
    path("billing/calls/", calls.calls, name="billing-calls"),
    path("billing/calls.csv", calls.calls_csv, name="billing-calls-csv"),
    path("provider/calls/", calls.all_calls, name="provider-calls"),
    path("provider/calls.csv", calls.all_calls_csv, name="provider-calls-csv"),
    path(
        "provider/clients/<str:public_id>/calls/",
        calls.client_calls,
        name="provider-client-calls",
    ),
    path(
        "provider/clients/<str:public_id>/calls.csv",
        calls.client_calls_csv,
        name="provider-client-calls-csv",
    ),
    path("provider/calls/systems/", phone_systems.phone_systems, name="provider-phone-systems"),
    path("provider/calls/systems/new", phone_systems.new_system, name="provider-phone-system-new"),
    path(f"{_SYSTEM}/", phone_systems.system, name="provider-phone-system"),
    path(f"{_SYSTEM}/zone", phone_systems.zone, name="provider-phone-zone"),
    path(f"{_SYSTEM}/try", phone_systems.attempt, name="provider-phone-try"),
    path(f"{_SYSTEM}/rule", phone_rules.rule, name="provider-phone-rule"),
    path(f"{_SYSTEM}/rule/remove", phone_rules.drop_rule, name="provider-phone-rule-remove"),
    path(f"{_SYSTEM}/rule/raise", phone_rules.lift_rule, name="provider-phone-rule-raise"),
    path(f"{_SYSTEM}/line", phone_rules.line, name="provider-phone-line"),
    path(f"{_SYSTEM}/line/remove", phone_rules.drop_line, name="provider-phone-line-remove"),
    path("provider/calls/folders/new", call_folders.new_folder, name="provider-call-folder-new"),
    path(f"{_FOLDER}/", call_folders.folder, name="provider-call-folder"),
    path(f"{_FOLDER}/switch", call_folders.switch, name="provider-call-folder-switch"),
)
