"""Pages that have to do with money say when no real money moves, and no other page does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tests.factories.payments import make_connection
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

SAYS = "No real money moves by Card."
MONEY = {"alice": "/billing/pay/", "paula": "/provider/payments/"}


def says(client: Client, path: str) -> bool:
    return SAYS in client.get(path).content.decode()


class TestTestMode:
    @pytest.mark.parametrize("person", MONEY)
    def test_it_is_said_where_money_is(self, cast: Cast, as_person: AsPerson, person: str) -> None:
        client = as_person(person)
        with as_role("worker"), provider_scope(cast.nimbus):
            make_connection(cast.nimbus)

        assert says(client, MONEY[person])
        assert not says(client, {"alice": "/billing/", "paula": "/provider/"}[person])

    def test_real_money_is_not_told_of(self, cast: Cast, as_person: AsPerson) -> None:
        with as_role("worker"):
            with provider_scope(cast.nimbus):
                make_connection(cast.nimbus, is_live=True)
            with provider_scope(cast.sonora):
                make_connection(cast.sonora)

        assert not any(says(as_person(person), path) for person, path in MONEY.items())
