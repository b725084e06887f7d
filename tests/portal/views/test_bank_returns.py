"""Returns of transfers on their page: payments that are listed or named, in parts, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.portal.pages import bank
from tests.invoicing.bank_desk import BankDesk
from tests.payments.statements.bank import Moved
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

URL = "/provider/bank/lines/"
SAID = {"reason": "the bank says so"}


@pytest.fixture
def desk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> BankDesk:
    """Return Nimbus's bank business; a page lists one payment only."""
    monkeypatch.setattr(bank, "_RETURNS_MAX", 1)
    with as_role("worker"):
        return BankDesk.open(cast.nimbus)


@pytest.fixture
def lines(desk: BankDesk, cast: Cast) -> tuple[str, str, str]:
    """Return an older payment, a newer one and a line of a return of 30.00."""
    with as_role("worker"):
        orders = [desk.order(cast.acme), desk.order(cast.globex, 5000)]
        desk.take(desk.paid(orders[0], bank_ref="A"), desk.paid(orders[1], 5000, bank_ref="B"))
        desk.take(Moved(cents=-3000, is_reversal=True, reason="AC04", bank_ref="C"), number="2")
        older, newer, back = (desk.line(bank_ref=ref).public_id for ref in "ABC")
    return older, newer, back


def text(answer: Any) -> str:
    return str(answer.content.decode())


class TestReturn:
    def test_a_payment_that_is_not_listed_is_named(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast, lines: tuple[str, str, str]
    ) -> None:
        older, newer, back = lines
        bill, url = as_person("bill"), f"{URL}{back}/"
        page = text(bill.get(url))
        assert (newer in page, older in page) == (True, False)

        answer = bill.post(f"{url}return", {**SAID, "others": f" {older} "})

        assert answer.status_code == 302
        assert "The return is booked." in text(bill.get(url))
        with as_role("worker"):
            assert (desk.balance(cast.acme), desk.balance(cast.globex)) == (7000, 5000)
            assert desk.agrees()

    def test_one_that_is_listed_is_chosen(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast, lines: tuple[str, str, str]
    ) -> None:
        _older, newer, back = lines

        answer = as_person("bill").post(f"{URL}{back}/return", {**SAID, "credited": [newer]})

        assert answer.status_code == 302
        with as_role("worker"):
            assert (desk.balance(cast.acme), desk.balance(cast.globex)) == (10_000, 2000)

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({}, "Say which payment came back."),
            ({"others": "bln_nobody"}, "statement does not exist"),
            ({"others": "{older} {newer}"}, "do not come to"),
            ({"others": "{back}"}, "decided"),
            ({"others": "{older}", "reason": ""}, "required"),
        ],
    )
    def test_what_is_refused_moves_nothing_and_keeps_what_was_typed(
        self,
        as_person: AsPerson,
        desk: BankDesk,
        lines: tuple[str, str, str],
        sent: dict[str, str],
        words: str,
    ) -> None:
        older, newer, back = lines
        typed = {
            name: value.format(older=older, newer=newer, back=back) for name, value in sent.items()
        }

        answer = as_person("bill").post(f"{URL}{back}/return", {**SAID, **typed})

        assert answer.status_code == 422
        assert words in text(answer)
        assert typed.get("others", "") in text(answer)
        with as_role("worker"):
            assert desk.clearing() == 15_000

    def test_who_comes_second_reads_why_although_the_form_is_gone(
        self, as_person: AsPerson, lines: tuple[str, str, str]
    ) -> None:
        _older, newer, back = lines
        said = {**SAID, "credited": [newer]}
        as_person("bill").post(f"{URL}{back}/return", said)

        answer = as_person("paula").post(f"{URL}{back}/return", {**SAID, "others": newer})

        assert answer.status_code == 422
        assert "decided" in text(answer)

    def test_who_may_not(self, as_person: AsPerson, lines: tuple[str, str, str]) -> None:
        older, _newer, back = lines
        said = {**SAID, "others": older}

        assert as_person("rita").post(f"{URL}{back}/return", said).status_code == 403
        assert as_person("oskar").post(f"{URL}{back}/return", said).status_code == 404
