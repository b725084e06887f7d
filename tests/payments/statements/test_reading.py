"""Statements of every format give the same lines; what is broken or hostile is refused in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_platform.kernel.money import Money
from payments.statements.csv_profile import CsvProfile
from payments.statements.errors import (
    BalancesDiffer,
    StatementRefused,
    StatementTooLarge,
    StatementUnreadable,
)
from payments.statements.reading import is_account, line_digest, read_statements
from payments.statements.values import BYTES_MAX
from tests.payments.statements.bank import IBAN, PAYER, Bank, Batch, Moved

if TYPE_CHECKING:
    from payments.statements.values import Statement, StatementLine

RF = "RF18539007547034"
PROFILE = CsvProfile(
    encoding="cp1252",
    skipped=1,
    booked="Buchungstag",
    amount="Betrag",
    currency="Währung",
    name="Name",
    iban="IBAN",
    texts="Zweck",
)


def read(data: bytes, kind: str = "camt053", profile: CsvProfile | None = None) -> list[Statement]:
    return read_statements(data, kind, profile=profile, account=IBAN)


def lines(data: bytes, kind: str = "camt053", **more: Any) -> tuple[StatementLine, ...]:
    return read(data, kind, **more)[0].lines


@pytest.mark.parametrize("version", ["02", "08"])
class TestCamt:
    def test_a_payment_with_all_it_says(self, version: str) -> None:
        bank = Bank(version).came(
            Moved(cents=12345, reference=RF, text="Hello\nworld", bank_ref="B1", end_to_end="E1")
        )

        (line,) = lines(bank.camt())

        assert line.amount == Money(12345, "EUR")
        assert (line.reference, line.text, line.end_to_end) == (RF, "Hello world", "E1")
        assert (line.party_name, line.party_iban) == ("Acme & Söhne <GmbH>", PAYER)
        assert (line.bank_ref, line.is_return, line.is_batch) == ("B1", False, False)

    def test_a_batch_is_its_payments(self, version: str) -> None:
        parts = (Moved(cents=100, text="one"), Moved(cents=250, text="two"))

        found = lines(Bank(version).came(Batch(parts=parts, bank_ref="B2")).camt())

        assert [(each.amount.amount_minor, each.text) for each in found] == [
            (100, "one"),
            (250, "two"),
        ]
        assert {each.bank_ref for each in found} == {"B2"}
        assert len({line_digest(line) for line in found}) == 2

    def test_a_batch_that_nobody_tells_apart_stays_one(self, version: str) -> None:
        parts = (Moved(cents=100), Moved(cents=250))

        (line,) = lines(Bank(version).came(Batch(parts=parts, has_details=False)).camt())

        assert (line.amount.amount_minor, line.is_batch) == (350, True)

    def test_a_return_takes_away_and_says_why(self, version: str) -> None:
        back = Moved(cents=-500, is_reversal=True, reason="AC04", reference=RF)

        (line,) = lines(Bank(version).came(back).camt())

        assert (line.amount.amount_minor, line.is_return) == (-500, True)
        assert (line.return_reason, line.reference, line.party_iban) == ("AC04", RF, PAYER)

    def test_what_is_not_booked_is_left_out(self, version: str) -> None:
        bank = Bank(version).came(Moved(cents=5))
        bank.pending = [Moved(cents=700)]

        (found,) = read(bank.camt())

        assert (len(found.lines), found.unbooked) == (1, 1)

    def test_a_missing_line_is_found_by_the_balances(self, version: str) -> None:
        with pytest.raises(BalancesDiffer, match=r"1000\.00 EUR and lines of 0\.05 EUR"):
            read(Bank(version).came(Moved(cents=5)).camt(closing=100_006))


class TestMt940:
    def test_payments_and_returns(self) -> None:
        long = "for what was agreed on in autumn, with thanks"
        bank = Bank().came(
            Moved(cents=12345, reference=RF, text=f" {long}", bank_ref="B1"),
            Moved(cents=-500, is_reversal=True, bank_ref="B2"),
            Moved(cents=-70, text="fees"),
        )

        found = lines(bank.mt940(), "mt940")

        assert [each.amount.amount_minor for each in found] == [12345, -500, -70]
        assert [each.is_return for each in found] == [False, True, False]
        assert RF in found[0].text.replace(" ", "")
        assert (found[0].party_iban, found[0].bank_ref) == (PAYER, "B1")
        assert found[0].party_name == "Acme und Söhne <GmbH>"

    @pytest.mark.parametrize(
        ("field", "told", "expected"),
        [
            # As banks write them: payments with a key's extension, what came back, and what nobody tells apart.
            ("C5,00NTRFNONREF", "166?00GUTSCHRIFT?20SVWZ+hello?34997", (False, "", False)),
            ("D5,00NDDTNONREF", "105?00FOLGELASTSCHRIFT?20SVWZ+hello?34992", (False, "", False)),
            ("C5,00N062NONREF", "051?00GUTSCHRIFT?20hello?34000", (False, "", False)),
            ("C5,00NTRFNONREF", "152?00DAUERAUFTRAG?20hello", (False, "", False)),
            ("D5,00NRTINONREF", "835?00RETOURE?20hello", (True, "", False)),
            ("D5,00NTRFNONREF", "109?00RUECKLAST?20hello?34914", (True, "914", False)),
            ("C5,00NTRFNONREF", "159?00RETOURE?20hello", (True, "", False)),
            ("D5,00NTRFNONREF", "835?00RETOURE?20hello?34AC04", (True, "AC04", False)),
            ("RC5,00NTRFNONREF", "166?00STORNO?20hello", (True, "", False)),
            ("C5,00NTRFNONREF", "194?00SAMMLER?20KREF+hello?21ANZAHL 3", (False, "", True)),
        ],
    )
    def test_what_came_back_and_what_is_a_batch(
        self, field: str, told: str, expected: tuple[bool, str, bool]
    ) -> None:
        sign = -1 if field.startswith(("D", "RC")) else 1
        closing = Decimal(100 + 5 * sign)
        data = (
            f":20:X\n:25:{IBAN}\n:28C:1/1\n:60F:C261119EUR100,00\n:61:2611201120{field}\n"
            f":86:{told}\n:62F:C261120EUR{closing},00\n-\n"
        )

        (line,) = lines(data.encode(), "mt940")

        assert (line.is_return, line.return_reason, line.is_batch) == expected
        assert "hello" in line.text
        assert line.amount == Money(500 * sign, "EUR")

    def test_a_text_that_names_a_file_is_not_opened(self) -> None:
        with pytest.raises(StatementUnreadable):
            read(b"/etc/passwd", "mt940")

    def test_a_statement_without_its_end_is_refused(self) -> None:
        cut = Bank().came(Moved(cents=5)).mt940().partition(b":62F:")[0]

        with pytest.raises(StatementRefused):
            read(cut, "mt940")


class TestCsv:
    def test_a_german_bank(self) -> None:
        bank = Bank().came(Moved(cents=123456, text="Müller", reference=RF), Moved(cents=-5))

        found = lines(bank.csv(), "csv", profile=PROFILE)

        assert [each.amount for each in found] == [Money(123456, "EUR"), Money(-5, "EUR")]
        assert found[0].text == f"Müller {RF}"
        assert (found[0].party_iban, str(found[0].booked_on)) == (PAYER, "2026-11-20")

    def test_debit_and_credit_and_a_word_for_out(self) -> None:
        base = CsvProfile(delimiter=",", decimal=".", date_format="%Y-%m-%d", booked="day")
        two = replace(base, debit="out", credit="in")
        one = replace(base, amount="sum", mark="way", debit_words="D, debit")

        data = b'day,out,in\n2026-11-20,1.50,\n2026-11-20,,"2,000.00"\n'
        assert [x.amount.amount_minor for x in lines(data, "csv", profile=two)] == [-150, 200_000]
        data = b"day,sum,way\n2026-11-20,1.50,Debit\n2026-11-20,2.00,C\n"
        assert [x.amount.amount_minor for x in lines(data, "csv", profile=one)] == [-150, 200]

    def test_a_column_says_what_came_back_and_what_is_a_batch(self) -> None:
        base = CsvProfile(delimiter=",", decimal=".", date_format="%Y-%m-%d", booked="day")
        told = replace(
            base, amount="sum", kind="what", return_words="Return, Retoure", batch_words="batch"
        )
        data = (
            b"day,sum,what\n2026-11-20,-1.50,SEPA RETURN AC04\n2026-11-20,9.00,Credit batch\n"
            b"2026-11-20,2.00,Credit\n"
        )

        found = lines(data, "csv", profile=told)

        assert [(one.is_return, one.is_batch) for one in found] == [
            (True, False),
            (False, True),
            (False, False),
        ]
        assert [one.return_reason for one in found] == ["SEPA RETURN AC04", "", ""]
        silent = lines(data, "csv", profile=replace(told, kind=""))
        assert not any(one.is_return or one.is_batch for one in silent)
        with pytest.raises(StatementUnreadable, match="sort"):
            read(data, "csv", profile=replace(told, kind="sort"))

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"a;b\n1;2", "Buchungstag"),
            (Bank().came(Moved(cents=5)).csv().replace(b"0,05", b"much"), "Line 1"),
            (Bank().came(Moved(cents=5)).csv().replace(b"0,05", b"0,055"), "Line 1"),
            (Bank().came(Moved(cents=5)).csv().replace(b"20.11", b"32.11"), "Line 1"),
            (b'Buchungstag;"', "Buchungstag"),
        ],
    )
    def test_what_is_broken_is_named(self, data: bytes, words: str) -> None:
        with pytest.raises(StatementUnreadable, match=words):
            read(data, "csv", profile=PROFILE)

    def test_it_needs_a_profile(self) -> None:
        with pytest.raises(StatementUnreadable, match="how your bank writes"):
            read(b"x", "csv")
        with pytest.raises(StatementUnreadable, match="columns of the day"):
            read(b"x", "csv", profile=CsvProfile())


class TestHostile:
    @pytest.mark.parametrize(
        "data",
        [
            b'<!DOCTYPE x [<!ENTITY a "b">]><Document>&a;</Document>',
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>',
            b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><Document/>',
            b"<Document/>",
            b"<Document>",
            b"\xff\xfe\x00",
            b"",
            b"<?xml version='1.0' encoding='nonsense'?><Document/>",
            Bank().came(Moved(cents=5)).camt().replace(b'Ccy="EUR"', b'Ccy="XXQ"'),
            Bank().came(Moved(cents=5)).camt().replace(b">0.05<", b">1e9<"),
            Bank().came(Moved(cents=5)).camt().replace(b"2026-11-20", b"20 November"),
        ],
    )
    def test_xml_is_refused(self, data: bytes) -> None:
        with pytest.raises(StatementUnreadable):
            read(data)

    def test_too_much_is_refused(self) -> None:
        with pytest.raises(StatementTooLarge):
            read(b"x" * (BYTES_MAX + 1))

    @settings(max_examples=40, deadline=None)
    @given(
        at=st.integers(0, 4000),
        junk=st.binary(max_size=12),
        kind=st.sampled_from(["camt053", "mt940", "csv"]),
    )
    def test_a_broken_file_is_read_or_refused(self, at: int, junk: bytes, kind: str) -> None:
        bank = Bank().came(Moved(cents=5, text="x"), Moved(cents=-70, is_reversal=True))
        data = {"camt053": bank.camt(), "mt940": bank.mt940(), "csv": bank.csv()}[kind]
        at %= len(data)
        try:
            found = read(data[:at] + junk + data[at + len(junk) :], kind, profile=PROFILE)
        except StatementRefused:
            return
        assert all(line.amount.currency for one in found for line in one.lines)


class TestKeys:
    def test_equal_payments_of_a_day_say_the_same_in_every_file(self) -> None:
        bank = Bank().came(Moved(cents=5, text="x"), Moved(cents=5, text="x"), Moved(cents=6))

        keys = [line_digest(line) for line in lines(bank.camt())]

        assert len(set(keys)) == 2
        again = Bank().came(Moved(cents=9), *bank.entries)
        assert [line_digest(line) for line in lines(again.camt())][1:] == keys

    @pytest.mark.parametrize(
        ("written", "is_ours"),
        [
            (IBAN, True),
            (f"{IBAN}EUR", True),
            ("37040044/532013000", True),
            ("37040044/0532013000EUR", True),
            ("37040044/0532013001", False),
            (PAYER, False),
            ("", False),
        ],
    )
    def test_an_account_is_known_as_its_bank_writes_it(self, written: str, is_ours: bool) -> None:
        assert is_account(written, IBAN) is is_ours
