"""Nimbus, who mails invoices to Acme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel import outbox
from billing_platform.kernel.scope import provider_scope
from invoicing.services import files
from invoicing.services.sellers import save_seller
from tenants.services.profiles import save_profile
from tenants.services.providers import set_brand
from tenants.types import LegalIdentity, TenantProfileView
from tests.invoicing.drafts import NOW
from tests.roles import as_role

if TYPE_CHECKING:
    from pathlib import Path

    from invoicing.models import Document
    from tests.cast import Cast

from tests.invoicing.mails.post import ALICE, BOOKS, issue


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch, uploads_folder: Path) -> list[str]:
    """Draw quickly, and ring no bell; return the numbers of what was drawn."""
    numbers: list[str] = []

    def draw(document: Any, _assets: object, *, has_xml: bool) -> bytes:
        assert not has_xml
        numbers.append(document.head.number)
        return f"%PDF-{document.digest}".encode()

    monkeypatch.setattr(files, "pdf_of", draw)
    monkeypatch.setattr(outbox, "ring", lambda: None)
    return numbers


@pytest.fixture
def shop(cast: Cast) -> int:
    """Return Nimbus, who may issue invoices to Acme, which has a billing address besides Alice."""
    profile = TenantProfileView(legal_name="Acme GmbH", billing_emails=(BOOKS, ALICE))
    with as_role("worker"), provider_scope(cast.nimbus):
        save_profile(
            provider_id=cast.nimbus, tenant_id=cast.acme, profile=profile, language="de", now=NOW
        )
        identity = LegalIdentity(name="Nimbus Inc.", address="1 Way", country="US")
        save_seller(provider_id=cast.nimbus, identity=identity)
        set_brand(
            provider_id=cast.nimbus,
            sender_name="Nimbus Billing",
            sender_email="bill@nimbus.example",
        )
    return cast.nimbus


@pytest.fixture
def bill(cast: Cast, shop: int) -> Document:
    """Issue an invoice in German to Acme."""
    return issue(shop, cast.acme)
