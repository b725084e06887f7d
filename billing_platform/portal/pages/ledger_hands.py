"""Whose hands made a posting: shown to the provider's people beside each entry of a ledger, and to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from accounts.selectors.staff_postings import posters_of
from tenants.selectors.changes import emails_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.selectors.statements import StatementLine


@dataclass(frozen=True, slots=True)
class Hand:
    """Who posted and who approved, by their addresses; empty where no person did."""

    posted_by: str = ""
    approved_by: str = ""


NOBODY: Final = Hand()


def hands_of(provider_id: int, lines: Sequence[StatementLine]) -> dict[int, Hand]:
    """Return who made the postings of some entries, by posting, by two queries; what jobs posted is left out.

    Args:
        provider_id: whose; its scope is open.
        lines: entries of one account.
    """
    posters = posters_of(provider_id, [line.posting_id for line in lines])
    people = {poster.user_id for poster in posters} | {poster.approved_by for poster in posters}
    emails = emails_of(number for number in people if number)
    return {
        poster.posting_id: Hand(
            emails.get(poster.user_id or 0, ""), emails.get(poster.approved_by or 0, "")
        )
        for poster in posters
    }
