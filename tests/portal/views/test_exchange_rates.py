"""The pages of exchange rates: who may, what is told, and what stays on the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.exchange_forms import BYTES_MAX
from tax.selectors.exchange import exchange_rates

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

RATES = "/provider/taxes/exchange/"
DOLLAR = {"base": "EUR", "quote": "USD", "rate": "1.0857", "on": "2026-01-02", "source": "ECB"}
FILE = b"Date,USD,JPY,\n2026-01-02,1.0857,160.5,\n"


def a_file(content: bytes) -> dict[str, object]:
    return {"source": "ECB", "file": SimpleUploadedFile("rates.csv", content)}


def test_a_rate_is_stored_and_shown(cast: Cast, as_person: AsPerson) -> None:
    bill = as_person("bill")

    answer = bill.post(f"{RATES}new", DOLLAR)

    assert (answer.status_code, answer["Location"]) == (302, RATES)
    body = as_person("rita").get(RATES).content.decode()
    assert "1.0857" in body
    assert "ECB" in body


def test_a_file_is_stored_once(cast: Cast, as_person: AsPerson) -> None:
    bill = as_person("bill")

    told = [
        bill.post(f"{RATES}upload", a_file(FILE), follow=True).content.decode() for _ in range(2)
    ]

    assert "2 new rates of exchange." in told[0]
    assert "0 new rates of exchange." in told[1]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("new", {**DOLLAR, "quote": "EUR"}),
        ("new", {**DOLLAR, "on": "2999-01-01"}),
        ("new", {**DOLLAR, "source": ""}),
        ("upload", {"source": "ECB"}),
    ],
)
def test_what_cannot_be_stays_on_the_form(
    cast: Cast, as_person: AsPerson, path: str, data: dict[str, str]
) -> None:
    assert as_person("bill").post(f"{RATES}{path}", data).status_code == 422
    with provider_scope(cast.nimbus):
        assert exchange_rates(cast.nimbus, limit=9) == []


@pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"x" * (BYTES_MAX + 1)])
def test_a_file_that_is_none_stays_out(cast: Cast, as_person: AsPerson, content: bytes) -> None:
    answer = as_person("bill").post(f"{RATES}upload", a_file(content))

    assert answer.status_code == 422
    assert "<script>alert" not in answer.content.decode()


def test_who_only_reads_is_offered_nothing(cast: Cast, as_person: AsPerson) -> None:
    rita = as_person("rita")

    assert "exchange/new" not in rita.get(RATES).content.decode()
    assert rita.post(f"{RATES}new", DOLLAR).status_code == 403
