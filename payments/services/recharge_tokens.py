"""The signed link of a declined recharge: who has it may pay that recharge, nothing else, until it expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.core.signing import BadSignature, Signer

from payments.errors_recharges import RechargeNotFound

if TYPE_CHECKING:
    from datetime import datetime

LASTS: Final = timedelta(days=14)
# A token that was signed for anything else is none of these.
_SALT: Final = "payments.recharge-link"


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """What a link stands for.

    Attributes:
        recharge: its public id.
    """

    provider_id: int
    tenant_id: int
    recharge: str


def link_token(claim: LinkClaim, *, since: datetime) -> str:
    """Return the token of a link.

    Args:
        claim: what it stands for.
        since: from when it counts, for `LASTS`.
    """
    until = int((since + LASTS).timestamp())
    content = [claim.provider_id, claim.tenant_id, claim.recharge, until]
    return Signer(salt=_SALT).sign_object(content)


def read_token(token: str, *, now: datetime) -> LinkClaim:
    """Return what a link stands for.

    Args:
        token: of the address.
        now: the present moment.

    Raises:
        RechargeNotFound: it is not ours, was changed, or has expired.
    """
    try:
        provider_id, tenant_id, recharge, until = Signer(salt=_SALT).unsign_object(token)
    except BadSignature as error:
        raise RechargeNotFound from error
    if now.timestamp() >= until:
        raise RechargeNotFound
    return LinkClaim(provider_id, tenant_id, recharge)
