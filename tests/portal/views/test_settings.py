"""A provider's settings page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from billing_platform.kernel.scope import provider_scope
from tenants.selectors.settings import get_setting
from tenants.services.settings import set_setting
from tests.cast import NOW

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

URL = "/provider/settings/"
GRACE = f"{URL}suspension.grace_hours/"


def grace(cast: Cast) -> object:
    with provider_scope(cast.nimbus):
        return get_setting(cast.nimbus, "suspension.grace_hours")


class TestSettings:
    def test_everybody_of_the_provider_reads_them(self, cast: Cast, as_person: AsPerson) -> None:
        for person in ("paula", "rita"):
            body = as_person(person).get(URL).content.decode()
            assert "Hours between reaching the limit and the suspension." in body

    def test_only_owners_are_offered_a_change(self, cast: Cast, as_person: AsPerson) -> None:
        assert GRACE in as_person("paula").get(URL).content.decode()
        assert GRACE not in as_person("rita").get(URL).content.decode()

    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("mallory", 404)])
    def test_are_the_provider_s(
        self, cast: Cast, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).get(URL).status_code == status


class TestSetting:
    def test_an_owner_changes_it(self, cast: Cast, as_person: AsPerson) -> None:
        answer = as_person("paula").post(GRACE, {"value": "6"}, follow=True)

        assert "The setting is saved." in answer.content.decode()
        assert grace(cast) == 6

    def test_a_refusal_stands_beside_its_field(self, cast: Cast, as_person: AsPerson) -> None:
        answer = as_person("paula").post(GRACE, {"value": "-1"})

        body = answer.content.decode()
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in body
        assert "data-error-summary" in body
        assert grace(cast) == 0

    def test_an_owner_returns_to_the_default(self, cast: Cast, as_person: AsPerson) -> None:
        client = as_person("paula")
        client.post(GRACE, {"value": "6"})

        client.post(f"{GRACE}reset")

        assert grace(cast) == 0

    def test_says_who_changed_it_and_what_the_default_is(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        paula, rita = as_person("paula"), as_person("rita")
        assert "by paula@" not in rita.get(URL).content.decode()

        paula.post(GRACE, {"value": "6"})
        changed = rita.get(URL).content.decode()
        paula.post(f"{GRACE}reset")
        reset = rita.get(URL).content.decode()

        assert "by paula@" in changed
        assert "default: 0" in changed
        assert "by paula@" in reset
        assert "default: 0" not in reset

    def test_a_machine_s_value_is_not_put_down_to_a_person(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        paula = as_person("paula")
        paula.post(GRACE, {"value": "6"})
        paula.post(f"{GRACE}reset")
        with provider_scope(cast.nimbus), connection.cursor() as cursor:
            # The request's transaction, and with it who made it, ends here; the test's goes on.
            cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
            set_setting(provider_id=cast.nimbus, name="suspension.grace_hours", value=7, now=NOW)

        body = paula.get(URL).content.decode()

        assert "by the system" in body
        assert "by paula@" not in body

    @pytest.mark.parametrize(
        ("person", "status"), [("bill", 403), ("alice", 403), ("mallory", 404)]
    )
    def test_others_may_not(
        self, cast: Cast, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).post(GRACE, {"value": "6"}).status_code == status
        assert as_person(person).post(f"{GRACE}reset").status_code == status
        assert grace(cast) == 0

    def test_an_unknown_one_does_not_exist(self, cast: Cast, as_person: AsPerson) -> None:
        assert as_person("paula").get(f"{URL}no.such/").status_code == 404
        assert as_person("paula").post(f"{URL}no.such/reset").status_code == 404

    def test_a_reset_is_posted(self, cast: Cast, as_person: AsPerson) -> None:
        assert as_person("paula").get(f"{GRACE}reset").status_code == 405
