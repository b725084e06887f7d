"""Credit above the limit: asked for on the client's page, decided by somebody else on the page of approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import Approval
from accounts.selectors.balances import wallets_of
from billing_platform.kernel.scope import provider_scope
from tenants.services.settings import set_setting
from tests.cast import NOW
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/approvals/"


@pytest.fixture
def limited(world: World) -> World:
    """Let more than 100.00 need a second person."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        set_setting(
            provider_id=world.cast.nimbus, name="approval.limit_minor", value=10_000, now=NOW
        )
    return world


def credit(client: Client, world: World, amount: str, key: str = "k-1") -> str:
    data = {"amount": amount, "currency": "USD", "reason": "Agreed", "key": key}
    url = f"/provider/clients/{world.acme}/credit"
    return client.post(url, data, follow=True).content.decode()


def settled(world: World) -> int:
    with provider_scope(world.cast.nimbus):
        return wallets_of(world.cast.nimbus, [world.cast.acme])[0].settled


def number(world: World) -> str:
    with provider_scope(world.cast.nimbus):
        return str(Approval.objects.get().pk)


class TestApprovals:
    def test_below_the_limit_it_is_posted_at_once(
        self, limited: World, as_person: AsPerson
    ) -> None:
        before = settled(limited)
        credit(as_person("bill"), limited, "100.00")

        assert settled(limited) == before + 10_000

    def test_above_it_somebody_else_posts_it_once(
        self, limited: World, as_person: AsPerson
    ) -> None:
        before, bill, paula = settled(limited), as_person("bill"), as_person("paula")
        for _ in range(2):
            words = credit(bill, limited, "100.01")
        assert "asked for already" in words
        assert settled(limited) == before

        own = bill.get(URL).content.decode()
        assert "Withdraw" in own
        assert "Approve<" not in own
        assert "waits for a second person" in paula.get("/provider/").content.decode()

        chosen = {"approval": number(limited)}
        refused = bill.post(f"{URL}approve", chosen, follow=True).content.decode()
        assert "Somebody else has to approve" in refused
        assert settled(limited) == before

        paula.post(f"{URL}approve", chosen)
        again = paula.post(f"{URL}approve", chosen, follow=True).content.decode()
        assert "decided before" in again
        assert settled(limited) == before + 10_001

    def test_declined_nothing_is_posted(self, limited: World, as_person: AsPerson) -> None:
        before = settled(limited)
        credit(as_person("bill"), limited, "500")
        paula = as_person("paula")
        paula.post(f"{URL}decline", {"approval": number(limited)})

        assert "Declined" in paula.get(URL).content.decode()
        assert settled(limited) == before

    def test_a_correction_downwards_counts_by_its_size(
        self, limited: World, as_person: AsPerson
    ) -> None:
        before = settled(limited)
        data = {
            "direction": "down",
            "amount": "200",
            "currency": "USD",
            "reason": "Wrong",
            "key": "k-9",
        }
        as_person("bill").post(f"/provider/clients/{limited.acme}/correct", data)

        assert settled(limited) == before
        as_person("paula").post(f"{URL}approve", {"approval": number(limited)})
        assert settled(limited) == before - 20_000

    def test_support_neither_sees_nor_decides(self, limited: World, as_person: AsPerson) -> None:
        sue = as_person("sue")

        assert sue.get(URL).status_code == 403
        assert sue.post(f"{URL}approve", {"approval": "1"}).status_code == 403
