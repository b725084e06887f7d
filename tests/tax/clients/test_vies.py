"""VIES over HTTP with all its faults: only a clear word is one, and nothing is raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import override_settings

from gateway_simulators.common.faults import Fault
from gateway_simulators.vies.simulator import CODES, GARBAGE
from tax.clients import vies as client

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from gateway_simulators.vies.simulator import ViesSimulator

FRENCH = ("FR", "40303265045")
OURS = ("DE", "136695976")


class TestAsk:
    def test_a_valid_number_comes_with_name_and_consultation_number(
        self, vies: ViesSimulator
    ) -> None:
        vies.act("enter", {"number": "FR40303265045", "name": "Café «Ü»\x00", "address": "1 Rue"})

        found = client.ask(FRENCH, OURS)

        assert (found.outcome, found.name, found.address) == ("valid", "Café «Ü»", "1 Rue")
        assert found.consultation_number.startswith("WAPI")
        assert '"valid": true' in found.raw

    def test_without_a_requester_there_is_no_consultation_number(
        self, register: SimulatorServer
    ) -> None:
        assert client.ask(FRENCH, None).consultation_number == ""

    def test_states_that_hide_names_hide_them(self, register: SimulatorServer) -> None:
        found = client.ask(OURS, OURS)

        assert (found.outcome, found.name, found.address) == ("valid", "", "")

    def test_a_number_that_was_struck_off_is_not_valid(self, vies: ViesSimulator) -> None:
        vies.act("strike_off", {"number": "FR40303265045"})

        assert client.ask(FRENCH, OURS).outcome == "invalid"

    def test_a_number_that_cannot_be_one_is_not_valid(self, vies: ViesSimulator) -> None:
        vies.act("trouble", {"code": "INVALID_INPUT"})

        found = client.ask(FRENCH, OURS)

        assert (found.outcome, found.fault) == ("invalid", "")

    @pytest.mark.parametrize("code", sorted(CODES - {"INVALID_INPUT"}))
    def test_faults_say_nothing_against_a_number(self, vies: ViesSimulator, code: str) -> None:
        vies.act("trouble", {"code": code})

        found = client.ask(FRENCH, OURS)

        assert (found.outcome, found.fault) == ("unavailable", code)

    @pytest.mark.parametrize("kind", sorted(GARBAGE))
    def test_garbage_is_no_answer(self, vies: ViesSimulator, kind: str) -> None:
        vies.act("trouble", {"code": kind})

        found = client.ask(FRENCH, OURS)

        assert (found.outcome, found.fault) == ("unavailable", "UNREADABLE")
        assert len(found.raw) <= 4000

    @pytest.mark.parametrize(
        ("mode", "fault"),
        [
            ("500", "HTTP_500"),
            ("500_done", "HTTP_500"),
            ("429", "HTTP_429"),
            ("html502", "HTTP_502"),
            ("reset", "NOT_REACHED"),
            ("lost", "NOT_REACHED"),
        ],
    )
    def test_a_broken_server_is_no_answer(
        self, register: SimulatorServer, mode: str, fault: str
    ) -> None:
        register.faults.append(Fault("/check-vat-number", mode))

        found = client.ask(FRENCH, OURS)

        assert (found.outcome, found.fault) == ("unavailable", fault)

    def test_a_slow_answer_is_none(
        self, register: SimulatorServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(client, "TIMEOUT_S", (0.2, 0.2))
        register.faults.append(Fault("/check-vat-number", "slow", seconds=1))

        assert client.ask(FRENCH, OURS).fault == "NO_ANSWER_IN_TIME"

    def test_nobody_there_is_no_answer(self) -> None:
        nobody = {"vies": {"url": "http://127.0.0.1:9"}}
        with override_settings(GATEWAY_ENDPOINTS=nobody):
            assert client.ask(FRENCH, None).fault == "NOT_REACHED"

    def test_among_simulators_the_real_one_is_never_asked(self) -> None:
        with override_settings(GATEWAY_SIMULATORS=True, GATEWAY_ENDPOINTS={}):
            assert client.ask(FRENCH, None).fault == "NOT_CONFIGURED"
