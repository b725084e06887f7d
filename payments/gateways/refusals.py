"""What a refusal means, by any installed gateway's words; called by services and by pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.gateways.declines import DECLINES, DeclineClass
from payments.gateways.registry import gateway_kinds

if TYPE_CHECKING:
    from payments.gateways.declines import Decline


def known_decline(code: str) -> Decline | None:
    """Return what is known of a word: from our table, else from another package's gateway, else None.

    Args:
        code: the gateway's or the bank's word, as an attempt keeps it.
    """
    word = code.lower()
    if word in DECLINES:
        return DECLINES[word]
    found = (kind.declines[word] for kind in gateway_kinds().values() if word in kind.declines)
    return next(found, None)


def decline_class(code: str) -> DeclineClass:
    """Return what may be done after a refusal; a word that is not known is a bank's no that may change.

    Args:
        code: the gateway's or the bank's word, as an attempt keeps it.
    """
    found = known_decline(code)
    return found.kind if found else DeclineClass.LATER
