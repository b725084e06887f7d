"""A provider's meters, plans and prices."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

PLANS = "/provider/plans/"

SIGHTS = (
    Sight("meters", "sonora", "sonora owner", "/provider/meters/"),
    Sight("meter", "nimbus", "nimbus owner", "/provider/meters/>Traffic out"),
    Sight("meter-edit", "nimbus", "nimbus owner", "/provider/meters/>Traffic out>Change the words"),
    Sight("meter-try", "nimbus", "nimbus support", "/provider/meters/>Traffic out>Try an event"),
    Sight("plans", "nimbus", "nimbus owner", PLANS),
    Sight("meter-new", "nimbus", "nimbus owner", "/provider/meters/new"),
    Sight("plan-new", "nimbus", "nimbus owner", f"{PLANS}new"),
    Sight("voice-plans", "sonora", "sonora owner", PLANS),
    Sight("voice-meter", "sonora", "sonora owner", "/provider/meters/>Calls, outbound"),
    Sight("plan", "sonora", "sonora owner", f"{PLANS}>Voice"),
    Sight("plan-sale", "nimbus", "nimbus owner", f"{PLANS}>Scale>Move clients to it"),
    Sight("plan-move", "nimbus", "nimbus owner", f"{PLANS}>Flat>See the move"),
    Sight("price-line", "nimbus", "nimbus owner", f"{PLANS}>Scale>Dated prices: Traffic out USD"),
    Sight(
        "price-change",
        "sonora",
        "sonora owner",
        f"{PLANS}>Voice>Dated prices: Calls, outbound EUR>Change from an hour on",
    ),
    Sight("plan-preview", "nimbus", "nimbus support", f"{PLANS}>Scale>Preview on a client"),
)
