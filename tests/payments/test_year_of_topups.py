"""A year of top-ups: bought, used, given, refunded, disputed, returned; ledger, documents and gateway agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.promotions import campaign, in_dollars
from tests.payments.statements.bank import Moved
from tests.payments.year import Year
from tests.roles import set_role

if TYPE_CHECKING:
    from tests.payments.till import Till

_FEE = 1500
_KINDS = {
    *("top_up", "payment", "discount", "grant", "grant_expiry", "grant_return", "usage"),
    *("refund", "dispute", "gateway_fee", "bank_return", "reversal"),
}


def first(month: int) -> datetime:
    """Return the first moment of a month that many after November 2026."""
    return datetime(2026 + (10 + month) // 12, (10 + month) % 12 + 1, 1, tzinfo=UTC)


@pytest.fixture
def year(till: Till) -> Year:
    """Return the year, at its beginning, with three campaigns."""
    set_role("worker")
    with provider_scope(till.provider_id):
        campaign(till.provider_id, "WELCOME", in_dollars("bonus_percent", 20), grant_days=20)
        campaign(till.provider_id, "TENOFF", in_dollars("discount_percent", 10))
        campaign(till.provider_id, "AGAIN", in_dollars("bonus_fixed", 500))
    return Year.begin(till)


def taxed(wallet: int, *, tax: int = 0, bonus: int = 0, discount: int = 0) -> dict[str, int]:
    """Return what a top-up of so much credit comes to when its tax falls due with it."""
    paid = wallet - discount + tax
    return {
        "wallet": wallet + bonus,
        "tax_payable": tax,
        "gateway_clearing": -paid,
        "promotion_expense": -bonus - discount,
        "documented": paid,
        "documented_tax": tax,
    }


def back(books: dict[str, int]) -> dict[str, int]:
    """Return the opposite."""
    return {name: -minor for name, minor in books.items()}


class TestYear:
    @pytest.mark.takes(seconds=25)
    def test_ledger_documents_and_gateway_agree_each_month(self, year: Year) -> None:
        for month, story in enumerate(
            (
                bonus_expires,
                discount_is_used,
                refund_takes_its_share,
                bank_transfer,
                dispute_is_lost,
                dispute_is_won,
                transfer_returns,
                prices_include_tax,
                tax_falls_due_later,
                refund_after_use,
                refund_fails,
                nothing_happens,
            ),
            start=1,
        ):
            story(year)
            year.passes(first(month + 1))
            year.closes()

        with provider_scope(year.till.provider_id):
            kinds = {kind for (kind,) in fetch_all("SELECT DISTINCT kind FROM accounts_posting")}
        assert kinds >= _KINDS
        counts = {kind: len(found) for kind, found in year.documented().items()}
        assert counts == {"invoice": 9, "receipt": 2, "credit_note": 2, "proforma": 2}
        # What is held against each other would not agree if a cent were missing.
        year.books["wallet"] += 1
        with pytest.raises(AssertionError):
            year.closes()


def bonus_expires(year: Year) -> None:
    year.tops_up(10_000, "WELCOME", **taxed(10_000, tax=1900, bonus=2000))
    year.passes(datetime(2026, 12, 20, tzinfo=UTC))  # 19 days use 15.20 of the bonus
    year.passes(datetime(2026, 12, 22, tzinfo=UTC), calls=0)
    year.books.update(wallet=-480, promotion_expense=480)


def discount_is_used(year: Year) -> None:
    year.tops_up(20_000, "TENOFF", **taxed(20_000, tax=3420, discount=2000))


def refund_takes_its_share(year: Year) -> None:
    payment = year.tops_up(5000, "AGAIN", **taxed(5000, tax=950, bonus=500))
    year.gets_back(payment, 2975, 250, **back(taxed(2500, tax=475, bonus=250)))


def bank_transfer(year: Year) -> None:
    order = year.orders(15_000)
    year.bank_says(
        Moved(cents=17_850, reference=order.reference),
        wallet_eur=15_000,
        tax_payable_eur=2850,
        bank_clearing_eur=-17_850,
        documented_eur=17_850,
        documented_tax_eur=2850,
    )


def dispute_is_lost(year: Year) -> None:
    payment = year.tops_up(4000, "", **taxed(4000, tax=760))
    dispute = year.is_disputed(payment)
    year.books.update(wallet=-4760, gateway_clearing=4760 + _FEE, gateway_fees=-_FEE)
    year.at_gateway("dispute_close", id=dispute, outcome="lost")


def dispute_is_won(year: Year) -> None:
    payment = year.tops_up(8000, "AGAIN", **taxed(8000, tax=1520, bonus=500))
    dispute = year.is_disputed(payment)
    lost = {"wallet": -9520 - 500, "promotion_expense": 500, "gateway_clearing": 9520}
    year.books.update(**lost)
    year.books.update(gateway_clearing=_FEE, gateway_fees=-_FEE)
    year.closes()
    year.at_gateway("dispute_close", id=dispute, outcome="won")
    year.books.update(**back(lost))


def transfer_returns(year: Year) -> None:
    order = year.orders(10_000)
    came = Moved(cents=11_900, reference=order.reference, bank_ref="A")
    gone = Moved(
        cents=-11_900, reference=order.reference, bank_ref="B", is_reversal=True, reason="AC04"
    )
    year.bank_says(came)
    year.issues()
    year.bank_says(gone)


def prices_include_tax(year: Year) -> None:
    year.rule("tax.prices_inclusive", True)
    year.tops_up(11_900, "", **taxed(10_000, tax=1900))


def tax_falls_due_later(year: Year) -> None:
    year.rule("tax.prices_inclusive", False)
    year.rule("tax.point", "consumption")
    year.tops_up(3000, "", **taxed(3000))


def refund_after_use(year: Year) -> None:
    payment = year.tops_up(6000, "AGAIN", **taxed(6000, bonus=500))
    year.passes(datetime(2027, 9, 6, tzinfo=UTC))  # 5 days use 4.00 of the bonus
    year.gets_back(payment, 6000, 100, wallet=-6100, promotion_expense=100, gateway_clearing=6000)


def refund_fails(year: Year) -> None:
    year.rule("tax.point", "top_up")
    payment = year.tops_up(2000, "AGAIN", **taxed(2000, tax=380, bonus=500))
    year.gets_back(payment, 2380, 500)
    year.at_gateway("refund_fail", id=year.refund_of(payment), reason="declined")


def nothing_happens(year: Year) -> None:
    year.passes(datetime(2027, 11, 2, tzinfo=UTC))
