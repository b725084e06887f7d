"""Matches of bank lines that wait for a second person: on the line's page, and among all that is to be approved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from payments.selectors.bank_requests import waiting_match, waiting_matches
from tenants.selectors.changes import emails_of
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.selectors.bank_requests import MatchRequestView
    from tenants.types import TenantView


@dataclass(frozen=True, slots=True)
class AskedMatch:
    """A match that waits.

    Attributes:
        url: of the line's page, where it is decided.
        is_own: the person who looks asked for it, and cannot approve it.
    """

    row: MatchRequestView
    client: TenantView | None
    asked_by: str
    url: str
    is_own: bool


def asked_match(provider_id: int, line_id: int, line: str, *, user_id: int) -> AskedMatch | None:
    """Return the match of a line that waits, by three queries; None when there is none.

    Args:
        provider_id: whose; its scope is open.
        line_id: the line's number.
        line: its public id.
        user_id: who looks.
    """
    found = waiting_match(provider_id, line_id)
    return _asked(provider_id, [(line, found)], user_id)[0] if found else None


def asked_matches(provider_id: int, *, user_id: int, limit: int) -> list[AskedMatch]:
    """Return all matches that wait, newest first, by four queries.

    Args:
        provider_id: whose; its scope is open.
        user_id: who looks.
        limit: at most so many.
    """
    return _asked(provider_id, waiting_matches(provider_id, limit=limit), user_id)


def _asked(
    provider_id: int, found: Sequence[tuple[str, MatchRequestView]], user_id: int
) -> list[AskedMatch]:
    clients = tenants_by_id(provider_id, {row.tenant_id for _line, row in found})
    emails = emails_of({row.requested_by for _line, row in found})
    return [
        AskedMatch(
            row=row,
            client=clients.get(row.tenant_id),
            asked_by=emails.get(row.requested_by, ""),
            url=reverse("provider-bank-line", args=[line]),
            is_own=row.requested_by == user_id,
        )
        for line, row in found
    ]
