"""What was done can be undone from its message, by those who may do the opposite."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from billing_platform.kernel.scope import provider_scope
from tenants.models import Tenant
from tenants.selectors.suspensions import open_suspensions

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

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


class TestUndo:
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
