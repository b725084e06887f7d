"""A match above the limit on the pages: asked for on the line, seen under Approvals, made by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.scope import provider_scope
from tenants.services.settings import set_setting
from tests.cast import NOW
from tests.invoicing.bank_desk import BankDesk
from tests.payments.statements.bank import Moved
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson


@pytest.fixture
def desk(cast: Cast) -> BankDesk:
    """Return Nimbus's bank business with a line that waits, where more than 100.00 needs a second person."""
    with as_role("worker"):
        with provider_scope(cast.nimbus):
            set_setting(provider_id=cast.nimbus, name="approval.limit_minor", value=10_000, now=NOW)
        found = BankDesk.open(cast.nimbus)
        found.take(Moved(cents=20_000))
        return found


def text(answer: Any) -> str:
    return str(answer.content.decode())


class TestApproval:
    def test_is_asked_for_and_given_by_two(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        url = f"/provider/bank/lines/{desk.line().public_id}/"
        sent = {"target": "acme", "reason": "told by phone"}
        bill = as_person("bill")

        answer = bill.post(f"{url}match", sent, follow=True)

        assert "needs a second person" in text(answer)
        assert "Withdraw" in text(answer)
        assert "Match and credit" not in text(answer)
        assert desk.balance(cast.acme) == 0
        assert "Match of a bank line" in text(bill.get("/provider/approvals/"))
        assert "waits for a second person" in text(bill.get("/provider/"))
        assert "Somebody else has to approve" in text(bill.post(f"{url}approve", follow=True))
        assert desk.balance(cast.acme) == 0
        paula = as_person("paula")
        assert "Approve" in text(paula.get(url))
        assert "matched and credited" in text(paula.post(f"{url}approve", follow=True))
        assert desk.balance(cast.acme) == 20_000
        assert "No match waits here" in text(paula.post(f"{url}decline", follow=True))
        assert "Match of a bank line" not in text(paula.get("/provider/approvals/"))

    def test_is_declined_and_the_line_waits_on(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        url = f"/provider/bank/lines/{desk.line().public_id}/"
        as_person("bill").post(f"{url}match", {"target": "acme", "reason": "told by phone"})

        answer = as_person("paula").post(f"{url}decline", follow=True)

        assert "Nothing is posted" in text(answer)
        assert "Match and credit" in text(answer)
        assert desk.balance(cast.acme) == 0
