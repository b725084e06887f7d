"""What the audit log tells of payment methods, auto-pay, auto-recharge and limits. Called by the words of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from billing_platform.portal.audit_registry import Column, Kind, amount, one_of, text, yes_or_no
from billing_platform.portal.method_words import kept_title
from billing_platform.portal.words import Vocabulary
from payments.enums import MethodState, RechargeMode
from payments.gateways.methods import MethodKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Final = Vocabulary(
    {
        MethodKind.CARD: _("Card"),
        MethodKind.BANK_ACCOUNT: _("Bank account"),
        MethodKind.AGREEMENT: _("Agreement"),
        MethodKind.UPI: _("UPI"),
    }
)
_MODES: Final = Vocabulary({mode: mode.label for mode in RechargeMode})
_STATES: Final = Vocabulary({state: state.label for state in MethodState})


PAYMENTS: Final[dict[str, Kind]] = {
    "payment_method": Kind(
        _("Payment method"),
        {
            "kind": Column(_("Kind"), one_of(_KINDS)),
            "brand": Column(_("Brand"), text),
            "last4": Column(_("Last four"), text),
            "is_default": Column(_("Default"), yes_or_no),
            "state": Column(_("State"), one_of(_STATES)),
        },
        frozenset({"id", "provider_id", "tenant_id"}),
    ),
    "auto_pay": Kind(
        _("Auto-pay"),
        {"is_on": Column(_("Switched on"), yes_or_no)},
        frozenset({"id", "provider_id", "tenant_id"}),
    ),
    "topup_limit": Kind(
        _("Limits for top-ups"),
        {
            "least_minor": Column(_("Smallest top-up"), amount),
            "most_minor": Column(_("Largest top-up"), amount),
        },
        frozenset({"id", "provider_id", "tenant_id", "currency"}),
    ),
    "recharge_rule": Kind(
        _("Auto-recharge"),
        {
            "is_on": Column(_("Switched on"), yes_or_no),
            "threshold_minor": Column(_("When available falls below"), amount),
            "mode": Column(_("Top up"), one_of(_MODES)),
            "amount_minor": Column(_("Amount"), amount),
            "daily_cap_minor": Column(_("At most per day"), amount),
            "monthly_cap_minor": Column(_("At most per month"), amount),
        },
        frozenset({"id", "provider_id", "tenant_id", "currency"}),
    ),
}


def payments_name(kind: str, content: Mapping[str, Any]) -> str:
    """Return what a method is called, the currency of a rule or of limits, "" for auto-pay, of which there is one.

    Args:
        kind: of PAYMENTS.
        content: its row.
    """
    if kind in {"recharge_rule", "topup_limit"}:
        return str(content["currency"])
    if kind != "payment_method":
        return ""
    title = kept_title(content["kind"], content["brand"], content["last4"])
    return title or _KINDS[content["kind"]]
