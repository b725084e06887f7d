"""The settings of bonus credit. Part of `tenants.registry`."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tenants.setting import Setting

PROMOTIONS_WARNING_DAYS = Setting(
    "promotions.warning_days",
    7,
    gettext_noop(
        "Days before bonus credit expires at which a client is warned, once; 0 for never."
    ),
    gettext_noop("With the next hourly run; what was warned of is not warned of again."),
    least=0,
    most=90,
)
