"""A CSV is shown with where its lines would go before it is imported; then it is that very file which is."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing_platform.kernel.models import OutboxMessage
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.packed import packed, unpacked
from invoicing.services.statement_preview import preview_statement
from payments.models import BankCredit, BankLine, BankStatement
from payments.services.bank_accounts import save_profile
from payments.services.bank_import import StatementFile
from payments.statements.values import BYTES_MAX
from tests.invoicing.bank_desk import NOW, BankDesk
from tests.payments.statements.bank import Bank, Moved
from tests.payments.statements.test_reading import PROFILE
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

NEW = "/provider/bank/statements/new"
SHOWN = "/provider/bank/statements/shown"


@pytest.fixture
def desk(cast: Cast) -> BankDesk:
    """Return Nimbus's bank business; its bank writes CSV."""
    with as_role("worker"):
        desk = BankDesk.open(cast.nimbus)
        save_profile(provider_id=cast.nimbus, profile=PROFILE, now=NOW)
    return desk


def counts(cast: Cast) -> tuple[int, ...]:
    with provider_scope(cast.nimbus):
        kinds = (BankStatement, BankLine, BankCredit, OutboxMessage)
        return tuple(kind.objects.count() for kind in kinds)


def preview(client: Any, data: bytes) -> Any:
    file = SimpleUploadedFile("=november.csv", data)
    return client.post(NEW, {"format": "csv", "file": file})


def tell_returns(cast: Cast) -> None:
    """Let the bank's CSV say in a column of its own that a booking is a return."""
    profile = replace(PROFILE, kind="Art", return_words="Rückgabe")
    save_profile(provider_id=cast.nimbus, profile=profile, now=NOW)


def with_returns(*rows: tuple[str, str, str]) -> bytes:
    """Return a CSV: the kind, the purpose and the amount of each booking."""
    booked = [f"20.11.2026;A;;{purpose};{amount};EUR;{kind}" for kind, purpose, amount in rows]
    head = ["Umsätze", "Buchungstag;Name;IBAN;Zweck;Betrag;Währung;Art"]
    return "\r\n".join([*head, *booked]).encode("cp1252")


class TestPreview:
    def test_it_says_where_lines_would_go_and_keeps_nothing(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        bill = as_person("bill")
        with as_role("worker"):
            order = desk.order(cast.acme)
        lines = (desk.paid(order), Moved(cents=500, text="who?", name="<b>Eve</b>"))
        data = Bank().came(*lines).csv()
        before = counts(cast)

        answer = preview(bill, data)

        shown = answer.context["preview"].shown
        assert [(one.row.state, one.client and one.client.name) for one in shown] == [
            ("matched", "Acme Canary-Acme"),
            ("open", None),
        ]
        assert "&lt;b&gt;Eve" in answer.content.decode()
        assert counts(cast) == before
        with as_role("worker"):
            assert desk.balance(cast.acme) == 0
            assert desk.document(order).state == "sent"

        sent = answer.context["form"].initial
        assert bill.post(SHOWN, sent).status_code == 302
        with as_role("worker"):
            desk.match()
            assert desk.balance(cast.acme) == 10_000
        with provider_scope(cast.nimbus):
            assert BankStatement.objects.get().digest == sent["digest"]
        assert bill.post(SHOWN, sent).status_code == 409
        assert preview(bill, data).status_code == 409

    def test_lines_of_one_order_are_matched_one_after_the_other(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        with as_role("worker"):
            order = desk.order(cast.acme)
        other = Moved(cents=500, text="who?")
        moved = [desk.paid(order, 6_000), other, desk.paid(order, 5_000), desk.paid(order, 70)]
        before = counts(cast)

        answer = preview(as_person("bill"), Bank().came(*moved).csv())

        shown = [(one.row.state, one.row.reason) for one in answer.context["preview"].shown]
        assert shown == [
            ("matched", ""),
            ("open", "missing"),
            ("matched", "over"),
            ("matched", "over"),
        ]
        assert counts(cast) == before

    def test_a_return_finds_its_payment_in_the_same_file(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        with as_role("worker"):
            tell_returns(cast)
            order, other = desk.order(cast.acme), desk.order(cast.globex, 5_000)
        data = with_returns(
            ("Gutschrift", order.reference, "100,00"),
            ("Rückgabe", order.reference, "-100,00"),
            ("Rückgabe", other.reference, "-50,00"),
        )
        before = counts(cast)
        bill = as_person("bill")

        answer = preview(bill, data)

        shown = [(one.row.state, one.row.reason) for one in answer.context["preview"].shown]
        assert counts(cast) == before
        bill.post(SHOWN, answer.context["form"].initial)
        with as_role("worker"):
            desk.match()
        with provider_scope(cast.nimbus):
            there = list(BankLine.objects.order_by("pk").values_list("state", "reason"))
        assert shown == there
        assert [state for state, _reason in shown][1:] == ["returned", "open"]

    def test_a_return_that_may_mean_two_clients_holds_neither(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        with as_role("worker"):
            tell_returns(cast)
            one, other = (desk.order(tenant).reference for tenant in (cast.globex, cast.acme))
            data = with_returns(
                ("Gutschrift", one, "100,00"),
                ("Gutschrift", other, "100,00"),
                ("Rückgabe", f"{one} {other}", "-100,00"),
            )
            preview = preview_statement(
                provider_id=cast.nimbus,
                file=StatementFile(name="a.csv", data=data, format="csv"),
                limit=20,
                show=lambda rows: [(rows[0].state, BankCredit.objects.count())],
                now=NOW,
            )

        assert preview.shown == [("matched", 1), ("matched", 1), ("open", 0)]

    def test_each_line_is_taken_back_before_the_next(self, desk: BankDesk, cast: Cast) -> None:
        with as_role("worker"):
            orders = [desk.order(tenant) for tenant in (cast.globex, cast.acme)]
            data = Bank().came(*(desk.paid(order) for order in orders)).csv()
            preview = preview_statement(
                provider_id=cast.nimbus,
                file=StatementFile(name="a.csv", data=data, format="csv"),
                limit=20,
                show=lambda rows: [(rows[0].state, BankCredit.objects.count())],
                now=NOW,
            )

        assert preview.shown == [("matched", 1), ("matched", 1)]

    def test_another_file_than_was_shown_is_refused(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        bill = as_person("bill")
        data = Bank().came(Moved(cents=500, text="who?")).csv()
        sent = preview(bill, data).context["form"].initial
        before = counts(cast)

        for wrong in (
            {"packed": packed(data.replace(b"5,00", b"9,00"))},
            {"packed": "%%%"},
            {"digest": "0" * 64},
            {"packed": ""},
        ):
            answer = bill.post(SHOWN, {**sent, **wrong})
            assert answer.status_code == 422
            assert "not the file that was shown" in answer.content.decode()

        assert as_person("rita").post(SHOWN, sent).status_code == 403
        assert as_person("oskar").post(SHOWN, sent).status_code == 422
        assert counts(cast) == before


def test_what_unpacks_to_more_than_a_statement_is_no_file() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(BYTES_MAX + 1))).decode()

    assert unpacked(bomb) is None
    assert unpacked(packed(b"a;b")) == b"a;b"
