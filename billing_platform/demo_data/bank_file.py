"""The demo's bank: it writes a statement as CAMT.053 (version 08), with accounts that nobody can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from stdnum.iso7064 import mod_97_10

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from billing_platform.kernel.money import Money

_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """One booking; the fields as of the statement that says it."""

    amount: Money
    bank_ref: str
    name: str
    iban: str
    reference: str = ""
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class FileOfBank:
    """A statement; `opening` is what the account held before, None where the bank does not say."""

    iban: str
    number: str
    day: date
    opening: Money | None
    lines: Sequence[FileLine]


def invented_iban(country: str, number: int) -> str:
    """Return an IBAN with right check digits of a bank that does not exist.

    Args:
        country: GB, with a bank named DEMO; else Germany, where no bank code is all noughts.
        number: up to eight digits.
    """
    inner = f"DEMO000000{number:08d}" if country == "GB" else f"{number:018d}"
    return f"{country}{mod_97_10.calc_check_digits(inner + country)}{inner}"


def write_camt(file: FileOfBank) -> bytes:
    """Return a statement as the bank sends it; the same each time."""
    root = Element("Document", {"xmlns": _NAMESPACE})
    body = SubElement(root, "BkToCstmrStmt")
    head = SubElement(body, "GrpHdr")
    _text(head, "MsgId", file.number)
    statement = SubElement(body, "Stmt")
    _text(statement, "Id", file.number)
    account = SubElement(statement, "Acct")
    _text(SubElement(account, "Id"), "IBAN", file.iban)
    _text(account, "Ccy", file.lines[0].amount.currency)
    if file.opening is not None:
        _balances(statement, file, file.opening)
    for line in file.lines:
        _entry(SubElement(statement, "Ntry"), line, file.day)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _balances(statement: Element, file: FileOfBank, opening: Money) -> None:
    closing = opening
    for line in file.lines:
        closing += line.amount
    for code, amount in (("OPBD", opening), ("CLBD", closing)):
        balance = SubElement(statement, "Bal")
        _text(SubElement(SubElement(balance, "Tp"), "CdOrPrtry"), "Cd", code)
        _amount(balance, amount)
        _day(balance, "Dt", file.day)


def _entry(entry: Element, line: FileLine, day: date) -> None:
    _amount(entry, line.amount)
    if line.reason:
        _text(entry, "RvslInd", "true")
    _text(SubElement(entry, "Sts"), "Cd", "BOOK")
    _day(entry, "BookgDt", day)
    _day(entry, "ValDt", day)
    _text(entry, "AcctSvcrRef", line.bank_ref)
    detail = SubElement(SubElement(entry, "NtryDtls"), "TxDtls")
    _text(SubElement(detail, "Refs"), "EndToEndId", "NOTPROVIDED")
    _amount(detail, line.amount)
    # Of a return the payer is still who had sent the money.
    other = "Dbtr" if line.amount.amount_minor > 0 or line.reason else "Cdtr"
    parties = SubElement(detail, "RltdPties")
    _text(SubElement(SubElement(parties, other), "Pty"), "Nm", line.name)
    _text(SubElement(SubElement(parties, f"{other}Acct"), "Id"), "IBAN", line.iban)
    said = SubElement(detail, "RmtInf")
    if line.text:
        _text(said, "Ustrd", line.text)
    if line.reference:
        _text(SubElement(SubElement(said, "Strd"), "CdtrRefInf"), "Ref", line.reference)
    if line.reason:
        _text(SubElement(SubElement(detail, "RtrInf"), "Rsn"), "Cd", line.reason)


def _amount(parent: Element, amount: Money) -> None:
    node = SubElement(parent, "Amt", {"Ccy": amount.currency})
    node.text = f"{abs(amount.to_major()):f}"
    _text(parent, "CdtDbtInd", "CRDT" if amount.amount_minor >= 0 else "DBIT")


def _day(parent: Element, name: str, day: date) -> None:
    _text(SubElement(parent, name), "Dt", day.isoformat())


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
