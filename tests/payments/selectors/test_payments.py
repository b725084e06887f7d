"""Payments are found by what they are called, by us or by their gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from payments.selectors.payments import payments_by_word
from tests.cast import NOW
from tests.factories.payments import make_attempt, make_connection

if TYPE_CHECKING:
    from tests.cast import Cast


@pytest.fixture
def paid(cast: Cast) -> Cast:
    """Give Acme and Globex a payment each; Globex's has no id at its gateway yet."""
    with provider_scope(cast.nimbus):
        way = make_connection(cast.nimbus)
        for name, tenant_id, external_id in (
            ("acme", cast.acme, "pi_acme"),
            ("globex", cast.globex, ""),
        ):
            make_attempt(
                way, tenant_id, public_id=f"pay_{name}", external_id=external_id, created_at=NOW
            )
    return cast


class TestByWord:
    @pytest.mark.parametrize("word", ["pay_acme", "pi_acme"])
    def test_finds_a_payment_by_each_of_its_names(self, paid: Cast, word: str) -> None:
        with provider_scope(paid.nimbus):
            (found,) = payments_by_word(paid.nimbus, word)
            assert found.public_id == "pay_acme"
            assert payments_by_word(paid.nimbus, word, tenant_id=paid.globex) == []

    @pytest.mark.parametrize("word", ["", "pi_", "PI_ACME"])
    def test_finds_none_by_no_name_or_a_part_of_it(self, paid: Cast, word: str) -> None:
        with provider_scope(paid.nimbus):
            assert payments_by_word(paid.nimbus, word) == []

    def test_finds_none_of_another_provider(self, paid: Cast) -> None:
        with provider_scope(paid.sonora):
            assert payments_by_word(paid.sonora, "pay_acme") == []
