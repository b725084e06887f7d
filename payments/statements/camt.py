"""Read CAMT.053, versions 02 to 08 and later: by local names, since the versions differ in how deep things lie.

Source: ISO 20022 BankToCustomerStatement; for RvslInd: a debit that is a reversal takes an earlier credit back.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from payments.statements.errors import StatementUnreadable
from payments.statements.values import (
    Statement,
    StatementLine,
    clean_name,
    clean_text,
    clean_word,
    compact,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_AMOUNT: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,5})?")
_OPENING: Final = ("OPBD", "PRCD")
_CLOSING: Final = ("CLBD",)
_BETWEEN: Final = "ITBD"
_BOOKED: Final = "BOOK"
_YES: Final = ("true", "1")


def read_camt(data: bytes) -> list[Statement]:
    """Return the statements of a file.

    Args:
        data: the file.

    Raises:
        StatementUnreadable: no CAMT.053, broken XML, entities, or an amount or day that is none.
    """
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise StatementUnreadable(message=_("This file is no XML that can be read.")) from error
    found = [_statement(node) for node in _all(root, "BkToCstmrStmt", "Stmt")]
    if not found:
        raise StatementUnreadable(message=_("This file holds no CAMT.053 statement."))
    return found


def _statement(node: Element) -> Statement:
    account = _text(node, "Acct", "Id", "IBAN") or _text(node, "Acct", "Id", "Othr", "Id")
    number = clean_word(_text(node, "Id"))
    lines: list[StatementLine] = []
    unbooked = 0
    for entry in _all(node, "Ntry"):
        if (_text(entry, "Sts", "Cd") or _text(entry, "Sts")) == _BOOKED:
            lines += _entry(entry)
        else:
            unbooked += 1
    return Statement(
        account=compact(account),
        number=number,
        opening=_balance(node, _OPENING, last=False),
        closing=_balance(node, _CLOSING, last=True),
        lines=tuple(lines),
        unbooked=unbooked,
    )


def _balance(node: Element, codes: tuple[str, ...], *, last: bool) -> Money | None:
    """Return the balance of a kind; on the pages of a long statement it is the first or last one in between."""
    named = [(_text(each, "Tp", "CdOrPrtry", "Cd"), each) for each in _all(node, "Bal")]
    found = [each for code, each in named if code in codes]
    found = found or [each for code, each in named if code == _BETWEEN]
    return _amount(found[-1 if last else 0]) if found else None


def _entry(entry: Element) -> Iterator[StatementLine]:
    """Yield a booking; one that holds several payments as these, when they add up to it."""
    whole = _amount(entry)
    details = list(_all(entry, "NtryDtls", "TxDtls"))
    parts = [_part_amount(each, entry) for each in details]
    known = [part for part in parts if part is not None and part.currency == whole.currency]
    adds_up = (
        len(known) == len(details) and sum(one.amount_minor for one in known) == whole.amount_minor
    )
    if len(details) > 1 and adds_up:
        for detail, part in zip(details, known, strict=True):
            yield _line(entry, detail, part)
        return
    is_batch = len(details) > 1 or (_text(entry, "NtryDtls", "Btch", "NbOfTxs") or "1") != "1"
    yield _line(entry, details[0] if len(details) == 1 else None, whole, is_batch=is_batch)


def _line(
    entry: Element, detail: Element | None, amount: Money, *, is_batch: bool = False
) -> StatementLine:
    source = entry if detail is None else detail
    is_in = amount.amount_minor > 0
    words = [each.text or "" for each in _all(source, "RmtInf", "Ustrd")]
    extra = [_text(source, "AddtlTxInf"), _text(entry, "AddtlNtryInf")]
    text = words or [each for each in extra if each][:1]
    references = [
        clean_word(each.text) for each in _all(source, "RmtInf", "Strd", "CdtrRefInf", "Ref")
    ]
    side = ("Dbtr", "Cdtr") if is_in or _is_return(entry, source) else ("Cdtr", "Dbtr")
    booked = _day(entry, "BookgDt") or _day(entry, "ValDt")
    if booked is None:
        raise StatementUnreadable(message=_("A booking has no day."))
    return StatementLine(
        booked_on=booked,
        valued_on=_day(entry, "ValDt"),
        amount=amount,
        bank_ref=clean_word(_text(source, "Refs", "AcctSvcrRef") or _text(entry, "AcctSvcrRef")),
        reference=" ".join(compact(each) for each in references if each)[:200],
        end_to_end=clean_word(_text(source, "Refs", "EndToEndId")),
        text=clean_text(" ".join(text)),
        party_name=_party(source, side),
        party_iban=_iban(source, side),
        is_return=_is_return(entry, source),
        return_reason=_reason(source),
        is_batch=is_batch,
    )


def _is_return(entry: Element, source: Element) -> bool:
    said = _text(entry, "RvslInd").strip().lower() in _YES
    return said or next(_all(source, "RtrInf"), None) is not None


def _reason(source: Element) -> str:
    code = _text(source, "RtrInf", "Rsn", "Cd") or _text(source, "RtrInf", "Rsn", "Prtry")
    return clean_text(f"{code} {_text(source, 'RtrInf', 'AddtlInf')}", 140)


def _party(source: Element, side: tuple[str, str]) -> str:
    for who in side:
        name = _text(source, "RltdPties", who, "Pty", "Nm") or _text(source, "RltdPties", who, "Nm")
        if name:
            return clean_name(name)
    return ""


def _iban(source: Element, side: tuple[str, str]) -> str:
    found = (_text(source, "RltdPties", f"{who}Acct", "Id", "IBAN") for who in side)
    return compact(next((each for each in found if each), ""))[:34]


def _part_amount(detail: Element, entry: Element) -> Money | None:
    """Return what one payment of a batch comes to, in the account's own words about it."""
    own = next(_all(detail, "Amt"), None)
    node = own if own is not None else next(_all(detail, "AmtDtls", "TxAmt", "Amt"), None)
    if node is None:
        return None
    sign = _text(detail, "CdtDbtInd") or _text(entry, "CdtDbtInd")
    return _signed(node, sign)


def _amount(node: Element) -> Money:
    amount = next(_all(node, "Amt"), None)
    if amount is None:
        raise StatementUnreadable(message=_("A booking has no amount."))
    return _signed(amount, _text(node, "CdtDbtInd"))


def _signed(node: Element, sign: str) -> Money:
    text = (node.text or "").strip()
    if not _AMOUNT.fullmatch(text) or sign not in ("CRDT", "DBIT"):
        raise StatementUnreadable(
            message=_("“%s” is no amount of a booking.") % clean_text(text, 40)
        )
    try:
        money = Money.from_major(Decimal(text), node.get("Ccy", ""))
    except DomainError as error:
        raise StatementUnreadable(message=error.message) from error
    return money if sign == "CRDT" else -money


def _day(entry: Element, name: str) -> date | None:
    text = _text(entry, name, "Dt") or _text(entry, name, "DtTm")
    if not text:
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise StatementUnreadable(
            message=_("“%s” is no day of a booking.") % clean_text(text, 40)
        ) from error


def _all(node: Element, *path: str) -> Iterator[Element]:
    """Yield what lies at a path of local names."""
    for child in node:
        # The tag of a comment is a function.
        if str(child.tag).rpartition("}")[2] == path[0]:
            if len(path) == 1:
                yield child
            else:
                yield from _all(child, *path[1:])


def _text(node: Element, *path: str) -> str:
    """Return the text of the first that lies at a path, or ""."""
    found = next(_all(node, *path), None)
    return (found.text or "").strip() if found is not None else ""
