"""What was done can be undone from its message, by those who may do the opposite."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.scope import provider_scope
from tenants.models import Tenant
from tenants.selectors.suspensions import open_suspensions
from tests.cast import NOW
from usage.models import Meter, Plan
from usage.services.meters import create_meter
from usage.services.plans import create_plan

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

PRICED = "/provider/plans/"
COUNTED = "/provider/meters/"
FORM = re.compile(r'<form method="post" action="([^"]+)">(?:(?!</form>).)*>Undo</button>', re.S)
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


def notes(cast: Cast) -> list[str]:
    """Return why Acme is suspended, in words."""
    with provider_scope(cast.nimbus):
        return [row.note for row in open_suspensions(cast.nimbus, cast.acme)]


def undo(client: Client, url: str, **sent: str) -> tuple[str, dict[str, str]]:
    """Do something, and return what the button beside its message sends where."""
    found = FORM.search(client.post(url, sent, follow=True).content.decode())
    assert found is not None
    fields = {name: unescape(value) for name, value in FIELD.findall(found.group(0))}
    return found.group(1), fields


@pytest.fixture
def plan(cast: Cast) -> Plan:
    """Return a plan of Nimbus that nobody has."""
    with provider_scope(cast.nimbus):
        return Plan.objects.get(
            pk=create_plan(provider_id=cast.nimbus, code="spare", name="Spare", now=NOW)
        )


@pytest.fixture
def meter(cast: Cast) -> Meter:
    """Return a meter of Nimbus that nothing charges."""
    rules: dict[str, Any] = {
        "code": "spare",
        "name": "Spare",
        "event_type": "spare",
        "aggregation": "count",
    }
    with provider_scope(cast.nimbus):
        return Meter.objects.get(pk=create_meter(provider_id=cast.nimbus, now=NOW, **rules))


class TestUndo:
    @pytest.mark.parametrize(("kind", "url"), [("plan", PRICED), ("meter", COUNTED)])
    def test_an_archiving_is_undone_once_however_often_it_is_pressed(
        self,
        cast: Cast,
        as_person: AsPerson,
        request: pytest.FixtureRequest,
        kind: str,
        url: str,
    ) -> None:
        row: Plan | Meter = request.getfixturevalue(kind)
        paula = as_person("paula")

        def is_archived() -> bool:
            with provider_scope(cast.nimbus):
                row.refresh_from_db()
            return row.archived_at is not None

        back, sent = undo(paula, f"{url}{row.pk}/archive", to="archived")
        found = [is_archived()]
        for _twice in range(2):
            assert paula.post(back, sent).status_code == 302
            found.append(is_archived())

        assert found == [True, False, False]

    def test_a_suspension_and_its_end_undo_each_other_with_the_same_reason(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        with provider_scope(cast.nimbus):
            acme = f"/provider/clients/{Tenant.objects.get(pk=cast.acme).public_id}"
        sue, note = as_person("sue"), "Odd traffic & <calls>"

        resume, sent = undo(sue, f"{acme}/suspend", note=note)
        assert (resume, notes(cast)) == (f"{acme}/resume", [note])
        suspend, back = undo(sue, resume, **sent)
        assert notes(cast) == []
        undo(sue, suspend, **back)

        assert notes(cast) == [note]
        # The button is no permission.
        assert as_person("rita").post(resume, sent).status_code == 403
        assert notes(cast) == [note]
