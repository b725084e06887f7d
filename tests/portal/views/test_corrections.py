"""Credit notes by hand and write-offs on their pages: shown first, confirmed once, and above the limit by two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.html import strip_tags

from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document
from tenants.models import Provider
from tenants.services.settings import set_setting
from tests.cast import NOW
from tests.invoicing.owing import TOTAL, Owed
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World


@pytest.fixture
def bill(world: World) -> str:
    """Return the page of an invoice of 172.51 that Acme owes."""
    cast = world.cast
    with as_role("worker"), provider_scope(cast.nimbus):
        Provider.objects.filter(pk=cast.nimbus).update(address="1 Way", country="US")
        owed = Owed.open(cast.nimbus, cast.acme)
        return f"/provider/invoices/{Document.objects.get(pk=owed.document_id).public_id}"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def confirm(person: Client, page: str, sent: dict[str, str]) -> Any:
    """Send a form, then what its question holds, as the browser does."""
    form = person.get(page).context["form"]
    given = {name: field.initial for name, field in form.fields.items() if field.initial}
    asked = person.post(page, {**given, "key": form.initial["key"], **sent})
    assert "confirmed" in text(asked), text(asked)
    preview = asked.context["preview"]
    shown = {
        "seen": str(preview.total.amount_minor),
        "seen_open": str(preview.lowered.amount_minor),
    }
    again = {**asked.context["form"].data.dict(), **shown, "confirmed": "yes"}
    person.post(page, again)
    return person.post(page, again, follow=True)


class TestCredit:
    def test_a_void_is_shown_then_done_once(
        self, as_person: AsPerson, bill: str, world: World
    ) -> None:
        person = as_person("bill")

        answer = text(confirm(person, f"{bill}/credit", {"reason": "=1+1 <b>Wrong</b>"}))

        assert "Cancelled" in answer
        assert "Credit note to this invoice" not in answer, "it stands among the corrections"
        assert "&lt;b&gt;Wrong" in answer
        assert "<b>Wrong" not in answer
        with as_role("worker"), provider_scope(world.cast.nimbus):
            assert Document.objects.filter(kind="credit_note").count() == 1
        assert "Credit or void" not in text(person.get(f"{bill}/"))
        log = text(person.get("/provider/audit/"))
        assert "Correction of an invoice" in log

    def test_a_part_says_what_it_comes_to(self, as_person: AsPerson, bill: str) -> None:
        person = as_person("bill")
        sent = {"line_1": "0", "line_2": "50.00", "reason": "Books came back", "key": "k"}

        answer = text(person.post(f"{bill}/credit", sent))

        assert "53.50" in answer
        assert "3.50" in answer
        assert "Issue this credit note?" in answer

    @pytest.mark.parametrize(
        "sent",
        [
            {"line_1": "100.02"},
            {"line_1": "-1"},
            {"line_1": "0", "line_2": "0"},
            {"reason": ""},
            {"line_1": "x"},
        ],
    )
    def test_more_than_is_left_or_nothing_is_refused(
        self, as_person: AsPerson, bill: str, sent: dict[str, str]
    ) -> None:
        given = {"line_1": "1", "line_2": "1", "reason": "r", "key": "k", "confirmed": "yes"}

        answer = as_person("bill").post(f"{bill}/credit", {**given, "seen": "1", **sent})

        assert answer.status_code == 422

    def test_figures_that_changed_are_asked_again(self, as_person: AsPerson, bill: str) -> None:
        sent = {"line_1": "1", "reason": "r", "key": "k", "confirmed": "yes", "seen": "5"}

        answer = as_person("bill").post(f"{bill}/credit", sent)

        assert "has changed meanwhile" in text(answer)

    def test_a_form_that_is_shown_again_asks_under_a_key_of_its_own(
        self, as_person: AsPerson, bill: str, world: World
    ) -> None:
        person = as_person("bill")
        sent = {"line_1": "0", "line_2": "1.00", "reason": "r", "key": "k", "confirmed": "yes"}
        person.post(f"{bill}/credit", {**sent, "seen": "107", "seen_open": "107"})

        refused = person.post(f"{bill}/credit", {**sent, "line_2": "2.00", "seen": "214"})
        form = refused.context["form"]
        assert form.data["key"] != "k"
        confirmed = {**form.data, "seen": "214", "seen_open": "214"}
        assert person.post(f"{bill}/credit", confirmed).status_code == 302

        with as_role("worker"), provider_scope(world.cast.nimbus):
            notes = Document.objects.filter(kind="credit_note").order_by("pk")
            assert [note.total_minor for note in notes] == [107, 214]


class TestWriteOff:
    def test_is_done_and_taken_back(self, as_person: AsPerson, bill: str) -> None:
        person = as_person("paula")

        answer = text(confirm(person, f"{bill}/write-off", {"reason": "Insolvent"}))

        assert "Written off" in answer
        listed = text(person.get("/provider/invoices/?status=written_off"))
        assert bill in listed
        back = text(person.post(f"{bill}/write-off/back", follow=True))
        assert "The invoice is open again." in back
        assert "Taken back by" in back
        assert "not written off" in text(person.post(f"{bill}/write-off/back", follow=True))


class TestRights:
    @pytest.mark.parametrize("person", ["rita", "sue"])
    def test_others_see_it_and_cannot(self, as_person: AsPerson, bill: str, person: str) -> None:
        seen = as_person(person)

        assert "Credit or void" not in text(seen.get(f"{bill}/"))
        for page in ("credit", "write-off"):
            assert seen.get(f"{bill}/{page}").status_code == 403

    def test_another_provider_finds_none(self, as_person: AsPerson, bill: str) -> None:
        assert as_person("oskar").get(f"{bill}/credit").status_code == 404

    def test_who_approves_a_part_sees_its_lines_and_where_the_money_goes(
        self, as_person: AsPerson, bill: str, world: World
    ) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            set_setting(
                provider_id=world.cast.nimbus, name="approval.limit_minor", value=1, now=NOW
            )
        sent = {"line_1": "0", "line_2": "50.00", "reason": "Books came back"}

        confirm(as_person("bill"), f"{bill}/credit", sent)

        for page in (f"{bill}/", "/provider/approvals/"):
            shown = " ".join(strip_tags(text(as_person("paula").get(page))).split())
            assert re.search(r"Not owed any more: \S*53\.50", shown), shown
            assert re.search(r": \S*50\.00( USD)? \(Net\)", shown), shown

    def test_above_the_limit_two_decide(self, as_person: AsPerson, bill: str, world: World) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            set_setting(
                provider_id=world.cast.nimbus, name="approval.limit_minor", value=TOTAL - 1, now=NOW
            )
        asking, other = as_person("bill"), as_person("paula")

        answer = text(confirm(asking, f"{bill}/write-off", {"reason": "Insolvent"}))

        assert "waits for a second" in answer
        assert "Withdraw" in answer
        assert "Insolvent" in text(asking.get("/provider/approvals/"))
        assert "waits for a second person" in text(asking.get("/provider/"))
        refused = text(asking.post(f"{bill}/correction/approve", follow=True))
        assert "Somebody else has to approve" in refused
        assert "Written off" in text(other.post(f"{bill}/correction/approve", follow=True))
        decided = text(other.post(f"{bill}/correction/decline", follow=True))
        assert "No correction waits here" in decided
        assert "Insolvent" not in text(other.get("/provider/approvals/"))
