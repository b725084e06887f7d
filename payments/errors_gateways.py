"""What a gateway's answer comes to, as services, pages and commands know it; `services/asking.py` alone makes it."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from payments.errors import PaymentsError


class GatewayRefused(PaymentsError):
    """The gateway said no.

    Attributes:
        decline_code: the bank's reason when a method was declined, or "".
        object_id: the gateway's object that the refusal left behind, or "".
        sentence: the gateway's own, or its code where it says nothing, for staff.
        words: the code and the sentence.
        is_key: it does not take the connection's key any more, which is written down already.
        is_missing: it does not know the object it was asked about.
    """

    code = "gateway_refused"
    message = gettext_noop("The gateway refuses this.")
    decline_code = ""
    object_id = ""
    sentence = ""
    words = ""
    is_key = False
    is_missing = False


class GatewayDown(PaymentsError):
    """The gateway gave no answer that can be trusted.

    Attributes:
        reason: a stable word, as `GatewayUnavailable` has it.
        words: the same with a sentence, for staff.
        is_silent: it was not reached, or failed: what else is due there is not asked at once.
        is_unsearchable: its lists prove nothing; only the same key, while it holds, tells what became of a call.
    """

    code = "gateway_unavailable"
    message = gettext_noop("The gateway does not answer. Please try again in a few minutes.")
    http_status = 503
    reason = ""
    words = ""
    is_silent = False
    is_unsearchable = False
