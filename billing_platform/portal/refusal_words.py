"""Why an event was not taken, in plain words, and what can be done about it; for the pages of events."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from billing_platform.portal.words import Vocabulary
from usage.enums import Outcome, Via
from usage.intake.verdicts import Reason

REFUSAL_REASONS: Final = Vocabulary(
    {
        Reason.INVALID_EVENT.value: gettext_noop("It is no event: JSON of another form, or none."),
        Reason.INVALID_SPECVERSION.value: gettext_noop("Its specversion is not 1.0."),
        Reason.INVALID_ID.value: gettext_noop("Its id is missing or no plain text."),
        Reason.INVALID_SOURCE.value: gettext_noop("Its source is missing or no plain text."),
        Reason.INVALID_TYPE.value: gettext_noop("Its type is missing or no plain text."),
        Reason.INVALID_SUBJECT.value: gettext_noop("Its subject is no plain text."),
        Reason.INVALID_TENANT.value: gettext_noop("Its client id is missing or no plain text."),
        Reason.INVALID_TIME.value: gettext_noop("Its time is missing or no time with a zone."),
        Reason.INVALID_DATA.value: gettext_noop("Its data cannot be read."),
        Reason.INVALID_QUANTITY.value: gettext_noop("Its quantity is no number."),
        Reason.INVALID_ACTION.value: gettext_noop("Its action is not start, resize or stop."),
        Reason.TOO_MANY_DECIMALS.value: gettext_noop("Its quantity has more than 18 decimals."),
        Reason.TOO_LARGE.value: gettext_noop(
            "Its quantity has more than 18 digits before the point."
        ),
        Reason.TOO_LONG.value: gettext_noop("Its data or one of its texts is too long."),
        Reason.NEGATIVE.value: gettext_noop(
            "Its quantity is below zero, which its meter does not take."
        ),
        Reason.MISSING_VALUE.value: gettext_noop("What its meter counts is missing in it."),
        Reason.TOO_LATE.value: gettext_noop("It is older than late events may be."),
        Reason.FUTURE.value: gettext_noop("Its time lies in the future."),
        Reason.OTHER_CONTENT.value: gettext_noop("Its id stands for other content already."),
        Reason.OTHER_CURRENCY.value: gettext_noop("Its currency is not the client's."),
        Reason.UNKNOWN_DIRECTION.value: gettext_noop("No rule tells the direction of this call."),
    }
)
_ADVICE: Final = Vocabulary(
    {
        "": gettext_noop(
            "Have it mended where it comes from and sent again: its id is still free."
        ),
        Reason.TOO_LATE.value: gettext_noop(
            "Let later events in by the setting ingestion.late_days, then try again."
        ),
        Reason.FUTURE.value: gettext_noop(
            "Try again once its time has come, and check the clock of who sends it."
        ),
        Reason.OTHER_CONTENT.value: gettext_noop(
            "The first content counts and stays. Where the new one is right, have the difference sent under an id"
            " of its own, then dismiss this one."
        ),
        Reason.UNKNOWN_DIRECTION.value: gettext_noop(
            "Give the mapping of calls a rule for it, then import the file again: what was counted is not counted"
            " twice."
        ),
    }
)
VIAS: Final = Vocabulary({via.value: via.label for via in Via})
OUTCOMES: Final = Vocabulary({outcome.value: outcome.label for outcome in Outcome})


def refusal_words(reason: str) -> str:
    """Return why an event was refused, as a sentence.

    Args:
        reason: the stable word.
    """
    return REFUSAL_REASONS.get(reason, reason.replace("_", " "))


def advice(reason: str) -> str:
    """Return what can be done about a refused event.

    Args:
        reason: the stable word.
    """
    return _ADVICE.get(reason, _ADVICE[""])
