"""The settings of top-ups: how much at a time, and in which currencies. Part of `tenants.registry`."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tenants.setting import Setting

TOPUP_LEAST_MINOR = Setting(
    "topup.least_minor",
    0,
    gettext_noop("The smallest top-up, in minor units of its currency; 0 for none."),
    gettext_noop("For the next top-up; payments that are on their way go on."),
    least=0,
    most=10**12,
)
TOPUP_MOST_MINOR = Setting(
    "topup.most_minor",
    0,
    gettext_noop("The largest top-up, in minor units of its currency; 0 for none."),
    gettext_noop("For the next top-up; payments that are on their way go on."),
    least=0,
    most=10**12,
)
TOPUP_CURRENCIES = Setting(
    "topup.currencies",
    "",
    gettext_noop(
        "Further currencies in which clients may top up, for instance EUR USD, each into a wallet of"
        " its own; a client's own currencies are always allowed."
    ),
    gettext_noop("For the next top-up; nothing is converted by itself."),
)
