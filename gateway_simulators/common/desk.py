"""The simulators' own page: every payment, with buttons for what banks and payers do about it later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from gateway_simulators.common.messages import as_redirect
from gateway_simulators.common.pages import Look, alert, button, page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway_simulators.common.messages import Answer, Request
    from gateway_simulators.common.world import SimulatedGateway

LOOK: Final = Look("Gateways", "Simulators of payment gateways", accent="#1f5f99", width="64rem")
STYLE: Final = """
main{margin:2rem auto}h2{font-size:1rem;margin:1.5rem 0 .5rem}
article{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;padding:.6rem 0;border-top:1px solid #dde3ec}
article p{margin:0;flex:1 1 18rem;overflow-wrap:anywhere}article small{display:block}
form{display:flex;flex-wrap:wrap;gap:.4rem}form button{width:auto;margin:0;padding:.35rem .8rem}
"""
SHOWN: Final = 50
# What each button says, and the action that it stands for with its outcome.
DISPUTE: Final = ("Dispute", "dispute_open")
ASK: Final = ("Ask about it", "dispute_open:inquiry")
ESCALATE: Final = ("Escalate", "dispute_escalate")
DECISIONS: Final = tuple(
    (label, f"dispute_close:{word}")
    for label, word in (("Win", "won"), ("Lose", "lost"), ("Accept", "accepted"))
)
ACTIONS: Final = frozenset({"dispute_open", "dispute_escalate", "dispute_close"})


@dataclass(frozen=True, slots=True)
class Row:
    """A payment or a dispute of one, and what can happen to it.

    Attributes:
        name: the gateway's id.
        at: since 1970, of its making.
        words: amount, state and whatever else tells it.
        buttons: label and action of each.
        about: the payment of a dispute, or "".
    """

    name: str
    at: int
    words: str
    buttons: Sequence[tuple[str, str]]
    about: str = ""


@runtime_checkable
class HasDesk(Protocol):
    """What a simulated gateway does besides, whose payments stand on the page."""

    def rows(self) -> list[Row]:
        """Return its payments and disputes."""


def desk(gateways: Mapping[str, SimulatedGateway], request: Request) -> Answer:
    """Show the page, or do what was pressed on it.

    Args:
        gateways: by prefix.
        request: its query may name an id, to which the page is limited.
    """
    wanted, error = request.arguments.get("id", ""), ""
    if request.method == "POST":
        form = request.form
        try:
            _do(gateways, form.get("gateway", ""), form.get("id", ""), form.get("choice", ""))
        except (KeyError, ValueError) as problem:
            error = str(problem)
        else:
            return as_redirect(f"?{request.query}" if request.query else "?")
    sections = [
        _section(prefix, gateway.rows(), wanted)
        for prefix, gateway in gateways.items()
        if isinstance(gateway, HasDesk)
    ]
    intro = (
        "<h1>Payments at the simulated gateways</h1><p>Here you are the payer's bank: dispute a payment, and decide"
        " it. The provider's portal follows within a minute.</p>"
    )
    more = '<p><a href="?">All payments</a></p>' if wanted else ""
    return page(
        LOOK, 400 if error else 200, intro + alert(error) + more + "".join(sections), style=STYLE
    )


def _do(gateways: Mapping[str, SimulatedGateway], prefix: str, name: str, choice: str) -> None:
    action, _, outcome = choice.partition(":")
    gateway = gateways.get(prefix)
    if gateway is None or not isinstance(gateway, HasDesk) or action not in ACTIONS:
        raise ValueError("Press one of the buttons.")
    details: dict[str, object] = {"id": name}
    if outcome == "inquiry":
        details["is_inquiry"] = True
    elif outcome:
        details["outcome"] = outcome
    gateway.act(action, details)


def _section(prefix: str, rows: Sequence[Row], wanted: str) -> str:
    about = {wanted, *(row.about for row in rows if row.name == wanted)}
    found = [row for row in rows if not wanted or row.name in about or row.about in about - {""}]
    found = sorted(found, key=lambda row: (row.at, row.name), reverse=True)[:SHOWN]
    inner = "".join(_article(prefix, row) for row in found) or "<p>Nothing yet.</p>"
    return "" if wanted and not found else f"<h2>{escape(prefix.title())}</h2>{inner}"


def _article(prefix: str, row: Row) -> str:
    at = datetime.fromtimestamp(row.at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    buttons = "".join(button(action, label) for label, action in row.buttons)
    return (
        f'<article id="{escape(row.name)}"><p>{escape(row.words)}'
        f"<small>{escape(row.name)} · {at}</small></p>"
        f'<form method="post"><input type="hidden" name="gateway" value="{escape(prefix)}">'
        f'<input type="hidden" name="id" value="{escape(row.name)}">{buttons}</form></article>'
    )
