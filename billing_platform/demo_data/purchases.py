"""Who paid online in the demo, and what became of it. Plain values; all is invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.demo_data.promotions import NIMBUS_CODE, SONORA_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Purchase:
    """A top-up on a gateway's page.

    Attributes:
        key: names it among the provider's.
        client: the external id of who pays.
        amount: major units of credit.
        days, hours: so long ago it was made.
        gateway: its code.
        choice: what is done on the gateway's page: `pay`, `decline` and leave it, `bank` for a debit that takes days,
            or `refused` for one that the bank refuses in the end.
        code: of a promotion; "" for none.
        refunded_days: so many days ago all of it was given back; None for never, as with the next ones.
        disputed_days: so many days ago the payer's bank took it back, which nobody has answered yet.
        asked_days: so many days ago the client asked for a refund, on which nobody has decided yet.
        reason: the words with a refund, or with the wish for one.
    """

    key: str
    client: str
    amount: str
    days: int = 0
    hours: int = 0
    gateway: str = "stripe"
    choice: str = "pay"
    code: str = ""
    refunded_days: int | None = None
    disputed_days: int | None = None
    asked_days: int | None = None
    reason: str = ""


PURCHASES: Final[Mapping[str, tuple[Purchase, ...]]] = {
    "nimbus": (
        Purchase(key="pinnacle-1", client="pinnacle", amount="150.00", days=7),
        Purchase(key="acme-1", client="acme", amount="100.00", days=6, code=NIMBUS_CODE),
        Purchase(key="meridian-1", client="meridian", amount="60.00", days=6, disputed_days=2),
        Purchase(
            key="quarry-1",
            client="quarry",
            amount="90.00",
            days=5,
            refunded_days=4,
            reason="The season ends a week early.",
        ),
        Purchase(key="lumen-1", client="lumen", amount="60.00", days=4, choice="refused"),
        Purchase(key="globex-1", client="globex", amount="50.00", days=3, gateway="paypal"),
        Purchase(key="acme-2", client="acme", amount="40.00", days=2),
        Purchase(
            key="acme-3",
            client="acme",
            amount="40.00",
            days=2,
            asked_days=1,
            reason="We paid twice by mistake.",
        ),
        Purchase(key="kestrel-1", client="kestrel", amount="80.00", hours=5, choice="bank"),
    ),
    "sonora": (
        Purchase(key="flink-1", client="K-1013", amount="100.00", days=7),
        Purchase(key="tonwerk-1", client="K-1001", amount="80.00", days=6, code=SONORA_CODE),
        Purchase(key="falke-1", client="K-1009", amount="40.00", days=6, disputed_days=2),
        Purchase(
            key="rabe-1",
            client="K-1008",
            amount="60.00",
            days=5,
            gateway="razorpay",
            refunded_days=4,
            reason="Ordered for another office.",
        ),
        Purchase(key="linde-1", client="K-1010", amount="30.00", days=4, choice="decline"),
        Purchase(key="azul-1", client="K-1016", amount="30.00", days=3, gateway="paypal"),
        Purchase(
            key="tonwerk-2",
            client="K-1001",
            amount="50.00",
            days=2,
            asked_days=1,
            reason="We meant to pay 15.00.",
        ),
    ),
}
