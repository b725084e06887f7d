"""The settings of a provider: name, type, default, meaning and effect. Every part reads them through selectors."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenants.errors import UnknownSettingError
from tenants.registry_documents import (
    DOCUMENTS_CASH_ACCOUNTING,
    DOCUMENTS_CREDIT_NOTE_PATTERN,
    DOCUMENTS_DUE_DAYS,
    DOCUMENTS_EINVOICE,
    DOCUMENTS_INVOICE_PATTERN,
    DOCUMENTS_IRN,
    DOCUMENTS_MAILED,
    DOCUMENTS_NUMBER_RESET,
    DOCUMENTS_PROFORMA_PATTERN,
    DOCUMENTS_RECEIPT_PATTERN,
    DOCUMENTS_SERVICE_CODE,
    DOCUMENTS_YEAR_STARTS_MONTH,
    REPRESENTATIVE,
)
from tenants.registry_payments import PAYMENTS_WEBHOOK_DAYS
from tenants.registry_promotions import PROMOTIONS_WARNING_DAYS
from tenants.registry_tax import (
    TAX_EU_BELOW_THRESHOLD,
    TAX_ONLINE_INDIA,
    TAX_POINT,
    TAX_PRICES_INCLUSIVE,
    TAX_PROOFS,
    TAX_RECHECK_DAYS,
    TAX_ROUNDING,
    TAX_TRUST_DAYS,
)
from tenants.registry_topups import TOPUP_CURRENCIES, TOPUP_LEAST_MINOR, TOPUP_MOST_MINOR
from tenants.setting import Setting

APPROVAL_LIMIT_MINOR = Setting(
    "approval.limit_minor",
    0,
    gettext_noop(
        "Amount above which credit, corrections and matches of bank lines by hand, and refunds need a"
        " second person, in minor units of the wallet's currency; 0 for never."
    ),
    gettext_noop("At once; what waits already goes on waiting."),
    least=0,
    most=10**12,
)
REFUNDS_DESTINATION = Setting(
    "refunds.destination",
    "original",
    gettext_noop("Where a refund goes: the original payment method, or the client's balance."),
    gettext_noop("With the next refund; whoever decides on it may choose the other."),
    choices=("original", "balance"),
)
REFUNDS_CUSTOMERS_ASK = Setting(
    "refunds.customers_ask",
    True,  # noqa: FBT003 (a default, named by its field)
    gettext_noop("Clients may ask for a refund of a payment."),
    gettext_noop("At once; requests that wait go on waiting."),
)
REFUNDS_WINDOW_DAYS = Setting(
    "refunds.window_days",
    60,
    gettext_noop("Days after a payment within which a client may ask for a refund."),
    gettext_noop("At once; requests that wait go on waiting."),
    least=1,
    most=3650,
)
SUSPENSION_ENABLED = Setting(
    "suspension.enabled",
    True,  # noqa: FBT003 (a default, named by its field)
    gettext_noop("Suspend clients whose balance is used up."),
    gettext_noop(
        "At once, for every prepaid wallet; switching it off lets suspended clients return."
    ),
)
SUSPENSION_LIMIT_MINOR = Setting(
    "suspension.limit_minor",
    0,
    gettext_noop("Balance at which a prepaid client is suspended, in minor units of its currency."),
    gettext_noop("At once; a client's own credit limit lowers it further."),
    least=-(10**12),
    most=10**12,
)
SUSPENSION_GRACE_HOURS = Setting(
    "suspension.grace_hours",
    0,
    gettext_noop("Hours between reaching the limit and the suspension."),
    gettext_noop("At once, counted from the moment the limit was reached."),
    least=0,
    most=24 * 90,
)
SUSPENSION_OVERDUE_DAYS = Setting(
    "suspension.overdue_days",
    14,
    gettext_noop("Days past due after which a postpaid client is suspended."),
    gettext_noop("With the next hourly run."),
    least=0,
    most=365,
)
SUSPENSION_OUTBOUND = Setting(
    "suspension.outbound",
    "block",
    gettext_noop("What a suspended client may start itself (calls, requests)."),
    gettext_noop("At once, in the answer of the entitlement API."),
    choices=("allow", "block"),
)
SUSPENSION_INBOUND = Setting(
    "suspension.inbound",
    "announce",
    gettext_noop("What happens to what comes in for a suspended client."),
    gettext_noop("At once, in the answer of the entitlement API."),
    choices=("allow", "reject", "announce"),
)
SUSPENSION_RESOURCES = Setting(
    "suspension.resources",
    "run",
    gettext_noop("Whether a suspended client's running resources go on."),
    gettext_noop("At once, in the answer of the entitlement API."),
    choices=("run", "stop"),
)
INGESTION_LATE_DAYS = Setting(
    "ingestion.late_days",
    35,
    gettext_noop("How old usage may be when it arrives, in days."),
    gettext_noop("For the next event; older ones are rejected as too_late."),
    least=1,
    most=3650,
)
INGESTION_FUTURE_MINUTES = Setting(
    "ingestion.future_minutes",
    5,
    gettext_noop("How far ahead of our clock usage may be, in minutes."),
    gettext_noop("For the next event; later ones are rejected as future."),
    least=0,
    most=24 * 60,
)
INGESTION_PAYLOAD_DAYS = Setting(
    "ingestion.payload_days",
    400,
    gettext_noop("Days after which the personal part of usage events is removed."),
    gettext_noop(
        "With the nightly retention run; amounts stay. Events by which users are counted wait for the end of their"
        " billing period."
    ),
    least=35,
    most=3650,
)
INGESTION_UPLOAD_DAYS = Setting(
    "ingestion.upload_days",
    30,
    gettext_noop("Days after which uploaded usage files and their error rows are removed."),
    gettext_noop("With the nightly retention run; the counts of an upload stay."),
    least=1,
    most=400,
)
CHARGING_FREQUENCY = Setting(
    "charging.frequency",
    "hourly",
    gettext_noop("How often prepaid balances are charged."),
    gettext_noop("With the next run; the sum of a period is the same."),
    choices=("hourly", "daily", "monthly"),
)
CHARGING_CLOSE_AFTER_DAYS = Setting(
    "charging.close_after_days",
    7,
    gettext_noop(
        "Days after its end at which a billing period is closed; later usage becomes a correction."
    ),
    gettext_noop("With the next run."),
    least=0,
    most=90,
)
CHARGING_COST_DECIMALS = Setting(
    "charging.cost_decimals",
    6,
    gettext_noop("Decimals with which costs of single lines are shown."),
    gettext_noop("On pages only; stored amounts never change."),
    least=0,
    most=12,
)
WARNING_LEVELS_MINOR = Setting(
    "warnings.levels_minor",
    (1000, 500, 0),
    gettext_noop("Balances at which a client is warned, in minor units."),
    gettext_noop("With the next charge; each level once per fall."),
    least=-(10**12),
    most=10**12,
)
WARNING_LEVELS_HOURS = Setting(
    "warnings.levels_hours",
    (72, 24),
    gettext_noop("Hours left at which a client is warned."),
    gettext_noop("With the next charge; each level once per fall."),
    least=0,
    most=24 * 90,
)

REGISTRY: dict[str, Setting[Any]] = {
    setting.name: setting
    for setting in cast(
        "tuple[Setting[Any], ...]",
        (
            APPROVAL_LIMIT_MINOR,
            REFUNDS_DESTINATION,
            REFUNDS_CUSTOMERS_ASK,
            REFUNDS_WINDOW_DAYS,
            PAYMENTS_WEBHOOK_DAYS,
            SUSPENSION_ENABLED,
            SUSPENSION_LIMIT_MINOR,
            SUSPENSION_GRACE_HOURS,
            SUSPENSION_OVERDUE_DAYS,
            SUSPENSION_OUTBOUND,
            SUSPENSION_INBOUND,
            SUSPENSION_RESOURCES,
            INGESTION_LATE_DAYS,
            INGESTION_FUTURE_MINUTES,
            INGESTION_PAYLOAD_DAYS,
            INGESTION_UPLOAD_DAYS,
            CHARGING_FREQUENCY,
            CHARGING_CLOSE_AFTER_DAYS,
            CHARGING_COST_DECIMALS,
            WARNING_LEVELS_MINOR,
            WARNING_LEVELS_HOURS,
            DOCUMENTS_INVOICE_PATTERN,
            DOCUMENTS_CREDIT_NOTE_PATTERN,
            DOCUMENTS_PROFORMA_PATTERN,
            DOCUMENTS_RECEIPT_PATTERN,
            DOCUMENTS_NUMBER_RESET,
            DOCUMENTS_YEAR_STARTS_MONTH,
            DOCUMENTS_DUE_DAYS,
            DOCUMENTS_SERVICE_CODE,
            DOCUMENTS_EINVOICE,
            DOCUMENTS_IRN,
            DOCUMENTS_MAILED,
            DOCUMENTS_CASH_ACCOUNTING,
            *REPRESENTATIVE,
            TAX_POINT,
            TAX_ROUNDING,
            TAX_PRICES_INCLUSIVE,
            TAX_RECHECK_DAYS,
            TAX_TRUST_DAYS,
            TAX_EU_BELOW_THRESHOLD,
            TAX_ONLINE_INDIA,
            TAX_PROOFS,
            TOPUP_LEAST_MINOR,
            TOPUP_MOST_MINOR,
            TOPUP_CURRENCIES,
            PROMOTIONS_WARNING_DAYS,
        ),
    )
}


def setting_of(name: str) -> Setting[Any]:
    """Return a setting of the registry.

    Args:
        name: its name.

    Raises:
        UnknownSettingError: the registry has no such name.
    """
    try:
        return REGISTRY[name]
    except KeyError:
        raise UnknownSettingError(
            message=_("There is no setting %(name)s.") % {"name": name}
        ) from None
