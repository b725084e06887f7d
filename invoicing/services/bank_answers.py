"""One answer for many lines that may be second copies: each decided on by itself, with its own result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import provider_scope
from invoicing.services.bank_decisions import say_same, tell_apart
from payments.errors_bank import MatchReasonMissing
from payments.selectors.bank_lines import line_by_public_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.services.bank_lines import Decision

LINES_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one line.

    Attributes:
        state: of LineState where it stands now, "" when there is no such line.
        refused: why nothing was done, in words; "" when it was.
    """

    line: str
    state: str
    refused: str = ""


def answer_equal_lines(
    *, provider_id: int, lines: Sequence[str], are_same: bool, decision: Decision
) -> list[Answered]:
    """Say of many possible duplicates at once that they are the same payments, or that they are others.

    Each line is decided on in a transaction of its own; one that is refused holds back none.

    Args:
        provider_id: whose; no transaction is open.
        lines: public ids, LINES_MAX at most are looked at.
        are_same: the same as the equal lines of other files; else other payments, matched by what they say.
        decision: who decided, and why.

    Returns:
        What became of each, in the order of `lines`.

    Raises:
        MatchReasonMissing: no reason; nothing is decided.

    Idempotency: a question is answered once; whoever asks again is told so per line.
    """
    if not decision.reason.strip():
        raise MatchReasonMissing
    wanted = list(dict.fromkeys(lines))[:LINES_MAX]
    return [_answer(provider_id, each, decision, are_same=are_same) for each in wanted]


def _answer(provider_id: int, line: str, decision: Decision, *, are_same: bool) -> Answered:
    refused = ""
    try:
        answer = say_same if are_same else tell_apart
        answer(provider_id=provider_id, line=line, decision=decision)
    except DomainError as error:
        refused = error.message
    return Answered(line, _state(provider_id, line), refused)


def _state(provider_id: int, line: str) -> str:
    try:
        with provider_scope(provider_id):
            return line_by_public_id(provider_id, line).state
    except DomainError:
        return ""
