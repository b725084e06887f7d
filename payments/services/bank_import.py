"""Take in files of bank statements: read, checked against the provider's account, each line once. Called by invoicing.

A file is stored whole or not at all; what it says is matched afterwards, line by line.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.markers import marker
from payments.models import BankLine, BankStatement
from payments.selectors.bank_accounts import known_ibans, profile_of
from payments.services.bank_accounts import chosen_iban, locked_account
from payments.services.bank_repeats import (
    kept_lines,
    same_statements,
    twin_of,
    twins_of_other_formats,
)
from payments.services.transactions import own_transaction
from payments.statements.errors import ForeignAccount, StatementKnown, StatementUnreadable
from payments.statements.reading import is_account, line_digest, read_statements
from payments.statements.repeats import sort_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from payments.models import BankAccount
    from payments.statements.values import Statement, StatementLine

MARKERS: Final = ("statement.noted", "statement.stored")
_NAME_MAX: Final = 255
_NUMBERS_MAX: Final = 300
_BATCH: Final = 500
# So many of the provider's accounts are named to whoever sent another one's statement.
_NAMED_MAX: Final = 5


@dataclass(frozen=True, kw_only=True)
class StatementFile:
    """A file that somebody sent.

    Attributes:
        name: as the sender's machine called it; shown, never opened.
        format: of StatementFormat.
        account: the IBAN whose a CSV is where no column says so; "" for the account of the company's page.
    """

    name: str
    data: bytes
    format: str
    account: str = ""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What one account's part of a file brought.

    Attributes:
        lines: how many are stored, those that may be copies too; known: how many were there before;
            unbooked: how many the bank has not booked yet.
    """

    id: int
    public_id: str
    iban: str
    lines: int
    known: int
    unbooked: int


def import_statement(
    *, provider_id: int, file: StatementFile, user_id: int | None, now: datetime
) -> list[Imported]:
    """Store the lines of a file that are not there yet.

    Args:
        provider_id: whose; no transaction is open.
        file: what was sent.
        user_id: who sent it, None for a command.
        now: the present moment.

    Returns:
        Per account of the file what it brought.

    Raises:
        StatementUnreadable, StatementTooLarge, BalancesDiffer: as `read_statements`.
        ForeignAccount: the account is neither the company's, nor was it added, nor is it known by a statement.
        StatementKnown: the same file was imported before.

    Idempotency: by the file per account, and by what each line says; two at the same time follow each other.
    """
    grouped = read_file(provider_id=provider_id, file=file)
    with own_transaction(provider_id):
        done = _stored(provider_id, grouped, file, user_id, now)
        marker("statement.noted")
    marker("statement.stored")
    return done


def read_file(*, provider_id: int, file: StatementFile) -> dict[str, list[Statement]]:
    """Read a file, which may take a while, and sort its statements by the provider's account.

    Args:
        provider_id: whose; no transaction is open.
        file: what was sent.

    Raises:
        StatementUnreadable, StatementTooLarge, BalancesDiffer, ForeignAccount: as `import_statement`.
    """
    with own_transaction(provider_id):
        ibans = known_ibans(provider_id)
        account = chosen_iban(ibans, file.account)
        profile = profile_of(provider_id, account)
    found = read_statements(file.data, file.format, profile=profile, account=account)
    return _by_account(found, ibans)


def rehearse_import(
    *,
    provider_id: int,
    read: Mapping[str, Sequence[Statement]],
    file: StatementFile,
    now: datetime,
) -> list[Imported]:
    """Store a file as `import_statement` would, in a transaction that the caller takes back.

    Args:
        provider_id: whose; its scope is open in a transaction.
        read: of `read_file`.
        file: what was sent.
        now: the present moment.

    Returns:
        As `import_statement`.

    Raises:
        StatementKnown: as `import_statement`.
    """
    return _stored(provider_id, read, file, None, now)


def _stored(
    provider_id: int,
    grouped: Mapping[str, Sequence[Statement]],
    file: StatementFile,
    user_id: int | None,
    now: datetime,
) -> list[Imported]:
    return [
        _store(locked_account(provider_id, iban, now), parts, file, user_id, now)
        for iban, parts in sorted(grouped.items())
    ]


def _by_account(found: Sequence[Statement], ibans: Sequence[str]) -> dict[str, list[Statement]]:
    grouped: dict[str, list[Statement]] = {}
    for one in found:
        iban = next((each for each in ibans if is_account(one.account, each)), None)
        if iban is None:
            raise ForeignAccount(
                message=_("This statement is of the account %(found)s. Yours: %(own)s.")
                % {"found": one.account[:40] or "–", "own": ", ".join(ibans[:_NAMED_MAX])}
            )
        grouped.setdefault(iban, []).append(one)
    if not any(one.lines for one in found) and not any(one.closing for one in found):
        raise StatementUnreadable(message=_("This file holds no line."))
    return grouped


def _store(
    account: BankAccount,
    parts: Sequence[Statement],
    file: StatementFile,
    user_id: int | None,
    now: datetime,
) -> Imported:
    mine = {"provider_id": account.provider_id, "account_id": account.pk}
    digest = hashlib.sha256(file.data).hexdigest()
    if BankStatement.objects.filter(**mine, digest=digest).exists():
        raise StatementKnown
    lines = [line for part in parts for line in part.lines]
    digests = [line_digest(line) for line in lines]
    kept = kept_lines(account, Counter(digests))
    found = sort_out(lines, digests, same_statements(account, parts, kept), kept)
    twins = twins_of_other_formats(account, file.format, lines)
    row = _noted(account, parts, file, user_id, now)
    row.digest, row.known = digest, sum(each.is_known for each in found)
    row.lines = len(lines) - row.known
    row.save(force_insert=True)
    numbers = Counter({each: len(rows) for each, rows in kept.items()})
    fresh = []
    for place, (line, told, each) in enumerate(zip(lines, digests, found, strict=True), start=1):
        if not each.is_known:
            numbers[told] += 1
            key = f"{told}:{numbers[told]}"
            equal_to = each.equal_to or twin_of(line, twins)
            fresh.append(_row(row, place, key, line, now, equal_to=equal_to))
    BankLine.objects.bulk_create(fresh, batch_size=_BATCH)
    return Imported(
        id=row.pk,
        public_id=row.public_id,
        iban=account.iban,
        lines=row.lines,
        known=row.known,
        unbooked=row.unbooked,
    )


def _noted(
    account: BankAccount,
    parts: Sequence[Statement],
    file: StatementFile,
    user_id: int | None,
    now: datetime,
) -> BankStatement:
    days = sorted(line.booked_on for part in parts for line in part.lines)
    opening, closing = parts[0].opening, parts[-1].closing
    shown = "".join(sign if sign.isprintable() else "\ufffd" for sign in file.name)
    return BankStatement(
        provider_id=account.provider_id,
        account_id=account.pk,
        name=shown[-_NAME_MAX:],
        format=file.format,
        size=len(file.data),
        numbers=_numbers(parts),
        currency=opening.currency if opening else "",
        opening_minor=opening.amount_minor if opening else None,
        closing_minor=closing.amount_minor if closing else None,
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        unbooked=sum(part.unbooked for part in parts),
        imported_by=user_id,
        imported_at=now,
    )


def _numbers(parts: Sequence[Statement]) -> str:
    """Return as many numbers of statements as the row holds, each whole: a part of one may be another one's."""
    told = ""
    for part in parts:
        more = ", ".join(filter(None, (told, part.number)))
        if ", " not in part.number and len(more) <= _NUMBERS_MAX:
            told = more
    return told


def _row(
    statement: BankStatement,
    number: int,
    key: str,
    line: StatementLine,
    now: datetime,
    *,
    equal_to: int | None,
) -> BankLine:
    return BankLine(
        provider_id=statement.provider_id,
        account_id=statement.account_id,
        statement_id=statement.pk,
        number=number,
        key=key,
        booked_on=line.booked_on,
        valued_on=line.valued_on,
        amount_minor=line.amount.amount_minor,
        currency=line.amount.currency,
        bank_ref=line.bank_ref,
        reference=line.reference,
        end_to_end=line.end_to_end,
        text=line.text,
        party_name=line.party_name,
        party_iban=line.party_iban,
        is_return=line.is_return,
        return_reason=line.return_reason,
        is_batch=line.is_batch,
        equal_line_id=equal_to,
        state_at=now,
    )
