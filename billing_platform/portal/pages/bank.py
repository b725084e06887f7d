"""Lines of bank statements as a queue with counts, and one of them with what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.bank_equal import equal_line
from billing_platform.portal.pages.bank_requests import asked_match
from billing_platform.portal.pages.blocks import Choice
from invoicing.selectors.bank_orders import documents_of_references, suggestions_for
from payments.enums_bank import CreditEnd, LineReason, LineState
from payments.errors_bank import StatementNotFound
from payments.selectors.bank_lines import (
    count_equal_lines,
    count_lines,
    credits_of_lines,
    list_lines,
)
from payments.selectors.bank_returns import returnable_lines, returns_of_credits
from payments.selectors.bank_statements import statement_by_public_id
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from billing_platform.portal.pages.bank_equal import EqualLine
    from billing_platform.portal.pages.bank_filter import BankFilter
    from billing_platform.portal.pages.bank_requests import AskedMatch
    from invoicing.selectors.bank_orders import Suggestion
    from payments.selectors.bank_lines import BankLineView, CreditView
    from payments.selectors.bank_returns import Returnable, ReturnView
    from tenants.types import ProviderView, TenantView

_RETURNS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a list.

    Attributes:
        why: what is to be known, in words.
        client: whose money it became.
        is_suggested: an open order fits its payer and amount.
    """

    row: BankLineView
    pill: str
    why: str
    url: str
    client: TenantView | None = None
    is_suggested: bool = False


@dataclass(frozen=True, slots=True)
class BankPage:
    """A provider's bank lines.

    Attributes:
        equal: how many may be second copies, which somebody is to say; 0 for whoever may not.
        states: every state with how many lines that match stand there.
    """

    lines: Sequence[LineRow]
    wanted: BankFilter
    states: Sequence[Choice]
    path: str
    newest_url: str
    older_url: str
    csv_url: str
    may_post: bool
    equal: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A credit of a line, with whom it was for and who decided.

    Attributes:
        parts: what went back of it at a time, while that is not all of it at once.
    """

    credit: CreditView
    client: TenantView | None
    document_url: str
    end: str
    parts: Sequence[ReturnView]


@dataclass(frozen=True, slots=True)
class BankLinePage:
    """One line.

    Attributes:
        credits: all that became of it, the newest first.
        suggestions: with the client that each is of.
        returned: transfers whose money a return may have taken back, with the client whose it became.
        equal: the line of which this one may be, or was said to be or not to be, a second copy.
        may_answer: whether somebody is to say so; nothing else can be done before.
        asked: the match that waits for a second person; nothing else can be done before.
        may_decide: whether who looks may post money.
    """

    line: LineRow
    credits: Sequence[Ended]
    suggestions: Sequence[tuple[Suggestion, TenantView]]
    returned: Sequence[tuple[Returnable, TenantView | None]]
    equal: EqualLine | None
    may_answer: bool
    asked: AskedMatch | None
    may_decide: bool
    may_match: bool
    may_take_back: bool
    may_return: bool
    may_set_aside: bool
    may_take_up: bool


def bank_page(provider: ProviderView, wanted: BankFilter, *, may_post: bool) -> BankPage:
    """Return a provider's bank lines, newest first, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        wanted: which.
        may_post: whether who looks may import and decide.
    """
    path = reverse("provider-bank")
    query = wanted.wanted(statement_number(provider.id, wanted))
    rows = list_lines(provider.id, query, limit=wanted.size)
    older = wanted.query(before=rows[-1].id) if len(rows) == wanted.size else ""
    return BankPage(
        lines=line_rows(provider.id, rows),
        wanted=wanted,
        states=_states(wanted, count_lines(provider.id, query)),
        path=path,
        newest_url=path + wanted.query(before=0) if wanted.before else "",
        older_url=path + older if older else "",
        csv_url=reverse("provider-bank-csv") + wanted.query(before=0),
        may_post=may_post,
        equal=count_equal_lines(provider.id) if may_post else 0,
    )


def line_rows(provider_id: int, rows: Sequence[BankLineView]) -> list[LineRow]:
    """Return lines as lists show them, by six queries at most.

    Args:
        provider_id: whose; its scope is open.
        rows: the lines.
    """
    became = credits_of_lines(provider_id, [row.id for row in rows])
    clients = _clients(provider_id, became)
    suggested = suggestions_for(provider_id, rows)
    return [
        _line_row(
            row,
            became.get(row.id, ()),
            clients.get(row.id),
            is_suggested=bool(suggested.get(row.id)),
        )
        for row in rows
    ]


def bank_line_page(
    provider: ProviderView, row: BankLineView, *, may_post: bool, user_id: int
) -> BankLinePage:
    """Return one line with all that became of it and can be done, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        row: the line.
        may_post: whether who looks may decide.
        user_id: who looks.
    """
    became = credits_of_lines(provider.id, [row.id]).get(row.id, [])
    suggestions = suggestions_for(provider.id, [row]).get(row.id, [])
    is_out = row.amount.amount_minor < 0
    is_asked = row.state == LineState.OPEN and row.reason == LineReason.DUPLICATE
    asked = asked_match(provider.id, row.id, row.public_id, user_id=user_id)
    may_post_now = may_post and not is_asked and asked is None
    may_return = may_post_now and is_out and row.state in (LineState.OPEN, LineState.OUTGOING)
    candidates = returnable_lines(provider.id, row)[:_RETURNS_MAX] if may_return else []
    tenants = {each.tenant_id for each in became} | {each.tenant_id for each in suggestions}
    tenants |= {each.credit.tenant_id for each in candidates if each.credit}
    clients = tenants_by_id(provider.id, tenants)
    documents = documents_of_references(provider.id, {each.reference for each in became})
    live = [each for each in became if not each.end]
    newest = clients.get(became[-1].tenant_id) if became and not became[-1].end else None
    gone = returns_of_credits(provider.id, [each.id for each in became])
    is_open = row.state == LineState.OPEN
    return BankLinePage(
        line=_line_row(row, became, newest, is_suggested=bool(suggestions)),
        credits=[
            Ended(
                each,
                clients.get(each.tenant_id),
                _document_url(documents.get(each.reference, "")),
                str(_end_words(each)),
                [part for part in gone.get(each.id, ()) if part.amount != each.amount],
            )
            for each in reversed(became)
        ],
        suggestions=[(each, clients[each.tenant_id]) for each in suggestions],
        returned=[
            (each, clients.get(each.credit.tenant_id) if each.credit else None)
            for each in candidates
        ],
        equal=equal_line(provider.id, row),
        may_answer=may_post and is_asked,
        asked=asked,
        may_decide=may_post,
        may_match=may_post_now and is_open and not is_out,
        may_take_back=may_post
        and row.state == LineState.MATCHED
        and any(each.id not in gone for each in live),
        may_return=may_return,
        may_set_aside=may_post_now and is_open,
        may_take_up=may_post
        and row.state == LineState.ASIDE
        and row.reason != LineReason.WENT_BACK,
    )


def statement_number(provider_id: int, wanted: BankFilter) -> int | None:
    """Return the number of the statement that is asked for; 0, which no row has, when there is none."""
    if not wanted.statement:
        return None
    try:
        return statement_by_public_id(provider_id, wanted.statement).id
    except StatementNotFound:
        return 0


def clients_of_lines(provider_id: int, rows: Sequence[BankLineView]) -> dict[int, TenantView]:
    """Return whose money lines are, by line, by two queries; the provider's scope is open."""
    return _clients(provider_id, credits_of_lines(provider_id, [row.id for row in rows]))


def _clients(provider_id: int, became: Mapping[int, Sequence[CreditView]]) -> dict[int, TenantView]:
    newest = {line: each[-1].tenant_id for line, each in became.items() if each[-1].end == ""}
    known = tenants_by_id(provider_id, set(newest.values()))
    return {line: known[tenant] for line, tenant in newest.items() if tenant in known}


def _line_row(
    row: BankLineView,
    became: Sequence[CreditView],
    client: TenantView | None,
    *,
    is_suggested: bool,
) -> LineRow:
    return LineRow(
        row=row,
        pill=f"line_{row.state}",
        why=_why(row, became),
        url=reverse("provider-bank-line", args=[row.public_id]),
        client=client,
        is_suggested=is_suggested,
    )


def _why(row: BankLineView, became: Sequence[CreditView]) -> str:
    """Return what is to be known: why it waits, or that the money of a matched line is not there any more."""
    if row.reason:
        return str(LineReason(row.reason).label)
    is_back = bool(became) and became[-1].end == CreditEnd.RETURNED
    return str(CreditEnd.RETURNED.label) if is_back else ""


def _states(wanted: BankFilter, counts: dict[str, int]) -> list[Choice]:
    whole = sum(counts.values())
    found = [Choice("", f"{_('All')} ({whole})", is_chosen=not wanted.state)]
    for value, label in LineState.choices:
        words = f"{label} ({counts.get(value, 0)})"
        found.append(Choice(value, words, is_chosen=value == wanted.state))
    return found


def _document_url(public_id: str) -> str:
    return reverse("provider-document", args=[public_id]) if public_id else ""


def _end_words(credit: CreditView) -> str:
    words = {"unmatched": _("Match taken back"), "returned": _("Returned by the bank")}
    return words.get(credit.end, "")
