"""Forms of ours in which a gateway's own fields lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from payments.gateways.values import Checkout


@dataclass(frozen=True, slots=True)
class FormScript:
    """What a browser is given before a gateway's own fields are shown in a form of ours.

    Attributes:
        url: of the gateway's script.
        public_key: of the account; anybody may see it.
        frames: origins of the frames that the fields lie in.
        calls: origins that the script itself calls.
    """

    url: str
    public_key: str
    frames: tuple[str, ...]
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class CardForm:
    """What the browser needs to show a gateway's fields in a form of ours.

    Attributes:
        checkout: as of a page, without an address; `advance_checkout` tells how it went.
        client_secret: for the browser of this customer alone; never stored, logged or printed.
    """

    checkout: Checkout
    client_secret: str
