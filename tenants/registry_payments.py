"""The settings of a provider that say how payments are kept."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tenants.setting import Setting

PAYMENTS_WEBHOOK_DAYS = Setting(
    "payments.webhook_days",
    90,
    gettext_noop("Days after which the text of payment gateways' messages is removed."),
    gettext_noop("With the nightly retention run; that a message came stays."),
    # A gateway sends what was not taken again for so long, and lists it for a month.
    least=30,
    most=3650,
)
