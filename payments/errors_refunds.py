"""What payments refuse about refunds whose gateway says nothing, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from payments.errors import PaymentsError


class RefundAnswered(PaymentsError):
    """The gateway has said what became of the refund, or nobody waits for it."""

    code = "refund_answered"
    message = gettext_noop("The gateway has answered by now. Look again.")
    http_status = 409


class RefundMayArrive(PaymentsError):
    """The refund was asked for a short time ago, so that its answer may still come."""

    code = "refund_may_arrive"
    message = gettext_noop(
        "Its answer may still come: it is asked for again by itself. It can be given up five hours after it was asked"
        " for."
    )
    http_status = 409
