"""Notifications: who was told finds it in the own list, and nobody else does."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.urls import reverse

from billing_platform.kernel.outbox import Message
from billing_platform.kernel.scope import provider_scope, system_scope
from billing_platform.portal.pages.notices import OWN_PAGES, STAFF_PAGES
from tenants.models import Notice
from tenants.selectors.readers import money_readers, payers_readers
from tenants.selectors.tenants import tenant_by_id
from tenants.services.mails import mail_readers
from tenants.services.notices import forget_notices
from tests.cast import NOW
from tests.outbox import mails_of
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World

URL = "/notifications/"
# Mails of people who are no members, or that are the frame of others.
NOT_KEPT = {"plain", "invitation"}


def tell(
    world: World, about: str, *, is_staff: bool = False, number: int = 1, **facts: Any
) -> None:
    """Mail Acme's admins, or the provider's people, as a handler of a message does."""
    message = Message(
        id=number,
        provider_id=world.cast.nimbus,
        tenant_id=world.cast.acme,
        topic="told",
        payload={},
        created_at=NOW,
        attempt=1,
    )
    with as_role("worker"), provider_scope(world.cast.nimbus):
        acme = tenant_by_id(world.cast.nimbus, world.cast.acme)
        mail_readers(
            message,
            readers=money_readers(world.cast.nimbus, "en")
            if is_staff
            else payers_readers(world.cast.nimbus, acme),
            template=f"emails/{about}.txt",
            shown=lambda _language: {"tenant": "Acme", **facts},
            key=f"told/{number}",
        )


def rows() -> list[Notice]:
    with as_role("worker"), system_scope():
        return list(Notice.objects.order_by("pk"))


def shown(person: Client, **query: Any) -> str:
    return person.get(URL, query).content.decode()


class TestList:
    def test_says_what_happened_and_leads_there(self, world: World, as_person: AsPerson) -> None:
        tell(world, "resumed", available="5.00 USD", at="today")

        page = shown(as_person("alice"))

        assert "Your service is back" in page
        assert "Nimbus: your service" not in page
        (row,) = rows()
        assert f'action="/notifications/{row.pk}/open"' in page

    @pytest.mark.parametrize("person", ["bob", "charlie", "dora", "paula", "mallory"])
    def test_nobody_else_finds_it(self, world: World, as_person: AsPerson, person: str) -> None:
        tell(world, "resumed", available="5.00 USD", at="today")

        assert "service is back" not in shown(as_person(person))

    @pytest.mark.parametrize("person", ["bob", "charlie", "paula"])
    def test_nobody_else_opens_it(self, world: World, as_person: AsPerson, person: str) -> None:
        tell(world, "resumed", available="5.00 USD", at="today")
        (row,) = rows()

        assert as_person(person).post(f"{URL}{row.pk}/open").status_code == 404
        as_person(person).post(f"{URL}read")
        assert rows()[0].read_at is None

    def test_staff_finds_what_a_client_is_not_told(self, world: World, as_person: AsPerson) -> None:
        tell(world, "refund_withdrawn", is_staff=True, amount="5.00 USD", payment="pay_1")

        assert "has withdrawn a refund request" in shown(as_person("bill"))
        assert "withdrawn" not in shown(as_person("alice"))
        assert "withdrawn" not in shown(as_person("rita"))

    def test_a_mail_told_of_twice_stands_once(self, world: World, as_person: AsPerson) -> None:
        for _ in range(2):
            tell(world, "resumed", available="5.00 USD", at="today")

        assert len(rows()) == len(mails_of(world.cast.nimbus)) == 1

    def test_a_billing_address_without_a_login_is_mailed_only(
        self, world: World, as_person: AsPerson
    ) -> None:
        alice = as_person("alice")
        fields = {"billing_emails": "books@acme.example"}
        form = alice.get("/company/profile/").context["form"]
        kept = {name: form[name].value() or "" for name in form.fields}
        alice.post("/company/profile/", {**kept, **fields})

        tell(world, "resumed", available="5.00 USD", at="today")

        assert len(mails_of(world.cast.nimbus)) == 2
        assert len(rows()) == 1

    def test_is_read_page_by_page_with_as_many_queries(
        self, world: World, as_person: AsPerson, django_assert_max_num_queries: Any
    ) -> None:
        alice = as_person("alice")
        tell(world, "resumed", available="5.00 USD", at="today")
        shown(alice)
        with django_assert_max_num_queries(40) as few:
            shown(alice)
        for number in range(2, 30):
            tell(world, "resumed", number=number, available="5.00 USD", at="today")

        with django_assert_max_num_queries(40) as many:
            page = shown(alice)

        assert len(few) == len(many)
        (older,) = re.findall(r'href="(/notifications/\?before=\d+)"', page)
        assert page.count("/open") == 25
        assert alice.get(older).content.decode().count("/open") == 4


class TestReading:
    def test_opening_one_marks_it_and_leads_to_its_payment(
        self, world: World, as_person: AsPerson
    ) -> None:
        alice = as_person("alice")
        tell(world, "refund_approved", payment="pay_1", granted="5.00 USD")
        tell(world, "resumed", number=2, available="5.00 USD", at="today")
        approved, resumed = rows()

        answer = alice.post(f"{URL}{approved.pk}/open")

        assert answer["Location"] == reverse("billing-payment", args=["pay_1"])
        assert [row.read_at is None for row in rows()] == [False, True]
        assert f'action="/notifications/{resumed.pk}/open"' in shown(alice)

    def test_all_are_marked_at_once_and_the_bell_is_quiet(
        self, world: World, as_person: AsPerson
    ) -> None:
        alice = as_person("alice")
        for number in (1, 2):
            tell(world, "resumed", number=number, available="5.00 USD", at="today")
        bell = '<span class="badge bg-orange-lt">2'
        assert bell in shown(alice)

        alice.post(f"{URL}read")

        assert bell not in shown(alice)
        assert all(row.read_at for row in rows())

    def test_through_another_s_eyes_nothing_is_marked(
        self, world: World, as_person: AsPerson
    ) -> None:
        tell(world, "resumed", available="5.00 USD", at="today")
        sue = as_person("sue")
        sue.post("/hijack/acquire/", {"user_pk": world.cast.users["alice"]})

        assert sue.post(f"{URL}read").status_code == 403
        assert sue.post(f"{URL}{rows()[0].pk}/open").status_code == 403
        assert "/open" not in shown(sue)
        assert rows()[0].read_at is None

    def test_a_page_that_a_role_may_not_open_is_no_way(
        self, world: World, as_person: AsPerson
    ) -> None:
        tell(world, "gateway_refused", is_staff=True, label="Stripe", reason="gone")
        ways = {row.user_id: f"{URL}{row.pk}/open" for row in rows()}

        bill = as_person("bill").post(ways[world.cast.users["bill"]])
        paula = as_person("paula").post(ways[world.cast.users["paula"]])

        assert bill["Location"] == URL
        assert paula["Location"] == "/provider/gateways/"


class TestKeeping:
    def test_each_kind_of_mail_has_its_page(self) -> None:
        folder = Path(settings.BASE_DIR) / "templates" / "emails"
        kinds = {path.stem for path in folder.glob("*.txt")} - NOT_KEPT

        assert kinds == set(OWN_PAGES) | set(STAFF_PAGES)

    def test_they_are_forgotten_after_a_year(self, world: World) -> None:
        tell(world, "resumed", available="5.00 USD", at="today")

        def forgotten(after: timedelta) -> int:
            with as_role("worker"), provider_scope(world.cast.nimbus):
                return forget_notices(provider_id=world.cast.nimbus, now=NOW + after)

        assert forgotten(timedelta(days=365)) == 0
        assert forgotten(timedelta(days=366)) == 1
