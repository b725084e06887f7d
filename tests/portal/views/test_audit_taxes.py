"""The audit log tells who changed rates and registrations, with the days on which they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from tests.cast import Cast

RATE = {
    "country": "DE",
    "region": "",
    "postcode_prefix": "",
    "category": "standard",
    "name": "VAT",
    "percent": "19",
    "begins": "2026-11-01",
}


class TestTaxes:
    def test_a_rate_and_its_end_are_told_in_words(self, cast: Cast) -> None:
        bill = browser(cast, "bill")
        assert bill.post("/provider/taxes/rates/new", RATE).status_code == 302

        bill.post("/provider/taxes/rates/new", {**RATE, "percent": "16", "begins": "2026-12-01"})

        page = browser(cast, "paula").get("/provider/audit/").content.decode()
        assert page.count("DE, standard") >= 3
        assert "19 %" in page
        assert "from 1 Nov 2026 until before 1 Dec 2026" in page
        assert "bill@example.com" in page
