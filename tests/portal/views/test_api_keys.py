"""A provider's API keys: made by owners, shown once, refused from the moment they are revoked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.errors import KeyRefusedError
from tenants.selectors.api_keys import list_api_keys
from tenants.services.api_keys import authenticate

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

URL = "/provider/api-keys/"
FILLED = {"name": "metering", "scopes": ["usage:write"], "days": "30"}


def keys(provider_id: int) -> list[str]:
    with provider_scope(provider_id):
        return [key.name for key in list_api_keys(provider_id) if key.revoked_at is None]


class TestApiKeys:
    def test_an_owner_makes_one_that_works_and_is_shown_once(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        client = as_person("paula")

        made = client.post(URL, FILLED)

        raw = re.findall(r"bk_[\w-]{43}", made.content.decode())[0]
        identity = authenticate(raw, now=now())
        assert (identity.provider_id, identity.scopes) == (cast.nimbus, frozenset({"usage:write"}))
        assert f"Authorization: Bearer {raw}" in made.content.decode().replace("&#x27;", "'")
        assert "no-store" in made["Cache-Control"]
        later = client.get(URL).content.decode()
        assert raw not in later
        assert raw[:11] in later

    def test_the_same_form_sent_twice_makes_one(self, cast: Cast, as_person: AsPerson) -> None:
        client = as_person("paula")
        client.post(URL, FILLED)

        again = client.post(URL, FILLED)

        assert again.status_code == 422
        assert "data-error-summary" in again.content.decode()
        assert keys(cast.nimbus).count("metering") == 1

    def test_a_second_one_lives_beside_the_first_for_the_change_over(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        client.post(URL, FILLED)

        answers = [client.post(URL, {**FILLED, "rotate": "on"}) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 422]
        assert keys(cast.nimbus).count("metering") == 2

    @pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"days": "31"}])
    def test_bad_input_makes_none(
        self, cast: Cast, as_person: AsPerson, wrong: dict[str, object]
    ) -> None:
        before = keys(cast.nimbus)

        assert as_person("paula").post(URL, {**FILLED, **wrong}).status_code == 422
        assert keys(cast.nimbus) == before

    @pytest.mark.parametrize(
        ("person", "status"), [("bill", 403), ("rita", 403), ("alice", 403), ("mallory", 404)]
    )
    def test_others_may_not(
        self, cast: Cast, as_person: AsPerson, person: str, status: int
    ) -> None:
        before = keys(cast.nimbus)

        assert as_person(person).get(URL).status_code == status
        assert as_person(person).post(URL, FILLED).status_code == status
        assert keys(cast.nimbus) == before


class TestRevoke:
    def test_ends_a_key_at_once(self, cast: Cast, as_person: AsPerson) -> None:
        client = as_person("paula")
        raw = re.findall(r"bk_[\w-]{43}", client.post(URL, FILLED).content.decode())[0]
        key_id = authenticate(raw, now=now()).key_id

        answer = client.post(f"{URL}{key_id}/revoke", follow=True)

        assert "The key is revoked." in answer.content.decode()
        with pytest.raises(KeyRefusedError):
            authenticate(raw, now=now())

    def test_a_key_of_another_provider_is_not_there(self, cast: Cast, as_person: AsPerson) -> None:
        client = as_person("paula")
        raw = re.findall(r"bk_[\w-]{43}", client.post(URL, FILLED).content.decode())[0]
        key_id = authenticate(raw, now=now()).key_id

        assert as_person("mallory").post(f"{URL}{key_id}/revoke").status_code == 404
        assert client.get(f"{URL}{key_id}/revoke").status_code == 405
        assert authenticate(raw, now=now()).key_id == key_id
