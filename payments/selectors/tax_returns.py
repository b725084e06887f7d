"""What of money that goes back is tax: in the end exactly what came with the payment. Called by refunds and pages."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from billing_platform.kernel.rounding import round_to_minor
from payments.enums import RefundDestination, RefundState
from payments.models import Refund
from payments.selectors.topups import topup_of_attempt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from billing_platform.kernel.money import Money


@dataclass(frozen=True, slots=True)
class TaxReturn:
    """The tax of a payment, and what of it has gone back; minor units.

    Attributes:
        received: the whole payment.
        taxes: contained in it, one per tax, in the order of the top-up's.
        refunded: what went back of the payment so far.
        returned: what of that was tax, one per tax.
    """

    received: int
    taxes: tuple[int, ...]
    refunded: int
    returned: tuple[int, ...]

    def parts_of(self, amount: int) -> tuple[int, ...]:
        """Return what of a refund is tax, one per tax: what is due up to and with it, less what went back before.

        Args:
            amount: above 0; what is beyond the payment bears no tax.
        """
        together = min(self.refunded + amount, self.received)
        exacts = [Fraction(tax * together, self.received) for tax in self.taxes]
        whole = round_to_minor(Decimal(sum(self.taxes)) * together / self.received)
        due = whole - sum(self.returned)
        wanted = [
            max(exact - back, Fraction(0))
            for exact, back in zip(exacts, self.returned, strict=True)
        ]
        return _shared(wanted, min(max(due, 0), amount))

    def covered_by(self, net: int) -> int:
        """Return the largest refund whose part without tax is at most so much.

        Args:
            net: what the wallet can give, 0 or more.
        """
        without = self.received - sum(self.taxes)
        return net * self.received // without


def tax_return_of(provider_id: int, attempt_id: int, received: Money) -> TaxReturn | None:
    """Return the tax of a payment, None where none is contained in it.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        attempt_id: the payment's number.
        received: what the gateway took.
    """
    topup = topup_of_attempt(provider_id, attempt_id)
    if topup is None or received.amount_minor <= 0:
        return None
    share = topup.share_of(received)
    if share.taxes is None or not share.tax:
        return None
    taxes = tuple(line.tax.amount_minor for line in share.taxes.taxes)
    rows = Refund.objects.filter(
        provider_id=provider_id, attempt_id=attempt_id, destination=RefundDestination.ORIGINAL
    ).exclude(state=RefundState.FAILED)
    found = list(rows.values_list("amount_minor", "tax_parts"))
    return TaxReturn(
        received=received.amount_minor,
        taxes=taxes,
        refunded=sum(amount for amount, _parts in found),
        returned=tuple(
            sum(parts[at] for _amount, parts in found if parts) for at in range(len(taxes))
        ),
    )


def _shared(wanted: Sequence[Fraction], total: int) -> tuple[int, ...]:
    parts, left = [], total
    for each in wanted:
        parts.append(min(int(each), left))
        left -= parts[-1]
    order = sorted(range(len(wanted)), key=lambda at: (parts[at] - wanted[at], at))
    for at in order[:left]:
        parts[at] += 1
    return tuple(parts)
