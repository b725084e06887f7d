"""A provider's brand page: owners change it, a preview changes nothing, host names belong to one provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client

from billing_platform.kernel.scope import provider_scope
from tenants.selectors.hosts import list_hosts, provider_id_by_host
from tenants.selectors.providers import provider_view
from tenants.services.hosts import admit_host
from tests.cast import NOW

if TYPE_CHECKING:
    from tenants.types import HostView
    from tests.cast import Cast
    from tests.dns_server import DnsServer
    from tests.portal.views.conftest import AsPerson

URL = "/provider/brand/"
SAVE = f"{URL}save"
ADD = f"{URL}hosts/add"
FILLED = {
    "name": "Nimbus Cloud",
    "brand_color": "#FFCC00",
    "sender_name": "Nimbus Billing",
    "sender_email": "billing@nimbus.example",
    "support_url": "https://nimbus.example/help",
    "imprint_url": "",
    "terms_url": "nimbus.example/terms",
    "privacy_url": "https://nimbus.example/privacy",
}
OTHERS = [("bill", 403), ("sue", 403), ("rita", 403), ("alice", 403), ("mallory", 404)]


def color(cast: Cast) -> str:
    with provider_scope(cast.nimbus):
        return provider_view(cast.nimbus).brand_color


def hosts(provider_id: int) -> dict[str, int]:
    with provider_scope(provider_id):
        return {host.name: host.id for host in list_hosts(provider_id)}


def host_of(provider_id: int, name: str) -> HostView:
    with provider_scope(provider_id):
        return next(host for host in list_hosts(provider_id) if host.name == name)


class TestBrand:
    def test_an_owner_changes_it(self, cast: Cast, as_person: AsPerson) -> None:
        answer = as_person("paula").post(SAVE, FILLED, follow=True)

        body = answer.content.decode()
        assert answer.redirect_chain == [(URL, 302)]
        assert "The brand is saved." in body
        with provider_scope(cast.nimbus):
            row = provider_view(cast.nimbus)
        assert (row.name, row.brand_color, row.sender_email) == (
            "Nimbus Cloud",
            "#ffcc00",
            "billing@nimbus.example",
        )
        # White text could not be read on this yellow, nor yellow links on white.
        assert "adapted, because" in body

    def test_others_of_the_provider_only_see_it(self, cast: Cast, as_person: AsPerson) -> None:
        body = as_person("rita").get(URL).content.decode()

        assert "#1f5eff" in body
        assert "nimbus.localhost" in body
        assert SAVE not in body
        assert ADD not in body

    @pytest.mark.parametrize(("person", "status"), OTHERS)
    def test_others_may_not_change_it(
        self, cast: Cast, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).post(SAVE, FILLED).status_code == status
        assert color(cast) == "#1f5eff"

    def test_another_provider_s_owner_changes_only_the_own(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        as_person("oskar").post(SAVE, FILLED)

        assert color(cast) == "#1f5eff"

    def test_a_preview_writes_nothing_and_keeps_what_was_typed(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        answer = client.post(SAVE, {**FILLED, "preview": "1"})

        body = answer.content.decode()
        assert answer.status_code == 200
        assert "Not saved yet" in body
        assert 'value="Nimbus Billing"' in body
        assert color(cast) == "#1f5eff"
        sheet = next(part for part in body.split('"') if part.startswith("/brand/preview/ffcc00-"))
        assert b".brand-preview[data-bs-theme=dark]{--b-fill:#ffcc00" in client.get(sheet).content
        assert client.get(sheet.replace("ffcc00", "ffcc01")).status_code == 404

    @pytest.mark.parametrize(
        "wrong",
        [
            {"brand_color": "red"},
            {"brand_color": "#12345;"},
            {"name": " "},
            {"sender_email": "nobody"},
            {"support_url": "javascript:alert(1)"},
            {"support_url": "ftp://nimbus.example"},
            {"imprint_url": "http://nimbus.example"},
            {"terms_url": "javascript:alert(1)"},
            {"privacy_url": f"https://nimbus.example/{'x' * 200}"},
        ],
    )
    def test_bad_input_changes_nothing_and_is_kept(
        self, cast: Cast, as_person: AsPerson, wrong: dict[str, str]
    ) -> None:
        for extra in ({}, {"preview": "1"}):
            answer = as_person("paula").post(SAVE, {**FILLED, **wrong, **extra})

            body = answer.content.decode()
            assert answer.status_code == 422
            assert "data-error-summary" in body
            assert 'value="Nimbus Billing"' in body
            assert color(cast) == "#1f5eff"


class TestLegalPages:
    def test_they_are_linked_where_customers_look(self, cast: Cast, as_person: AsPerson) -> None:
        as_person("paula").post(SAVE, FILLED)
        terms = '<a class="link-secondary small" href="https://nimbus.example/terms" rel="noopener">Terms</a>'

        login = Client(headers={"host": "nimbus.localhost"}).get("/accounts/login/")
        for body in (login, as_person("alice").get("/billing/")):
            assert terms in body.content.decode()
            assert "https://nimbus.example/privacy" in body.content.decode()
            assert "Imprint" not in body.content.decode()
        assert "nimbus.example/terms" not in as_person("dora").get("/billing/").content.decode()
        assert terms not in as_person("paula").get("/provider/clients/").content.decode()


class TestHosts:
    def test_an_owner_adds_one_and_sees_the_record_that_proves_it(
        self, cast: Cast, as_person: AsPerson, server: DnsServer
    ) -> None:
        client = as_person("paula")

        body = client.post(ADD, {"name": " Pay.Example.com. "}, follow=True).content.decode()
        client.post(ADD, {"name": "pay.example.com"})
        host = host_of(cast.nimbus, "pay.example.com")
        check = f"{URL}hosts/{host.id}/check"

        assert "Now set the record" in body
        for text in ("_billing-challenge.pay.example.com", host.challenge, check):
            assert text in body
        assert provider_id_by_host("pay.example.com") is None
        body = client.post(check, follow=True).content.decode()
        assert "not proved yet" in body
        assert "There is no such record yet" in body
        server.texts[host.record] = [host.challenge]
        body = client.post(check, follow=True).content.decode()
        assert "The host name is proved" in body
        assert host.challenge not in body
        assert provider_id_by_host("pay.example.com") == cast.nimbus
        assert len(hosts(cast.nimbus)) == 2

    def test_nobody_else_proves_one(
        self, cast: Cast, as_person: AsPerson, server: DnsServer
    ) -> None:
        as_person("paula").post(ADD, {"name": "pay.example.com"})
        host = host_of(cast.nimbus, "pay.example.com")
        server.texts[host.record] = [host.challenge]
        check = f"{URL}hosts/{host.id}/check"

        assert "Check now" not in as_person("rita").get(URL).content.decode()
        for person, status in (*OTHERS, ("oskar", 302)):
            assert as_person(person).post(check).status_code == status
        assert server.asked == []
        assert provider_id_by_host("pay.example.com") is None

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "https://pay.example.com/",
            "pay",
            "10.0.0.1",
            "a..example.com",
            "-a.example.com",
            "a b.example.com",
        ],
    )
    def test_bad_names_are_refused_and_kept(
        self, cast: Cast, as_person: AsPerson, name: str
    ) -> None:
        answer = as_person("paula").post(ADD, {"name": name})

        assert answer.status_code == 422
        assert f'value="{name}"' in answer.content.decode() or not name
        assert list(hosts(cast.nimbus)) == ["nimbus.localhost"]

    def test_a_name_of_somebody_else_is_refused_without_saying_whose(
        self, cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "PLATFORM_URL", "https://bills.example.com")
        for name in ("sonora.localhost", "bills.example.com"):
            answer = as_person("paula").post(ADD, {"name": name})

            assert answer.status_code == 422
            assert "This host name is in use." in answer.content.decode()
            assert "Sonora" not in answer.content.decode()
        assert provider_id_by_host("sonora.localhost") == cast.sonora
        assert provider_id_by_host("bills.example.com") is None

    def test_an_owner_removes_one(self, cast: Cast, as_person: AsPerson) -> None:
        client = as_person("paula")
        client.post(ADD, {"name": "pay.example.com"})
        url = f"{URL}hosts/{hosts(cast.nimbus)['pay.example.com']}/remove"

        first, second = (client.post(url, follow=True).content.decode() for _ in range(2))

        assert "The host name is removed." in first
        assert "There is no such host name." in second
        assert list(hosts(cast.nimbus)) == ["nimbus.localhost"]

    def test_the_last_one_and_the_one_in_use_stay(self, cast: Cast, as_person: AsPerson) -> None:
        client = as_person("paula")
        url = f"{URL}hosts/{hosts(cast.nimbus)['nimbus.localhost']}/remove"

        assert "The last host name cannot" in client.post(url, follow=True).content.decode()
        with provider_scope(cast.nimbus):
            admit_host(provider_id=cast.nimbus, name="pay.example.com", now=NOW)
        assert "You are using this host name" in client.post(url, follow=True).content.decode()
        assert len(hosts(cast.nimbus)) == 2

    def test_nobody_else_adds_or_removes(self, cast: Cast, as_person: AsPerson) -> None:
        with provider_scope(cast.nimbus):
            admit_host(provider_id=cast.nimbus, name="pay.example.com", now=NOW)
        url = f"{URL}hosts/{hosts(cast.nimbus)['pay.example.com']}/remove"

        for person, status in (*OTHERS, ("oskar", 302)):
            assert as_person(person).post(url).status_code == status
        assert as_person("bill").post(ADD, {"name": "b.example.com"}).status_code == 403
        assert len(hosts(cast.nimbus)) == 2
