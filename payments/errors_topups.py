"""What top-ups refuse, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import NotFoundError
from payments.errors import PaymentsError


class TopupNotFound(NotFoundError):
    """The provider has no such top-up, or the tenant has not."""

    code = "topup_not_found"
    message = gettext_noop("This top-up does not exist.")


class TopupBlocked(PaymentsError):
    """This tenant may not make this top-up; code and message say why."""

    code = "topup_blocked"
    message = gettext_noop("This top-up is not possible.")


class TopupLimitsRefused(PaymentsError):
    """Limits between which no amount lies."""

    code = "topup_limits_refused"
    message = gettext_noop("No amount would lie between these limits and those of your provider.")


class QuoteChanged(PaymentsError):
    """What is to be paid is another amount by now than the person agreed to."""

    code = "quote_changed"
    message = gettext_noop("The total has changed in the meantime. Please look at it again.")
    http_status = 409
