"""Pages that are not in the frame of the portals: what a mailed link leads to, and a document to print."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg2
import pytest
from django.test import override_settings

from payments.services.recharge_tokens import LinkClaim, link_token
from tests.browser.settings import SECRET_KEY
from tests.browser.test_pages import VIEWS
from tests.database import owner_url

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def token_of(visitor: Visitor, recharge: str) -> str:
    """Return the token of a link that was mailed for a recharge of the demo, signed as the demo signs."""
    with closing(psycopg2.connect(owner_url(visitor.demo.database))) as raw, raw.cursor() as cursor:
        cursor.execute(
            "SELECT provider_id, tenant_id FROM payments_recharge WHERE public_id = %s", [recharge]
        )
        provider_id, tenant_id = cursor.fetchone() or (0, 0)
    with override_settings(SECRET_KEY=SECRET_KEY):
        return link_token(LinkClaim(provider_id, tenant_id, recharge), since=datetime.now(UTC))


class TestRecharge:
    def test_whoever_got_the_mail_pays(self, visitor: Visitor) -> None:
        visit = visitor.open("", "nimbus", f"/pay/recharge/{token_of(visitor, 'rec_seen')}")
        found = list(visit.complaints)

        for size, theme in VIEWS[::3]:
            visit.show(size, theme)
            assert visit.sideways_px() <= 0
            found += visit.violations()
        assert visit.page.get_by_role("button", name="Pay Now").bounding_box()["height"] >= 44  # type: ignore[index]  # drawn
        assert visit.page.get_by_text(re.compile(r"No real money moves by .*Card")).is_visible()
        visit.page.close()
        assert found == []


class TestPrint:
    @pytest.mark.parametrize(
        ("role", "path"),
        [
            ("nimbus owner", "/provider/invoices/doc_owed/print/"),
            ("nimbus acme admin", "/billing/invoices/doc_seen/print/"),
        ],
    )
    def test_a_document_is_read_as_it_is_printed(
        self, visitor: Visitor, role: str, path: str
    ) -> None:
        visit = visitor.open(role, "nimbus", path)

        # Paper has one size and no theme.
        found = [*visit.complaints, *visit.violations()]
        visit.page.close()
        assert found == []
