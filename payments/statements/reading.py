"""Read a statement in any format, and refuse one whose figures do not hold. Called by the import and by previews."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.money import Money
from payments.enums_bank import StatementFormat
from payments.statements.bank_csv import read_bank_csv
from payments.statements.camt import read_camt
from payments.statements.errors import BalancesDiffer, StatementTooLarge, StatementUnreadable
from payments.statements.mt940 import read_mt940
from payments.statements.values import BYTES_MAX, LINES_MAX, compact

if TYPE_CHECKING:
    from payments.statements.csv_profile import CsvProfile
    from payments.statements.values import Statement, StatementLine

_IBAN_OF_GERMANY: Final = 22


def read_statements(
    data: bytes, statement_format: str, *, profile: CsvProfile | None, account: str
) -> list[Statement]:
    """Return the statements of a file, each of which adds up.

    Args:
        data: the file.
        statement_format: of StatementFormat.
        profile: how the bank writes CSV; needed for CSV only.
        account: whose a CSV is where no column says so.

    Raises:
        StatementTooLarge: more bytes or lines than a statement has.
        StatementUnreadable: not of this format, broken, or without a profile.
        BalancesDiffer: the lines do not lead from the opening to the closing balance.
    """
    if len(data) > BYTES_MAX:
        raise StatementTooLarge
    if statement_format == StatementFormat.CAMT053:
        found = read_camt(data)
    elif statement_format == StatementFormat.MT940:
        found = read_mt940(data)
    elif profile is None:
        raise StatementUnreadable(message=_("Say first how your bank writes its CSV."))
    else:
        found = read_bank_csv(data, profile, account)
    if sum(len(one.lines) for one in found) > LINES_MAX:
        raise StatementTooLarge
    for one in found:
        _check_balances(one)
    return found


def is_account(written: str, iban: str) -> bool:
    """Return whether a statement's account is one with an IBAN; old German banks write bank code and number."""
    bank, slash, number = written.partition("/")
    if not slash:
        # Some banks write the currency behind the IBAN.
        return bool(iban) and compact(written) in (iban, *(f"{iban}{code}" for code in ("EUR",)))
    digits = "".join(sign for sign in number if sign.isdigit())
    is_german = iban.startswith("DE") and len(iban) == _IBAN_OF_GERMANY
    return is_german and bank == iban[4:12] and digits.zfill(10) == iban[12:]


def line_digest(line: StatementLine) -> str:
    """Return by what a line is known again in another file.

    The bank's reference with day and amount, or all that the line says; equal payments of one day have the same.
    """
    told = (
        ("ref", line.bank_ref)
        if line.bank_ref
        else ("all", line.party_iban, line.reference, line.end_to_end, line.text)
    )
    parts = (*told, line.booked_on.isoformat(), str(line.amount))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _check_balances(one: Statement) -> None:
    if one.opening is None or one.closing is None:
        return
    same = [line.amount for line in one.lines if line.amount.currency == one.opening.currency]
    moved = Money(sum(each.amount_minor for each in same), one.opening.currency)
    if one.closing.currency != one.opening.currency or one.opening + moved != one.closing:
        raise BalancesDiffer(
            message=_(
                "Opening balance %(opening)s and lines of %(moved)s do not come to the closing balance %(closing)s."
            )
            % {"opening": one.opening, "moved": moved, "closing": one.closing}
        )
