"""What would become of a row of a PBX's file, in sentences: this leg, this direction, this client, because …"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.portal.pages.phone_systems import rule_words
from billing_platform.portal.words import CALL_DIRECTIONS, LINE_KINDS
from tenants.enums import TenantStatus
from usage.intake.verdicts import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from usage.selectors.call_trial import CallTrial, Counted


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found out about a row.

    Attributes:
        verdict: in a sentence, what an import would make of it.
        is_counted: whether it would count at once.
        direction, client: what was found, each with its reason in a sentence.
    """

    verdict: str
    is_counted: bool
    at: datetime | None = None
    direction: str = ""
    direction_because: str = ""
    client: str = ""
    client_because: str = ""
    talk_seconds: Decimal | None = None
    counted: Sequence[Counted] = ()


def answer_of(trial: CallTrial) -> Answer:
    """Return what a trial found, in sentences.

    Args:
        trial: of one row.
    """
    if trial.reason is not None:
        return Answer(_refusal(trial.reason), is_counted=False)
    if trial.is_unanswered:
        words = _("This leg is no usage: its disposition is %s and not ANSWERED.")
        return Answer(words % (trial.disposition or _("empty")), is_counted=False)
    is_known = trial.tenant_status not in {"", TenantStatus.CLOSED}
    return Answer(
        verdict=_verdict(trial, is_known=is_known),
        is_counted=is_known and bool(trial.counted),
        at=trial.at,
        direction=CALL_DIRECTIONS[trial.direction],
        direction_because=_direction(trial),
        client=trial.tenant,
        client_because=_client(trial),
        talk_seconds=trial.talk_seconds,
        counted=trial.counted,
    )


def _verdict(trial: CallTrial, *, is_known: bool) -> str:
    if not trial.counted:
        return _("This call would wait: no meter counts it.")
    if trial.tenant_status == TenantStatus.CLOSED:
        return _("This call would wait: the client is closed.")
    if not is_known:
        return _("This call would wait: nobody has its line yet, or there is no such client.")
    return _("This call would be counted.")


def _direction(trial: CallTrial) -> str:
    if trial.rule is None:
        return _("because there are no rules, so the habit of contexts and numbers says it")
    words = _("because rule %(number)s is the first that it meets: %(rule)s")
    return words % {"number": trial.rule_number, "rule": rule_words(trial.rule)}


def _client(trial: CallTrial) -> str:
    line = trial.line
    if line is None:
        return _("because none of its numbers and trunks is anybody's")
    words = _("because of the %(kind)s %(value)s")
    return words % {"kind": LINE_KINDS[line.kind].lower(), "value": line.value}


def _refusal(reason: Reason) -> str:
    words = {
        Reason.INVALID_DATA: _("This row cannot be read: its columns are not those of a call."),
        Reason.INVALID_TIME: _("This row would be rejected: its time cannot be read."),
        Reason.INVALID_QUANTITY: _("This row would be rejected: its billsec cannot be read."),
        Reason.NEGATIVE: _("This row would be rejected: its billsec is below zero."),
        Reason.UNKNOWN_DIRECTION: _("This row would be rejected: it meets no rule of direction."),
        Reason.TOO_LATE: _("This row would be rejected: it is too old."),
    }
    unknown = _("This row would be rejected: %s.")
    return words.get(reason) or unknown % reason.value.replace("_", " ")
