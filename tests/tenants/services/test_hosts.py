"""A host name shows a brand once DNS says that it is the provider's; nobody keeps a name that another one proves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from billing_platform.kernel.scope import provider_scope
from tenants.errors import HostTakenError, InvalidNameError, TooManyHostsError
from tenants.models import Host, HostEvent
from tenants.selectors.hosts import (
    PENDING_HOST,
    host_owner,
    list_hosts,
    provider_id_by_host,
    provider_url,
)
from tenants.services.hosts import admit_host, ask_for_host, prove_host, remove_host
from tests.cast import NOW

if TYPE_CHECKING:
    from tenants.types import HostView
    from tests.cast import Cast
    from tests.dns_server import DnsServer

pytestmark = pytest.mark.django_db
NAME = "pay.example.com"
RECORD = f"_billing-challenge.{NAME}"


def asked_for(provider_id: int, name: str = NAME) -> HostView:
    with provider_scope(provider_id):
        ask_for_host(provider_id=provider_id, name=name, now=NOW)
        return next(host for host in list_hosts(provider_id) if host.name == name)


def host_of(provider_id: int, name: str = NAME) -> HostView:
    with provider_scope(provider_id):
        return next(host for host in list_hosts(provider_id) if host.name == name)


class TestProviderUrl:
    def test_it_is_on_the_host_that_was_proved_first(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "PLATFORM_URL", "https://bills.example.com")
        with provider_scope(cast.nimbus):
            late = NOW + timedelta(days=1)
            admit_host(provider_id=cast.nimbus, name="aaa.example.com", now=late)
            assert provider_url(cast.nimbus, "/x/") == "https://nimbus.localhost/x/"

    def test_never_on_one_that_is_only_asked_for(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "PLATFORM_URL", "https://bills.example.com")
        asked_for(cast.nimbus)
        with provider_scope(cast.nimbus):
            Host.objects.filter(provider_id=cast.nimbus, proved_at__isnull=False).delete()
            assert provider_url(cast.nimbus, "/x/") == "https://bills.example.com/x/"


class TestProveHost:
    def test_the_right_record_shows_the_brand(self, cast: Cast, server: DnsServer) -> None:
        host = asked_for(cast.nimbus)
        server.texts[RECORD] = ["v=spf1 -all", host.challenge]

        assert host_owner(NAME) == PENDING_HOST
        assert prove_host(provider_id=cast.nimbus, host_id=host.id, now=NOW) is True
        assert server.asked == [host.record] == [RECORD]
        assert provider_id_by_host("Pay.Example.com") == cast.nimbus
        assert prove_host(provider_id=cast.nimbus, host_id=host.id, now=NOW) is True
        assert len(server.asked) == 1

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            ("nothing", "missing"),
            ("empty", "missing"),
            ("wrong", "other"),
            ("silent", "no_answer"),
            ("broken", "no_answer"),
        ],
    )
    def test_any_other_answer_does_not(
        self, cast: Cast, server: DnsServer, answer: str, outcome: str
    ) -> None:
        host = asked_for(cast.nimbus)
        if answer in {"empty", "wrong"}:
            server.texts[RECORD] = [host.challenge[:-1]] if answer == "wrong" else []
        server.silent = {RECORD} if answer == "silent" else set()
        server.broken = {RECORD} if answer == "broken" else set()

        assert prove_host(provider_id=cast.nimbus, host_id=host.id, now=NOW) is False
        after = host_of(cast.nimbus)
        assert (after.is_proved, after.outcome, after.checked_at) == (False, outcome, NOW)
        assert host_owner(NAME) == PENDING_HOST

    def test_the_challenge_of_another_provider_proves_nothing(
        self, cast: Cast, server: DnsServer
    ) -> None:
        theirs, ours = asked_for(cast.sonora), asked_for(cast.nimbus)
        server.texts[RECORD] = [ours.challenge]

        assert prove_host(provider_id=cast.sonora, host_id=theirs.id, now=NOW) is False
        # Another provider's host is not found, however good its record is.
        assert prove_host(provider_id=cast.sonora, host_id=ours.id, now=NOW) is None
        assert prove_host(provider_id=cast.nimbus, host_id=ours.id, now=NOW) is True
        server.texts[RECORD] = [theirs.challenge]
        assert prove_host(provider_id=cast.sonora, host_id=theirs.id, now=NOW) is False
        assert host_of(cast.sonora).outcome == "taken"
        assert provider_id_by_host(NAME) == cast.nimbus

    def test_waiting_is_no_history_and_the_proof_is(self, cast: Cast, server: DnsServer) -> None:
        host = asked_for(cast.nimbus)
        prove_host(provider_id=cast.nimbus, host_id=host.id, now=NOW)
        server.texts[RECORD] = [host.challenge]
        prove_host(provider_id=cast.nimbus, host_id=host.id, now=NOW)

        with provider_scope(cast.nimbus):
            events = HostEvent.objects.filter(provider_id=cast.nimbus, name=NAME)
            assert [(event.pgh_label, event.proved_at) for event in events] == [("update", NOW)]


class TestAskForHost:
    @pytest.mark.parametrize("name", ["no host", "", f"{'a' * 60}.{'b.' * 90}com"])
    def test_a_name_that_cannot_be_proved_is_refused(self, cast: Cast, name: str) -> None:
        with provider_scope(cast.nimbus), pytest.raises(InvalidNameError):
            ask_for_host(provider_id=cast.nimbus, name=name, now=NOW)

    def test_a_proved_name_of_another_is_refused(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "PLATFORM_URL", "https://bills.example.com")
        for name in ("Sonora.localhost", "bills.example.com"):
            with provider_scope(cast.nimbus), pytest.raises(HostTakenError):
                ask_for_host(provider_id=cast.nimbus, name=name, now=NOW)

    def test_twice_keeps_the_challenge(self, cast: Cast) -> None:
        assert asked_for(cast.nimbus).challenge == asked_for(cast.nimbus).challenge
        assert len(asked_for(cast.nimbus).challenge) == 32

    def test_there_is_an_end_to_it(self, cast: Cast) -> None:
        for number in range(20):
            asked_for(cast.nimbus, f"h{number}.example.com")

        with provider_scope(cast.nimbus), pytest.raises(TooManyHostsError):
            ask_for_host(provider_id=cast.nimbus, name="h20.example.com", now=NOW)


class TestAdmitHost:
    def test_an_operator_s_word_is_enough_but_for_a_name_of_another(self, cast: Cast) -> None:
        asked_for(cast.nimbus)
        with provider_scope(cast.nimbus):
            admit_host(provider_id=cast.nimbus, name=NAME, now=NOW)
            admit_host(provider_id=cast.nimbus, name=NAME, now=NOW + timedelta(days=1))
            with pytest.raises(HostTakenError):
                admit_host(provider_id=cast.nimbus, name="sonora.localhost", now=NOW)

        assert host_of(cast.nimbus).is_proved
        assert provider_id_by_host(NAME) == cast.nimbus

    def test_the_database_refuses_too(self, cast: Cast) -> None:
        for wrong in ({"proved_at": NOW, "name": "sonora.localhost"}, {}, {"outcome": "x"}):
            row = Host(**{"provider_id": cast.nimbus, "name": "x.example.com", **wrong})
            with (
                pytest.raises(IntegrityError),
                provider_scope(cast.nimbus),
                transaction.atomic(),
            ):
                row.save()


class TestRemoveHost:
    def test_one_that_waits_goes_and_the_last_proved_one_stays(self, cast: Cast) -> None:
        waiting, proved = asked_for(cast.nimbus), host_of(cast.nimbus, "nimbus.localhost")
        with provider_scope(cast.nimbus):
            with pytest.raises(InvalidNameError):
                remove_host(provider_id=cast.nimbus, host_id=proved.id, current="")
            assert remove_host(provider_id=cast.nimbus, host_id=waiting.id, current="")

        assert host_owner(NAME) is None


class TestPending:
    def test_a_name_that_waits_serves_nothing(self, cast: Cast, server: DnsServer) -> None:
        host = asked_for(cast.nimbus)
        browser = Client(headers={"host": NAME})

        assert browser.get("/accounts/login/").status_code == 404
        assert "Nimbus" not in browser.get("/").content.decode()
        server.texts[RECORD] = [host.challenge]
        prove_host(provider_id=cast.nimbus, host_id=host.id, now=NOW)
        answer = browser.get("/accounts/login/")
        assert answer.status_code == 200
        assert "Nimbus" in answer.content.decode()

    def test_it_cannot_take_the_platform_s_own_away(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked_for(cast.nimbus)
        monkeypatch.setattr(settings, "PLATFORM_URL", f"https://{NAME}")

        assert Client(headers={"host": NAME}).get("/accounts/login/").status_code == 200
