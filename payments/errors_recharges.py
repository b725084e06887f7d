"""What a customer may not do with auto-recharge; the words beside `payments.errors`."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import NotFoundError
from payments.errors import PaymentsError


class RechargeNotFound(NotFoundError):
    """The tenant has no such recharge, or no rule for the currency."""

    code = "recharge_not_found"
    message = gettext_noop("This auto-recharge does not exist.")


class RechargeTermsRefused(PaymentsError):
    """A rule that could never do what it says."""

    code = "recharge_terms_refused"
    message = gettext_noop("The balance to fill up to must be above the one that is too low.")


class CapTooLow(PaymentsError):
    """A cap below the smallest amount that the rule charges would stop it in silence."""

    code = "cap_too_low"
    message = gettext_noop("A limit must be at least the amount that is charged at a time.")
