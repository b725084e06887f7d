"""How a bank writes its CSV: kept per account, filled in by the provider."""

from __future__ import annotations

import codecs
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from django.utils.translation import gettext as _

from payments.statements.errors import StatementUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

DELIMITERS: Final = (";", ",", "\t", "|")
ENCODINGS: Final = ("utf-8-sig", "cp1252", "utf-16", "iso-8859-15")
DATE_FORMATS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
DECIMALS: Final = (",", ".")
SKIPPED_MAX: Final = 50


@dataclass(frozen=True, kw_only=True)
class CsvProfile:
    """Where things stand in a bank's CSV; columns by the names in its head.

    Attributes:
        skipped: lines before the head.
        amount: a column with a sign; or empty, when `debit` and `credit` hold one each.
        mark, debit_words: a column that says which way an amount without a sign went, and its words for "out", with
            commas between them.
        currency: a column; or empty, when every line is in `default_currency`.
        kind: a column that says what sort of booking a line is.
        return_words, batch_words: words in it of money that came or went back, and of several payments in one, with
            commas between them; without such a column nothing in a CSV says so.
        texts: columns of what the payer wrote, with commas between them.
    """

    delimiter: str = ";"
    encoding: str = "utf-8-sig"
    decimal: str = ","
    date_format: str = "%d.%m.%Y"
    skipped: int = 0
    booked: str = ""
    valued: str = ""
    amount: str = ""
    debit: str = ""
    credit: str = ""
    mark: str = ""
    debit_words: str = ""
    currency: str = ""
    default_currency: str = "EUR"
    name: str = ""
    iban: str = ""
    texts: str = ""
    reference: str = ""
    end_to_end: str = ""
    bank_ref: str = ""
    account: str = ""
    kind: str = ""
    return_words: str = ""
    batch_words: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Return a profile from JSON; what is not known is left out."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in names})

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return asdict(self)

    def check(self) -> None:
        """Refuse a profile by which nothing can be read.

        Raises:
            StatementUnreadable: no day, no amount, or an unknown word.
        """
        known = (
            self.delimiter in DELIMITERS
            and self.encoding in ENCODINGS
            and self.decimal in DECIMALS
            and self.date_format in DATE_FORMATS
            and 0 <= self.skipped <= SKIPPED_MAX
        )
        codecs.lookup(self.encoding if known else "utf-8")
        if not known:
            raise StatementUnreadable(message=_("This profile of a bank's CSV cannot be used."))
        has_amount = bool(self.amount) or bool(self.debit and self.credit)
        if not self.booked or not has_amount:
            raise StatementUnreadable(
                message=_("Name the columns of the day and of the amount, or of debit and credit.")
            )

    def day(self, text: str) -> date:
        """Return a day as this bank writes it.

        Raises:
            ValueError: it is none.
        """
        return datetime.strptime(text.strip(), self.date_format).date()  # noqa: DTZ007 (a day has no zone)

    def columns(self) -> list[str]:
        """Return the names of all columns that are read."""
        single = (
            self.booked,
            self.valued,
            self.amount,
            self.debit,
            self.credit,
            self.mark,
            self.currency,
            self.name,
            self.iban,
            self.reference,
            self.end_to_end,
            self.bank_ref,
            self.account,
            self.kind,
        )
        return [*(each for each in single if each), *self.text_columns()]

    def text_columns(self) -> list[str]:
        """Return the names of the columns of what the payer wrote."""
        return [each.strip() for each in self.texts.split(",") if each.strip()]
