"""The page that asks about all possible duplicates at once, and says of each what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.scope import provider_scope
from payments.models import BankLine
from tests.invoicing.bank_desk import BankDesk
from tests.payments.statements.bank import Bank, Moved
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

URL = "/provider/bank/equal/"


@pytest.fixture
def desk(cast: Cast) -> BankDesk:
    """Return Nimbus's bank business with three lines that came in two files."""
    with as_role("worker"):
        found = BankDesk.open(cast.nimbus)
        came = [Moved(cents=100 + at, text=f"fee {at}") for at in range(3)]
        for number in ("1", "2"):
            found.bring(Bank(number=number).came(*came).camt())
            found.match()
        return found


def text(answer: Any) -> str:
    return str(answer.content.decode())


def lines(desk: BankDesk) -> list[str]:
    with provider_scope(desk.provider_id):
        rows = BankLine.objects.filter(reason="duplicate").order_by("pk")
        return list(rows.values_list("public_id", flat=True))


class TestEqual:
    def test_it_answers_for_those_that_are_chosen(
        self, as_person: AsPerson, desk: BankDesk
    ) -> None:
        bill = as_person("bill")
        assert "3 lines may be second copies" in text(bill.get("/provider/bank/"))
        one, two, three = lines(desk)
        assert text(bill.get(URL)).count('name="line"') == 3

        answer = bill.post(f"{URL}same", {"line": [one, two, "bkl_none"], "reason": "came once"})

        page = text(answer)
        assert answer.status_code == 200
        assert page.count("Set aside") == 2
        assert "does not exist" in page
        assert page.count('name="line"') == 1
        assert "decided on before" in text(
            bill.post(f"{URL}same", {"line": [one], "reason": "came once"})
        )
        page = text(bill.post(f"{URL}others", {"line": [three], "reason": "came twice"}))
        assert "To be decided" in page
        assert "Nothing to answer" in page
        assert "may be second copies" not in text(bill.get("/provider/bank/"))

    @pytest.mark.parametrize("sent", [{"reason": "x"}, {"line": ["bkl_none"], "reason": ""}])
    def test_it_asks_for_a_line_and_a_reason(
        self, as_person: AsPerson, desk: BankDesk, sent: dict[str, Any]
    ) -> None:
        answer = as_person("bill").post(f"{URL}same", sent)

        assert answer.status_code == 422
        assert len(lines(desk)) == 3

    def test_what_was_chosen_stays_chosen_where_an_answer_is_refused(
        self, as_person: AsPerson, desk: BankDesk
    ) -> None:
        one, two, three = lines(desk)

        page = text(as_person("bill").post(f"{URL}same", {"line": [one, three], "reason": " "}))

        chosen = {each for each in lines(desk) if f'value="{each}" checked' in page}
        assert chosen == {one, three}
        assert f'value="{two}"' in page

    def test_an_older_page_stays_until_all_of_it_is_answered(
        self, as_person: AsPerson, desk: BankDesk
    ) -> None:
        bill = as_person("bill")
        one, two, three = lines(desk)
        with provider_scope(desk.provider_id):
            before = str(BankLine.objects.get(public_id=three).pk)
        said = {"before": before, "reason": "came once"}
        assert f'name="before" value="{before}"' in text(bill.get(f"{URL}?before={before}"))

        page = text(bill.post(f"{URL}same", {**said, "line": [two]}))
        assert [each in page for each in (f'value="{one}"', f'value="{three}"')] == [True, False]
        page = text(bill.post(f"{URL}same", {**said, "line": [one]}))

        assert f'value="{three}"' in page
        assert 'name="before" value="0"' in page

    def test_readers_are_not_asked(self, as_person: AsPerson, desk: BankDesk) -> None:
        rita = as_person("rita")

        assert "may be second copies" not in text(rita.get("/provider/bank/"))
        assert rita.get(URL).status_code == 403
        assert rita.post(f"{URL}same", {}).status_code == 403
