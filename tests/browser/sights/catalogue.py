"""A provider's meters, plans and prices."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

PLANS = "/provider/plans/"

METERS = "/provider/meters/"

SIGHTS = (
    Sight("meters", "sonora", "sonora owner", METERS),
    Sight("plans", "nimbus", "nimbus owner", PLANS),
    Sight("meter-new", "nimbus", "nimbus owner", f"{METERS}new"),
    Sight("plan-new", "nimbus", "nimbus owner", f"{PLANS}new"),
    Sight("voice-plans", "sonora", "sonora owner", PLANS),
    *(
        Sight(name, role.partition(" ")[0], role, path, page=page)
        for name, role, path, page in (
            ("meter", "nimbus owner", f"{METERS}>Traffic out", "provider-meter"),
            (
                "meter-edit",
                "nimbus owner",
                f"{METERS}>Traffic out>Change the words",
                "provider-meter-edit",
            ),
            (
                "meter-try",
                "nimbus support",
                f"{METERS}>Traffic out>Try an event",
                "provider-meter-try",
            ),
            ("voice-meter", "sonora owner", f"{METERS}>Calls, outbound", "provider-meter"),
            ("plan", "sonora owner", f"{PLANS}>Voice", "provider-plan"),
            ("price-new", "nimbus owner", f"{PLANS}>Begun>Add a price", "provider-price-new"),
            (
                "plan-sale",
                "nimbus owner",
                f"{PLANS}>Scale>Move clients to it",
                "provider-plan-sell",
            ),
            ("plan-move", "nimbus owner", f"{PLANS}>Flat>See the move", "provider-plan-move"),
            (
                "price-line",
                "nimbus owner",
                f"{PLANS}>Scale>Dated prices: Traffic out USD",
                "provider-price-line",
            ),
            (
                "price-change",
                "sonora owner",
                f"{PLANS}>Voice>Dated prices: Calls, outbound EUR>Change from an hour on",
                "provider-price-change",
            ),
            (
                "plan-preview",
                "nimbus support",
                f"{PLANS}>Scale>Preview on a client",
                "provider-plan-preview",
            ),
        )
    ),
)
