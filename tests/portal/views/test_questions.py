"""What cannot be undone is asked about first: the button asks and says what follows, and only then sends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope, tenant_scope
from billing_platform.portal.pages.recharges import recharges_page
from tenants.selectors.tenants import tenant_by_id
from tenants.services.hosts import admit_host
from tenants.services.settings import set_setting
from tests.cast import NOW

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World


class TestQuestions:
    @pytest.mark.parametrize(
        ("path", "verb", "follows"),
        [
            ("/provider/clients/{acme}/subscriptions/", "End now", "are given back"),
            ("/provider/members", "Remove the member", "from the next click on"),
            ("/provider/brand/", "Remove the host name", "has to be proved again"),
        ],
    )
    def test_the_button_only_asks(
        self, world: World, as_person: AsPerson, path: str, verb: str, follows: str
    ) -> None:
        if "brand" in path:
            with provider_scope(world.cast.nimbus):
                admit_host(provider_id=world.cast.nimbus, name="pay.example.com", now=NOW)
        body = as_person("paula").get(path.format(acme=world.acme)).content.decode()
        opened = re.findall(r'type="button" data-opens="([\w-]+)"', body)
        dialogs = re.findall(
            r'<dialog class="ask text-start" id="([\w-]+)".*?</dialog>', body, re.S
        )

        assert dialogs
        assert set(dialogs) <= set(opened)
        for name in dialogs:
            asked = body.partition(f'id="{name}"')[2].partition("</dialog>")[0]
            assert follows in asked
            assert f">{verb}</button>" in asked
            assert "autofocus>Cancel</button>" in asked

    @pytest.mark.parametrize(
        ("suspends", "then"),
        [
            (True, " Once the balance is used up, the service stops until you top up yourself."),
            (False, ""),
        ],
    )
    def test_who_stops_auto_recharge_reads_what_follows(
        self, world: World, suspends: bool, then: str
    ) -> None:
        ids = (world.cast.nimbus, world.cast.acme)
        with provider_scope(ids[0]):
            set_setting(provider_id=ids[0], name="suspension.enabled", value=suspends, now=NOW)
        with tenant_scope(*ids):
            told = recharges_page(tenant_by_id(*ids), now=NOW).stopped

        assert told == f"Nothing is charged any more.{then}"
