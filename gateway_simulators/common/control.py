"""The control endpoints, beneath a random token: log, faults, clock, webhooks and each gateway's own actions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gateway_simulators.common.desk import desk
from gateway_simulators.common.faults import Fault
from gateway_simulators.common.messages import as_json
from gateway_simulators.common.webhooks import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway_simulators.common.faults import Faults
    from gateway_simulators.common.messages import Answer, Request
    from gateway_simulators.common.world import SimulatedGateway, World


@dataclass(frozen=True, slots=True)
class LogLine:
    """One request that came in; credentials are not kept.

    Attributes:
        at: on the simulators' clock.
        gateway: the prefix.
        method: the verb.
        path: behind the prefix.
        key: the idempotency key, or "".
        body: the beginning of the body or the query.
        fault: the mode that met it, or "".
        status: of the answer, 0 when none was sent.
    """

    at: int
    gateway: str
    method: str
    path: str
    key: str
    body: str
    fault: str
    status: int


@dataclass(frozen=True, slots=True)
class Controls:
    """What can be steered of a running server.

    Attributes:
        world: the clock and the webhooks.
        gateways: by prefix.
        faults: disturbances of the next requests.
        log: every request to a gateway.
    """

    world: World
    gateways: Mapping[str, SimulatedGateway]
    faults: Faults
    log: list[LogLine]


def control(server: Controls, request: Request) -> Answer:
    """Answer a request of whoever steers the simulators.

    Args:
        server: the one that is steered.
        request: its path behind the token; POSTs carry a JSON object.

    Returns:
        200 with what is asked for, 400 with a sentence, or 404; beneath `desk` a page for people.
    """
    if request.path.strip("/") == "desk":
        return desk(server.gateways, request)
    try:
        found = _shown(server, request.path) if request.method == "GET" else _done(server, request)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return as_json(400, {"error": f"{type(error).__name__}: {error}"})
    return as_json(404, {"error": "no such control"}) if found is None else as_json(200, found)


def _done(server: Controls, request: Request) -> Any:
    details: dict[str, Any] = request.json()
    result: Any = {}
    match request.path.strip("/").split("/"):
        case ["faults"]:
            server.faults.append(Fault(**details))
        case ["webhooks"]:
            server.world.sender.modes.append(Mode(**details))
        case ["clock"]:
            server.world.clock.advance(details["advance"])
            result = {"now": server.world.clock.now()}
        case ["clear"]:
            server.faults.clear()
            server.world.sender.modes.clear()
        case [prefix, action] if prefix in server.gateways:
            result = server.gateways[prefix].act(action, details)
        case _:
            return None
    return result


def _shown(server: Controls, path: str) -> Any:
    match path.strip("/"):
        case "log":
            return [asdict(line) for line in server.log]
        case "faults":
            return [asdict(fault) for fault in server.faults]
        case "webhooks":
            sender = server.world.sender
            return {"sent": sender.sent, "waiting": sender.dump()}
        case "clock":
            return {"now": server.world.clock.now()}
        case "credentials":
            return {name: one.credentials() for name, one in server.gateways.items()}
    return None
