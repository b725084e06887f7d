"""What payments refuse about charges whose gateway says nothing, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from payments.errors import PaymentsError


class ChargeAnswered(PaymentsError):
    """The gateway has said what became of the charge, or nobody waits for it."""

    code = "charge_answered"
    message = gettext_noop("The gateway has answered by now. Look again.")
    http_status = 409


class ChargeMayArrive(PaymentsError):
    """The charge was asked for a short time ago, so that its answer may still come."""

    code = "charge_may_arrive"
    message = gettext_noop(
        "Its answer may still come: it is asked for again by itself. It can be given up five hours after it was asked"
        " for."
    )
    http_status = 409
