"""The simulators' shell: prefixes, faults, the log, control behind its token, webhooks on their way, state on disk."""

import http.client
import json
import socket
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway_simulators.common.faults import Fault
from gateway_simulators.common.messages import Answer, Request, as_json
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.state import StateFolder
from gateway_simulators.common.webhooks import Mode
from gateway_simulators.common.world import Clock, World


class Counter:
    """A gateway that counts its work."""

    prefix = "counter"

    def __init__(self) -> None:
        self.count = 0

    def answer(self, request: Request) -> Answer:
        self.count += request.method == "POST"
        return as_json(200, {"count": self.count, "path": request.path})

    def refuse(self, mode: str) -> Answer:
        return as_json(int(mode), {"error": mode})

    def tick(self) -> None:
        """Nothing falls due."""

    def act(self, action: str, details: dict[str, Any]) -> dict[str, Any]:
        if action != "add":
            raise ValueError(action)
        self.count += details["by"]
        return {"count": self.count}

    def credentials(self) -> dict[str, str]:
        return {"key": "k"}

    def dump(self) -> dict[str, Any]:
        return {"count": self.count}

    def load(self, state: dict[str, Any]) -> None:
        self.count = state["count"]


def world_of() -> World:
    world = World(clock=Clock(fixed=1_000_000))
    world.sender.signers["counter"] = lambda body, secret, at, event_id: {
        "X-Signature": f"{secret} {len(body)}",
        "X-Event": event_id,
    }
    return world


@pytest.fixture
def server() -> Iterator[SimulatorServer]:
    with SimulatorServer(world_of(), [Counter()], delivers=False) as running:
        yield running


def ask(url: str, method: str = "GET", body: Any = None, **headers: str) -> tuple[int, Any]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=5)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, parts.path, sent, headers)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    return answer.status, json.loads(text) if text.startswith(b"{") else text.decode()


def counted(server: SimulatorServer) -> Any:
    return server.gateways["counter"].dump()["count"]


class TestAnswers:
    def test_head_and_body_arrive_together(self, server: SimulatorServer) -> None:
        """As two packets, each answer on a connection that stays open waits for the client's late acknowledgement."""
        parts = urlsplit(server.url_of("counter"))
        asked = f"GET {parts.path}/v1/a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", parts.port or 80), timeout=5) as connection:
            for _ in range(3):
                connection.sendall(asked)
                assert connection.recv(65536).endswith(b'"path": "/v1/a"}')


class TestFaults:
    @pytest.mark.parametrize(
        ("mode", "status", "work"),
        [("500", 500, 0), ("429", 429, 0), ("html502", 502, 0), ("500_done", 500, 1)],
    )
    def test_an_error_is_answered(
        self, server: SimulatorServer, mode: str, status: int, work: int
    ) -> None:
        server.faults.append(Fault("/v1/.*", mode, after=1))

        seen = [ask(server.url_of("counter") + "/v1/a", "POST")[0] for _ in range(3)]

        assert seen == [200, status, 200]
        assert counted(server) == 2 + work
        assert [line.fault for line in server.log] == ["", mode, ""]

    @pytest.mark.parametrize(
        ("mode", "error", "work"),
        [
            ("lost", http.client.RemoteDisconnected, 1),
            ("timeout_before", http.client.RemoteDisconnected, 0),
            ("reset", ConnectionResetError, 0),
        ],
    )
    def test_no_answer_comes(
        self, server: SimulatorServer, mode: str, error: type[Exception], work: int
    ) -> None:
        server.faults.append(Fault("/v1/a", mode))

        with pytest.raises(error):
            ask(server.url_of("counter") + "/v1/a", "POST")

        assert (counted(server), server.log[-1].status) == (work, 0)

    @pytest.mark.parametrize("name", ["Idempotency-Key", "PayPal-Request-Id"])
    def test_a_key_is_refused_while_its_first_request_is_under_way(
        self, server: SimulatorServer, name: str
    ) -> None:
        server.faults.append(Fault("/v1/a", "slow", seconds=1))
        mine = Request("POST", "/counter/v1/a", "", {name.lower(): "k-1"})
        other = Request("POST", "/counter/v1/a", "", {name.lower(): "k-2"})
        stranger = Request("POST", "/counter/v1/a", "", {**mine.headers, "authorization": "B"})

        seen = [server.answer(one)[0].status for one in (mine, mine, other, stranger)]
        server.ended(mine)

        assert seen == [200, 409, 200, 200]
        assert server.answer(mine)[0].status == 200
        assert [line.status for line in server.log] == [200, 409, 200, 200, 200]

    def test_it_is_under_way_until_the_answer_was_sent(self, server: SimulatorServer) -> None:
        server.faults.append(Fault("/v1/a", "slow", seconds=0.01))
        path, key = f"{server.url_of('counter')}/v1/a", {"Idempotency-Key": "k-1"}

        assert [ask(path, "POST", **key)[0] for _ in range(2)] == [200, 200]

    def test_an_unknown_mode_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no mode"):
            Fault("/", "sometimes")


class TestControl:
    def test_needs_the_token(self, server: SimulatorServer) -> None:
        assert ask(f"{server.url}/_sim/guess/log")[0] == 404
        assert ask(f"{server.url}/elsewhere/v1")[0] == 404

    def test_steers_the_clock_faults_and_actions(self, server: SimulatorServer) -> None:
        at = server.control_url

        assert ask(f"{at}/clock", "POST", {"advance": 60}) == (200, {"now": 1_000_060})
        assert ask(f"{at}/counter/add", "POST", {"by": 5}) == (200, {"count": 5})
        assert ask(f"{at}/faults", "POST", {"path": "/x", "mode": "429"})[0] == 200
        assert ask(server.url_of("counter") + "/x")[0] == 429

    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("clock", {"advance": -1}),
            ("faults", {"path": "("}),
            ("counter/what", {}),
            ("counter/add", {}),
            ("webhooks", {"kind": "odd"}),
        ],
    )
    def test_refuses_nonsense(self, server: SimulatorServer, name: str, body: Any) -> None:
        assert ask(f"{server.control_url}/{name}", "POST", body)[0] == 400


class Receiver(BaseHTTPRequestHandler):
    """Takes down what it is sent and answers with the next status."""

    seen: list[tuple[str, str, str]]
    answers: list[int]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.seen.append((self.headers["X-Event"], self.headers["X-Signature"], body))
        self.send_response(self.answers.pop(0) if self.answers else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def receiver() -> Iterator[tuple[str, type[Receiver]]]:
    kind = type("Bound", (Receiver,), {"seen": [], "answers": []})
    http_server = HTTPServer(("127.0.0.1", 0), kind)
    Thread(target=http_server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://acme.localhost:{http_server.server_address[1]}/hooks/1", kind
    http_server.shutdown()
    http_server.server_close()


def post(world: World, url: str, *events: str) -> None:
    for event in events:
        world.sender.post(gateway="counter", url=url, secret="s", event_id=event, body='{"a": 1}')


class TestWebhooks:
    @pytest.mark.parametrize(
        ("mode", "seen"),
        [
            (Mode("normal"), ["a", "b"]),
            (Mode("duplicate", times=2), ["a", "a", "a", "b"]),
            (Mode("drop"), ["b"]),
            (Mode("delay"), ["b", "a"]),
            (Mode("reorder", left=2), ["b", "a"]),
        ],
    )
    def test_travel_as_asked(
        self, receiver: tuple[str, type[Receiver]], mode: Mode, seen: list[str]
    ) -> None:
        world = world_of()
        world.sender.modes.append(mode)

        post(world, receiver[0], "a", "b")
        world.sender.deliver()
        world.clock.advance(3600)
        world.sender.deliver()

        assert [event for event, _, _ in receiver[1].seen] == seen

    @pytest.mark.parametrize("kind", ["tamper", "wrong_secret"])
    def test_a_forgery_that_is_refused_comes_again_as_it_should_be(
        self, receiver: tuple[str, type[Receiver]], kind: str
    ) -> None:
        world = world_of()
        world.sender.modes.append(Mode(kind))
        receiver[1].answers.append(400)

        post(world, receiver[0], "a")
        world.sender.deliver()
        world.clock.advance(60)
        world.sender.deliver()

        forged, genuine = receiver[1].seen
        assert genuine == ("a", "s 8", '{"a": 1}')
        assert forged[1:] != genuine[1:]

    def test_an_unreachable_address_is_tried_for_days(self) -> None:
        world = world_of()

        post(world, "http://127.0.0.1:9/hooks", "a")
        for _ in range(12):
            world.sender.deliver()
            world.clock.advance(43_200)

        assert [line["status"] for line in world.sender.sent] == [0] * 11
        assert world.sender.queue == []


class TestProgram:
    def test_serves_every_gateway_with_credentials(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "gateway_simulators", "--state", str(tmp_path)]
        with Popen(command, stdout=PIPE, text=True) as program:
            assert program.stdout is not None
            about = json.loads(program.stdout.readline())
            status, found = ask(f"{about['control_url']}/credentials")
            program.terminate()

        assert (program.returncode, status) == (0, 200)
        assert found == about["credentials"]
        assert found["stripe"]["secret_key"].startswith("sk_test_")
        assert json.loads((tmp_path / "server.json").read_text())["url"] == about["url"]


class TestState:
    def test_survives_a_restart(self, tmp_path: Path) -> None:
        world = world_of()
        with SimulatorServer(world, [Counter()], state=StateFolder(tmp_path)) as first:
            ask(first.url_of("counter") + "/v1/a", "POST")
            first.advance(90)
            world.sender.modes.append(Mode("delay"))
            post(world, "http://127.0.0.1:9/hooks", "a")

        again = world_of()
        with SimulatorServer(again, [Counter()], state=StateFolder(tmp_path)) as second:
            assert counted(second) == 1
            assert again.clock.now() == 1_000_090
            assert [one.event_id for one in again.sender.queue] == ["a"]
