"""A bank of the tests: it writes what came in and went out as CAMT.053, MT940 and CSV."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from xml.sax.saxutils import escape

IBAN = "DE89370400440532013000"
PAYER = "DE02120300000000202051"
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."


@dataclass(frozen=True, kw_only=True)
class Moved:
    """One payment as the bank knows it; cents, + came in."""

    cents: int
    text: str = ""
    reference: str = ""
    end_to_end: str = "NOTPROVIDED"
    bank_ref: str = ""
    name: str = "Acme & Söhne <GmbH>"
    iban: str = PAYER
    is_reversal: bool = False
    reason: str = ""
    currency: str = "EUR"


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One booking of several payments; without details the bank says only how many there are."""

    parts: tuple[Moved, ...]
    bank_ref: str = ""
    has_details: bool = True


@dataclass
class Bank:
    """A statement under way."""

    version: str = "02"
    iban: str = IBAN
    day: str = "2026-11-20"
    opening: int = 100_000
    entries: list[Moved | Batch] = field(default_factory=list)
    pending: list[Moved] = field(default_factory=list)
    number: str = "2026-00231"

    def came(self, *entries: Moved | Batch) -> Bank:
        """Book payments."""
        self.entries += entries
        return self

    @property
    def parts(self) -> list[Moved]:
        """Return every payment, those of batches one by one."""
        return [
            part
            for each in self.entries
            for part in (each.parts if isinstance(each, Batch) else (each,))
        ]

    @property
    def closing(self) -> int:
        """Return what stands there afterwards."""
        return self.opening + sum(part.cents for part in self.parts if part.currency == "EUR")

    def camt(self, closing: int | None = None) -> bytes:
        """Write the statement as CAMT.053."""
        entries = "".join(self._entry(each) for each in self.entries)
        waiting = "".join(self._entry(each, "PDNG") for each in self.pending)
        last = self.closing if closing is None else closing
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{_NAMESPACE}{self.version}">'
            "<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt>"
            f"<Id>{self.number}</Id><Acct><Id><IBAN>{self.iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
            f"{_balance('OPBD', self.opening, self.day)}{_balance('CLBD', last, self.day)}"
            f"{entries}{waiting}</Stmt></BkToCstmrStmt></Document>"
        ).encode()

    def _entry(self, entry: Moved | Batch, status: str = "BOOK") -> str:
        parts = entry.parts if isinstance(entry, Batch) else (entry,)
        cents = sum(part.cents for part in parts)
        said = f"<Sts>{status}</Sts>" if self.version == "02" else f"<Sts><Cd>{status}</Cd></Sts>"
        reversal = "<RvslInd>true</RvslInd>" if parts[0].is_reversal else ""
        own = f"<AcctSvcrRef>{entry.bank_ref}</AcctSvcrRef>" if entry.bank_ref else ""
        if isinstance(entry, Batch) and not entry.has_details:
            details = f"<Btch><NbOfTxs>{len(parts)}</NbOfTxs></Btch>"
        else:
            details = "".join(self._details(part) for part in parts)
        return (
            f"<Ntry>{_amount(cents, parts[0].currency)}{_sign(cents)}{reversal}{said}"
            f"<BookgDt><Dt>{self.day}</Dt></BookgDt><ValDt><Dt>{self.day}</Dt></ValDt>{own}"
            f"<NtryDtls>{details}</NtryDtls></Ntry>"
        )

    def _details(self, part: Moved) -> str:
        inner = f"<Nm>{escape(part.name)}</Nm>"
        party = f"<Pty>{inner}</Pty>" if self.version != "02" else inner
        other = ("Cdtr", "Dbtr")[part.cents > 0 or part.is_reversal]
        amount = _amount(part.cents, part.currency)
        own = amount + _sign(part.cents) if self.version != "02" else ""
        told = f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>" if self.version == "02" else ""
        reference = (
            f"<Strd><CdtrRefInf><Ref>{part.reference}</Ref></CdtrRefInf></Strd>"
            if part.reference
            else ""
        )
        words = "".join(f"<Ustrd>{escape(each)}</Ustrd>" for each in part.text.split("\n") if each)
        reason = f"<RtrInf><Rsn><Cd>{part.reason}</Cd></Rsn></RtrInf>" if part.reason else ""
        return (
            f"<TxDtls><Refs><EndToEndId>{part.end_to_end}</EndToEndId></Refs>{own}{told}"
            f"<RltdPties><{other}>{party}</{other}>"
            f"<{other}Acct><Id><IBAN>{part.iban}</IBAN></Id></{other}Acct></RltdPties>"
            f"<RmtInf>{words}{reference}</RmtInf>{reason}</TxDtls>"
        )

    def mt940(self) -> bytes:
        """Write the statement as MT940, as German banks do."""
        day = self.day.replace("-", "")[2:]
        lines = [":20:STARTUMS", f":25:{self.iban}", ":28C:231/1"]
        lines.append(f":60F:{_mark(self.opening)}{day}EUR{_comma(self.opening)}")
        for part in self.parts:
            mark = ("RC" if part.cents < 0 else "RD") if part.is_reversal else _mark(part.cents)
            lines.append(f":61:{day}{day[2:]}{mark}{_comma(part.cents)}NTRFNONREF//{part.bank_ref}")
            words = f"SVWZ+{part.reference}{part.text}"
            pieces = [words[at : at + 27] for at in range(0, len(words), 27)]
            purpose = "".join(f"?{20 + at}{piece}" for at, piece in enumerate(pieces))
            name = part.name.replace("&", "und")[:27]
            lines.append(
                f":86:166?00GUTSCHRIFT{purpose}?30COBADEFFXXX?31{part.iban}?32{name}"
                + (f"?34{part.reason}" if part.reason else "")
            )
        lines.append(f":62F:{_mark(self.closing)}{day}EUR{_comma(self.closing)}")
        return ("\r\n".join([*lines, "-"]) + "\r\n").encode()

    def csv(self) -> bytes:
        """Write the statement as a German bank's CSV: a line before the head, Windows' Latin, a decimal comma."""
        rows = [
            f"{self.day[8:]}.{self.day[5:7]}.{self.day[:4]};{part.name};{part.iban};"
            f'"{part.text} {part.reference}";{_comma(part.cents, signed=True)};{part.currency}'
            for part in self.parts
        ]
        head = "Buchungstag;Name;IBAN;Zweck;Betrag;Währung"
        return "\r\n".join([f"Umsätze;{self.iban}", head, *rows]).encode("cp1252")


def _amount(cents: int, currency: str) -> str:
    return f'<Amt Ccy="{currency}">{Decimal(abs(cents)).scaleb(-2)}</Amt>'


def _sign(cents: int) -> str:
    return f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd>"


def _balance(code: str, cents: int, day: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(cents, 'EUR')}"
        f"{_sign(cents)}<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _mark(cents: int) -> str:
    return "C" if cents >= 0 else "D"


def _comma(cents: int, *, signed: bool = False) -> str:
    text = f"{Decimal(abs(cents)).scaleb(-2)}".replace(".", ",")
    return f"-{text}" if signed and cents < 0 else text
