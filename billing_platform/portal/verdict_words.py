"""What becomes of an event, and why, in words. Used wherever a page tells of single events."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from billing_platform.portal.words import Vocabulary
from usage.intake.verdicts import Reason, Verdict

VERDICTS: Final = Vocabulary(
    {
        Verdict.ACCEPTED.value: gettext_noop("Accepted"),
        Verdict.DUPLICATE.value: gettext_noop("Duplicate"),
        Verdict.CONFLICT.value: gettext_noop("Conflict"),
        Verdict.REJECTED.value: gettext_noop("Rejected"),
        Verdict.PARKED.value: gettext_noop("Parked"),
    }
)
VERDICT_MEANINGS: Final = Vocabulary(
    {
        Verdict.ACCEPTED.value: gettext_noop("It would be kept and counted."),
        Verdict.DUPLICATE.value: gettext_noop(
            "An event of this source and id, with the same content, was counted already."
        ),
        Verdict.CONFLICT.value: gettext_noop(
            "An event of this source and id came before with other content; it stays as it was."
        ),
        Verdict.REJECTED.value: gettext_noop("It would not be taken."),
        Verdict.PARKED.value: gettext_noop("It would wait, and count once its reason is gone."),
    }
)
REASONS: Final = Vocabulary(
    {
        Reason.INVALID_EVENT.value: gettext_noop("it is no JSON object"),
        Reason.INVALID_SPECVERSION.value: gettext_noop("specversion is not 1.0"),
        Reason.INVALID_ID.value: gettext_noop("id is missing or no text"),
        Reason.INVALID_SOURCE.value: gettext_noop("source is missing or no text"),
        Reason.INVALID_TYPE.value: gettext_noop("type is missing or no text"),
        Reason.INVALID_SUBJECT.value: gettext_noop("subject is no text"),
        Reason.INVALID_TENANT.value: gettext_noop("tenant is missing or no text"),
        Reason.INVALID_TIME.value: gettext_noop("time is missing, or has no zone"),
        Reason.INVALID_DATA.value: gettext_noop("data is no JSON object of plain text and numbers"),
        Reason.INVALID_QUANTITY.value: gettext_noop("the quantity is no number"),
        Reason.INVALID_ACTION.value: gettext_noop("action is not start, resize or stop"),
        Reason.TOO_MANY_DECIMALS.value: gettext_noop("the quantity has more than 18 decimals"),
        Reason.TOO_LARGE.value: gettext_noop("the quantity has more than 18 digits"),
        Reason.TOO_LONG.value: gettext_noop("a text or the data is too long"),
        Reason.NEGATIVE.value: gettext_noop(
            "the quantity is below zero, which the meter does not take"
        ),
        Reason.MISSING_VALUE.value: gettext_noop("what a meter counts is missing"),
        Reason.TOO_LATE.value: gettext_noop("it is older than the settings take events"),
        Reason.FUTURE.value: gettext_noop("its time lies in the future"),
        Reason.OTHER_CONTENT.value: gettext_noop("the same id has other content"),
        Reason.OTHER_CURRENCY.value: gettext_noop("its currency is another one"),
        Reason.UNKNOWN_TENANT.value: gettext_noop("no client has this id"),
        Reason.CLOSED_TENANT.value: gettext_noop("the client is closed"),
        Reason.UNKNOWN_METER.value: gettext_noop("no meter counts this"),
        Reason.UNKNOWN_DIRECTION.value: gettext_noop("the direction of the call is unknown"),
    }
)
