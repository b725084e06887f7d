"""The writer of single postings: post and reverse. Every movement of value but the bulk run goes through it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.enums import BULK_KINDS, AccountKind, PostingKind
from accounts.errors import (
    AlreadyReversed,
    BalanceOutOfRange,
    IdempotencyConflict,
    InsufficientFunds,
    InvalidKey,
    InvalidPostingAmount,
    PostingNotFound,
    UnbalancedPosting,
    WalletNotFound,
)
from accounts.events import CreditPosted
from accounts.services.effects import StateOutcome, follow_up
from accounts.services.posting_sql import (
    ADD_GRANT,
    FIND,
    KEEP_REASON,
    OPEN_ACCOUNTS,
    ORIGINAL,
    POST,
    REVERSED,
)
from accounts.types import GrantTerms, Line, PostingRequest, PostingResult
from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import execute, fetch_dicts, fetch_one

if TYPE_CHECKING:
    from datetime import datetime

# Far beyond any payment and far from the end of a bigint, so that no sum of a tenant's postings overflows.
AMOUNT_MINOR_LIMIT: Final = 10**15
KEY_LENGTH: Final = 200


def post(*, provider_id: int, request: PostingRequest, now: datetime) -> PostingResult:
    """Make one posting: its entries, the balances they change, and what follows, or return the one made before.

    Args:
        provider_id: whose books; its scope is open (not one of its tenants').
        request: what to post.
        now: the moment of posting.

    Returns:
        The posting; `created` is False when the key stood already.

    Raises:
        UnbalancedPosting: the lines do not sum to zero, name an account twice, or there are none.
        InvalidPostingAmount: an amount is 0 or out of range, or the grant is more than the credit.
        InvalidKey: the key is empty or too long.
        IdempotencyConflict: the key stands for another posting.
        InsufficientFunds: a debited wallet would have less than `floor` available.
        WalletNotFound: a line names a wallet that does not exist.
        BalanceOutOfRange: a balance would leave what the ledger can hold; the transaction must be rolled back.
        TransactionRequiredError: no transaction is open.

    Idempotency: by `request.key` per provider. A repeated call never fails for lack of what the first one took.
    """
    require_atomic()
    _check(request)
    return _post(provider_id, request, now=now, reverses_id=None)


def reverse(
    *, provider_id: int, posting_id: int, key: str, now: datetime, reason: str = ""
) -> PostingResult:
    """Take a posting back by one with the opposite entries; the original stays as it is.

    Args:
        provider_id: whose books; its scope is open.
        posting_id: the posting to take back.
        key: unique per provider.
        now: the moment of the reversal.
        reason: a person's words, at most 500 characters.

    Returns:
        The reversing posting.

    Raises:
        PostingNotFound: the provider has no such posting.
        InvalidKey: the key is empty or too long.
        AlreadyReversed: it was reversed before under another key, is a reversal, or is a bulk posting (which late
            usage corrects); the transaction must be rolled back.
        IdempotencyConflict: the key stands for something else.
        TransactionRequiredError: no transaction is open.

    Idempotency: by `key`, and once per original.
    """
    require_atomic()
    rows = fetch_dicts(ORIGINAL, [provider_id, posting_id])
    if not rows:
        raise PostingNotFound
    if rows[0]["kind"] in (PostingKind.REVERSAL, *BULK_KINDS):
        raise AlreadyReversed(message=_("This kind of posting cannot be reversed."))
    earlier = fetch_one(REVERSED, [provider_id, posting_id])
    if earlier is not None and earlier[0] != key:
        raise AlreadyReversed
    if not 0 < len(key) <= KEY_LENGTH:
        raise InvalidKey
    request = PostingRequest(
        kind=PostingKind.REVERSAL,
        currency=rows[0]["currency"],
        lines=tuple(
            Line(
                kind=row["account_kind"],
                amount_minor=-row["amount_minor"],
                tenant_id=row["tenant_id"],
                period_id=row["period_id"],
            )
            for row in rows
        ),
        key=key,
        source_type="posting",
        source_id=str(posting_id),
        reason=reason,
        # A grant's own reversal names it; what else goes back is paid credit.
        spares_bonus=True,
    )
    return _post(provider_id, request, now=now, reverses_id=posting_id)


def _check(request: PostingRequest) -> None:
    accounts = {(line.tenant_id, line.kind) for line in request.lines}
    if not accounts or len(accounts) < len(request.lines):
        raise UnbalancedPosting
    if any(not 0 < abs(line.amount_minor) <= AMOUNT_MINOR_LIMIT for line in request.lines):
        raise InvalidPostingAmount
    if sum(line.amount_minor for line in request.lines):
        raise UnbalancedPosting
    if request.kind in BULK_KINDS or request.kind == PostingKind.REVERSAL:
        raise UnbalancedPosting(message=_("This kind of posting is made by its own service."))
    if not 0 < len(request.key) <= KEY_LENGTH:
        raise InvalidKey
    if request.grant is not None:
        _check_grant(request, request.grant)


def _check_grant(request: PostingRequest, grant: GrantTerms) -> None:
    credited = [line.amount_minor for line in request.lines if line.kind == AccountKind.WALLET]
    if len(credited) != 1 or not 0 < grant.amount_minor <= credited[0]:
        raise InvalidPostingAmount


def _post(
    provider_id: int, request: PostingRequest, *, now: datetime, reverses_id: int | None
) -> PostingResult:
    params = _params(provider_id, request, now, reverses_id)
    found = _found(provider_id, params) if request.reason else None
    if found is not None:
        return found
    if request.reason:
        row = fetch_one(KEEP_REASON, [provider_id, params["tenant"], request.reason[:500]])
        params["reason_id"] = row[0] if row else None
    outcome = _write(params)
    if not outcome["known"]:
        execute(OPEN_ACCOUNTS, params)
        outcome = _write(params)
    if outcome["posting_id"] is None:
        return _explain(provider_id, params, outcome)
    if request.grant is not None:
        _add_grant(provider_id, request.grant, outcome, now)
    flips = follow_up(
        provider_id=provider_id,
        outcome=StateOutcome.of(outcome),
        posting_ids=(outcome["posting_id"],),
        now=now,
        reverses_id=reverses_id,
        draws_on=request.draws_on,
        spares_bonus=request.spares_bonus,
    )
    balances = {int(account): balance for account, balance in outcome["balances"].items()}
    result = PostingResult(
        posting_id=outcome["posting_id"], created=True, balances=balances, flips=flips
    )
    _announce(provider_id, request, result, outcome["wallets"])
    return result


def _write(params: dict[str, Any]) -> dict[str, Any]:
    try:
        (outcome,) = fetch_dicts(POST, params)
    except IntegrityError as error:
        if "_range" in str(error):  # accounts_wallet_range, accounts_tenant_balance_range
            raise BalanceOutOfRange from error
        if "accounts_posting_reversed_once" in str(error):  # by another session, a moment ago
            raise AlreadyReversed from error
        raise
    return outcome


def _add_grant(provider_id: int, grant: GrantTerms, outcome: dict[str, Any], now: datetime) -> None:
    (wallet_id,) = outcome["wallets"].values()
    params = {
        "provider": provider_id,
        "wallet": wallet_id,
        "posting": outcome["posting_id"],
        "amount": grant.amount_minor,
        "priority": grant.priority,
        "expires_at": grant.expires_at,
        "is_paid": grant.is_paid,
        "now": now,
    }
    execute(ADD_GRANT, params)


def _params(
    provider_id: int, request: PostingRequest, now: datetime, reverses_id: int | None
) -> dict[str, Any]:
    tenants = {line.tenant_id for line in request.lines} - {0}
    return {
        "dues_provider": provider_id,
        "dues_now": now,
        "tenant": tenants.pop() if len(tenants) == 1 else 0,
        "kind": str(request.kind),
        "currency": request.currency,
        "key": request.key,
        "effective_at": request.effective_at or now,
        "payload_hash": _payload_hash(request, reverses_id),
        "source_type": request.source_type,
        "source_id": request.source_id,
        "reverses_id": reverses_id,
        "reason_id": None,
        "floor": request.floor,
        "lines": len(request.lines),
        "tenants": [line.tenant_id for line in request.lines],
        "kinds": [str(line.kind) for line in request.lines],
        "amounts": [line.amount_minor for line in request.lines],
        "periods": [line.period_id for line in request.lines],
    }


def _payload_hash(request: PostingRequest, reverses_id: int | None) -> bytes:
    # The moment of the call and the words of the reason may differ between a call and its repetition.
    payload = [
        str(request.kind),
        request.currency,
        [
            [line.tenant_id, str(line.kind), line.amount_minor, line.period_id]
            for line in request.lines
        ],
        request.effective_at.isoformat() if request.effective_at else None,
        request.source_type,
        request.source_id,
        reverses_id,
    ]
    return hashlib.sha256(json.dumps(payload).encode()).digest()


def _found(provider_id: int, params: dict[str, Any]) -> PostingResult | None:
    row = fetch_one(FIND, [provider_id, params["key"]])
    if row is None:
        return None
    if bytes(row[1]) != params["payload_hash"]:
        raise IdempotencyConflict
    return PostingResult(posting_id=row[0], created=False)


def _explain(provider_id: int, params: dict[str, Any], outcome: dict[str, Any]) -> PostingResult:
    found = _found(provider_id, params)
    if found is not None:
        return found
    if not outcome["known"]:
        raise WalletNotFound
    raise InsufficientFunds


def _announce(
    provider_id: int, request: PostingRequest, result: PostingResult, wallets: dict[str, int]
) -> None:
    for line in request.lines:
        if line.kind == AccountKind.WALLET and line.amount_minor > 0:
            dispatcher.send(
                CreditPosted(
                    provider_id=provider_id,
                    tenant_id=line.tenant_id,
                    posting_id=result.posting_id,
                    wallet_id=wallets[str(line.tenant_id)],
                    kind=str(request.kind),
                    currency=request.currency,
                    amount_minor=line.amount_minor,
                    source_type=request.source_type,
                    source_id=request.source_id,
                )
            )
