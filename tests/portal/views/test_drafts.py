"""A document that cannot be issued is told on the first page, stands in a list, and says what it lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import time_machine

from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages.attention import attention
from invoicing.enums import SourceType
from invoicing.models import Document
from invoicing.services.drafting import draft_document
from tenants.models import Provider
from tenants.services.settings import set_setting
from tests.cast import NOW
from tests.invoicing.drafts import invoice, line, tax
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

LIST = "/provider/invoices/?status=draft"


def draft(world: World) -> str:
    """Draft the invoice of a payment, and return its address."""
    wanted = replace(invoice(world.cast.acme, "pay_1"), source_type=SourceType.PAYMENT)
    with as_role("worker"), provider_scope(world.cast.nimbus):
        number = draft_document(provider_id=world.cast.nimbus, draft=wanted, now=NOW)
        public_id = Document.objects.get(pk=number).public_id
    return f"/provider/invoices/{public_id}/"


def told(provider_id: int, hours: int) -> list[tuple[str, str]]:
    at = NOW + timedelta(hours=hours)
    with provider_scope(provider_id):
        found = attention(provider_id, {}, None, today=NOW.date(), now=at)
    return [(one.words, one.url) for one in found if "payment" in one.words]


def test_it_is_told_after_an_hour_with_the_way_to_it(world: World) -> None:
    draft(world)

    assert told(world.cast.nimbus, 1) == told(world.cast.sonora, 2) == []
    assert told(world.cast.nimbus, 2) == [("1 document of a payment cannot be issued", LIST)]


def test_it_stands_in_a_list_of_its_own_for_the_provider_s_people_only(
    world: World, as_person: AsPerson
) -> None:
    url, rita = draft(world), as_person("rita")

    with time_machine.travel(NOW):
        (row,) = rita.get(LIST).context["page"].rows
        every = rita.get("/provider/invoices/").context["page"]
        own = as_person("alice").get("/billing/invoices/?status=draft").context["page"]

    assert row.url == url
    assert list(every.rows) == list(own.rows) == []
    assert as_person("alice").get(url.replace("/provider/", "/billing/")).status_code == 404
    assert url.split("/")[-2] in rita.get("/provider/invoices.csv?status=draft").getvalue().decode()


def test_its_page_says_what_it_lacks_until_it_lacks_nothing(
    world: World, as_person: AsPerson
) -> None:
    url, rita = draft(world), as_person("rita")

    lacking = rita.get(url).content.decode()
    with as_role("worker"), provider_scope(world.cast.nimbus):
        Provider.objects.filter(pk=world.cast.nimbus).update(
            legal_name="Nimbus", address="1 Cloud Way", country="US"
        )
    mended = rita.get(url).content.decode()

    assert (
        "It is not issued yet: Enter your company&#x27;s legal name and address first." in lacking
    )
    assert "It is not issued yet" not in mended


def test_its_page_says_what_its_number_lacks(world: World, as_person: AsPerson) -> None:
    with as_role("worker"), provider_scope(world.cast.nimbus):
        Provider.objects.filter(pk=world.cast.nimbus).update(
            legal_name="Nimbus", address="1 Cloud Way", country="US"
        )
        name = "documents.invoice_pattern"
        set_setting(provider_id=world.cast.nimbus, name=name, value="INV", now=NOW)

    page = as_person("rita").get(draft(world)).content.decode()

    assert "It is not issued yet: The pattern of document numbers gives no usable number." in page


def test_its_page_says_what_the_law_wants_of_its_buyer(world: World, as_person: AsPerson) -> None:
    nimbus = world.cast.nimbus
    with as_role("worker"), provider_scope(nimbus):
        Provider.objects.filter(pk=nimbus).update(
            legal_name="Nimbus", address="1 Road\nBengaluru", country="IN"
        )
        large = invoice(
            world.cast.acme,
            "pay_1",
            currency="INR",
            lines=(line(5_000_000),),
            taxes=(tax(5_000_000, 950_000),),
        )
        wanted = replace(large, source_type=SourceType.PAYMENT)
        number = draft_document(provider_id=nimbus, draft=wanted, now=NOW)
        public_id = Document.objects.get(pk=number).public_id

    page = as_person("rita").get(f"/provider/invoices/{public_id}/").content.decode()

    assert "It is not issued yet: The law wants name, address and state of a buyer" in page
