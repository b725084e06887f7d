"""How a rule of auto-recharge stands, in plain words: for the customer, and for the provider's people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_platform.portal.payment_words import failure_words
from billing_platform.portal.words import Vocabulary
from payments.enums import Hindrance
from payments.gateways.declines import DeclineClass
from tax.errors import StateMissing

if TYPE_CHECKING:
    from payments.selectors.recharges import RuleView

PILLS: Final[dict[str, str]] = {
    Hindrance.NONE: "on",
    Hindrance.OFF: "off",
    Hindrance.AUTO_PAY_OFF: "recharge_paused",
    Hindrance.NO_METHOD: "recharge_paused",
    Hindrance.GATEWAY: "recharge_paused",
    Hindrance.PAUSED: "recharge_paused",
    Hindrance.WAITING: "recharge_declined",
    Hindrance.UNDERWAY: "payment_pending",
    Hindrance.REFUSED: "recharge_paused",
    Hindrance.DAILY_CAP: "recharge_limited",
    Hindrance.MONTHLY_CAP: "recharge_limited",
}
_WORDS: Final = Vocabulary(
    {
        Hindrance.NONE: gettext_noop("It charges the default payment method when it is needed."),
        Hindrance.OFF: gettext_noop("Nothing is charged by itself."),
        Hindrance.AUTO_PAY_OFF: gettext_noop(
            "Paused because auto-pay is off. Saving the rule switches it on again."
        ),
        Hindrance.NO_METHOD: gettext_noop(
            "Paused because there is no default payment method that can be charged."
        ),
        Hindrance.GATEWAY: gettext_noop(
            "Paused because the payment service is not available at present. It goes on by itself."
        ),
        Hindrance.UNDERWAY: gettext_noop("A payment is on its way; nothing else is charged."),
        Hindrance.REFUSED: gettext_noop(
            "It is not possible at present, and is tried again every few minutes. Please get in"
            " touch if it lasts."
        ),
        Hindrance.DAILY_CAP: gettext_noop("The limit per day is reached. It goes on tomorrow."),
        Hindrance.MONTHLY_CAP: gettext_noop(
            "The limit per month is reached. It goes on next month."
        ),
    }
)
_PAUSED: Final = Vocabulary(
    {
        DeclineClass.NEVER: gettext_noop(
            "Paused because the bank does not accept the payment method any more. It goes on with"
            " another one."
        ),
        DeclineClass.CUSTOMER: gettext_noop(
            "Paused because the bank wants the payment to be confirmed. It goes on after a payment,"
            " or with another payment method."
        ),
        DeclineClass.LATER: gettext_noop(
            "Paused because the payment method was declined several times. It goes on after a"
            " payment, or with another payment method."
        ),
    }
)
_WAITING: Final = Vocabulary(
    {
        DeclineClass.LATER: gettext_noop("The payment method was declined. It is tried again."),
        DeclineClass.FAULT: gettext_noop(
            "The payment service did not take the request. It is tried again."
        ),
    }
)


def standing_words(rule: RuleView) -> str:
    """Return how a rule stands, and why.

    Args:
        rule: as it stands.
    """
    if rule.hindrance == Hindrance.PAUSED:
        words = _PAUSED[rule.decline]
        is_said = rule.decline == DeclineClass.CUSTOMER
        return words if is_said else _with_reason(words, rule.code)
    if rule.hindrance == Hindrance.WAITING:
        return _with_reason(_WAITING[rule.decline], rule.code)
    if rule.waits_for_state:
        return StateMissing().message
    return _WORDS[rule.hindrance]


def _with_reason(words: str, code: str) -> str:
    why = failure_words(code)
    return _("%(words)s Reason: %(why)s") % {"words": words, "why": why} if why else words
