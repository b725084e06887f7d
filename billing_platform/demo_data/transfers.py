"""Who orders a top-up by bank transfer in the demo, and what the bank says. Plain values; all is invented."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """A payment order.

    Attributes:
        key: names it among the provider's; lines of statements refer to it.
        client: the external id of who orders.
        amount: major units.
        days: so many days ago.
        cancelled_days: so many days ago the client cancelled it; None for never.
    """

    key: str
    client: str
    amount: str
    days: int
    cancelled_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Booked:
    """One line of a statement.

    Attributes:
        amount: major units; + came in, − went out.
        client: the external id of who is on the other side; "" for nobody's client.
        name: who is on the other side, where it is nobody's client.
        order: the key of the order whose reference is given; "" for none.
        text: what the payer wrote; `{reference}` stands for the order's, with blanks, in place of the structured one.
        reason: the bank's code of a return; "" for a payment.
    """

    amount: str
    client: str = ""
    name: str = ""
    order: str = ""
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A statement; `days` ago it was imported, or None: it waits for whoever looks at the demo."""

    number: int
    days: int | None
    lines: tuple[Booked, ...]


@dataclass(frozen=True, kw_only=True)
class BankStory:
    """A provider's transfers; `opening` is what the account held before the first statement, major units."""

    opening: str
    orders: tuple[Ordered, ...]
    papers: tuple[Paper, ...]

    @property
    def waiting(self) -> Paper:
        """Return the statement that nobody has imported yet."""
        return next(paper for paper in self.papers if paper.days is None)

    def opening_of(self, paper: Paper) -> Decimal:
        """Return what the account held before a statement: each goes on where the one before ended."""
        before = [each for each in self.papers if each.number < paper.number]
        moved = (Decimal(line.amount) for each in before for line in each.lines)
        return Decimal(self.opening) + sum(moved, Decimal(0))


_NIMBUS: Final = BankStory(
    opening="18250.40",
    orders=(
        Ordered(key="harvest-1", client="harvest", amount="20.00", days=58),
        Ordered(key="acme-1", client="acme", amount="150.00", days=12),
        Ordered(key="lumen-1", client="lumen", amount="60.00", days=12),
        Ordered(key="meridian-1", client="meridian", amount="45.00", days=12),
        Ordered(key="quarry-1", client="quarry", amount="90.00", days=12),
        Ordered(key="kestrel-1", client="kestrel", amount="200.00", days=9),
        Ordered(key="globex-1", client="globex", amount="120.00", days=9),
        Ordered(key="iris-1", client="iris", amount="75.00", days=8, cancelled_days=6),
        Ordered(key="meridian-2", client="meridian", amount="45.00", days=5),
        Ordered(key="acme-2", client="acme", amount="80.00", days=2),
    ),
    papers=(
        Paper(
            number=1,
            days=10,
            lines=(
                Booked(client="acme", amount="150.00", order="acme-1"),
                Booked(client="lumen", amount="60.00", order="lumen-1"),
                Booked(
                    client="meridian",
                    amount="45.00",
                    order="meridian-1",
                    text="Maps, our top-up {reference}",
                ),
                Booked(client="quarry", amount="90.00", order="quarry-1"),
                Booked(name="Office Rent Ltd", amount="-1900.00", text="Rent"),
            ),
        ),
        Paper(
            number=2,
            days=4,
            lines=(
                Booked(client="kestrel", amount="230.00", order="kestrel-1"),
                Booked(client="globex", amount="50.00", order="globex-1", text="first part"),
                Booked(client="quarry", amount="-90.00", order="quarry-1", reason="AC04"),
                Booked(client="meridian", amount="45.00", text="Maps for November"),
                Booked(name="R. Okafor", amount="37.50", text="thank you for your help"),
            ),
        ),
        Paper(
            number=3,
            days=None,
            lines=(
                Booked(client="acme", amount="80.00", order="acme-2"),
                Booked(client="globex", amount="70.00", text="the rest of what we ordered"),
                Booked(client="lumen", amount="-60.00", order="lumen-1", reason="AC04"),
                Booked(name="Example Bank", amount="-4.90", text="Account fee"),
            ),
        ),
    ),
)
_SONORA: Final = BankStory(
    opening="9310.75",
    orders=(
        Ordered(key="becker-1", client="K-1005", amount="20.00", days=58),
        Ordered(key="tonwerk-1", client="K-1001", amount="100.00", days=12),
        Ordered(key="rabe-1", client="K-1008", amount="60.00", days=12),
        Ordered(key="linde-1", client="K-1010", amount="30.00", days=12),
        Ordered(key="sonnstein-1", client="K-1014", amount="40.00", days=12),
        Ordered(key="flink-1", client="K-1013", amount="100.00", days=9),
        Ordered(key="falke-1", client="K-1009", amount="80.00", days=9),
        Ordered(key="nordlicht-1", client="K-1006", amount="45.00", days=8, cancelled_days=6),
        Ordered(key="linde-2", client="K-1010", amount="30.00", days=5),
        Ordered(key="tonwerk-2", client="K-1001", amount="60.00", days=2),
        Ordered(key="kantine-1", client="K-1003", amount="50.00", days=2),
    ),
    papers=(
        Paper(
            number=1,
            days=10,
            lines=(
                Booked(client="K-1001", amount="100.00", order="tonwerk-1"),
                Booked(client="K-1008", amount="60.00", order="rabe-1"),
                Booked(
                    client="K-1010",
                    amount="30.00",
                    order="linde-1",
                    text="Praxis Linde, Guthaben {reference}",
                ),
                Booked(client="K-1014", amount="40.00", order="sonnstein-1"),
                Booked(name="Hausverwaltung Torstraße", amount="-1450.00", text="Miete"),
            ),
        ),
        Paper(
            number=2,
            days=4,
            lines=(
                Booked(client="K-1013", amount="110.00", order="flink-1"),
                Booked(client="K-1009", amount="30.00", order="falke-1", text="erster Teil"),
                Booked(client="K-1014", amount="-40.00", order="sonnstein-1", reason="AC04"),
                Booked(client="K-1010", amount="30.00", text="Telefon November"),
                Booked(name="R. Okafor", amount="25.00", text="danke für die Hilfe"),
            ),
        ),
        Paper(
            number=3,
            days=None,
            lines=(
                Booked(client="K-1001", amount="60.00", order="tonwerk-2"),
                Booked(
                    client="K-1003",
                    amount="50.00",
                    order="kantine-1",
                    text="Kantine Süd {reference} bitte freischalten",
                ),
                Booked(client="K-1009", amount="50.00", text="Rest unserer Bestellung"),
                Booked(client="K-1008", amount="-60.00", order="rabe-1", reason="AC04"),
                Booked(name="Beispielbank", amount="-4.90", text="Kontoführung"),
            ),
        ),
    ),
)
BANK_STORIES: Final[Mapping[str, BankStory]] = {"nimbus": _NIMBUS, "sonora": _SONORA}
