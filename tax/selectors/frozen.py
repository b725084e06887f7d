"""The tax of one amount as it was decided, kept as JSON beside what it was decided for; never decided again.

Called by who sells something at one moment and documents it at another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self

from billing_platform.kernel.money import Money, sum_money
from tax.enums import TaxCode
from tax.rules.amounts import group_amounts
from tax.rules.india import ASSUMED
from tax.selectors.words import because, notice_text
from tax.types import TaxLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tax.types import TaxResult

_WORDS: Final = (
    "code",
    "category",
    "country",
    "region",
    "reason",
    "notice",
    "customer_number",
    "seller_number",
    "rounding",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenTax:
    """How one amount is taxed.

    Attributes:
        on: the day whose rates hold.
        includes_tax: the amount that was asked about was gross.
        base: net.
        taxes: none unless it is taxed.
        code, category, country, region, reason, words, notice, customer_number: as `TaxGroup`.
        seller_number, rounding: as `TaxResult`.
    """

    on: date
    includes_tax: bool
    base: Money
    taxes: tuple[TaxLine, ...]
    code: str
    category: str
    country: str
    region: str
    reason: str
    words: Mapping[str, str]
    notice: str
    customer_number: str
    seller_number: str
    rounding: str

    @property
    def tax(self) -> Money:
        """Return the sum of its taxes."""
        return sum_money((line.tax for line in self.taxes), self.base.currency)

    @property
    def gross(self) -> Money:
        """Return what is paid."""
        return self.base + self.tax

    def of_gross(self, gross: Money) -> Self:
        """Return the same treatment of another amount, which contains the tax.

        Args:
            gross: any currency; the rates stay.
        """
        amounts = group_amounts(
            [gross.amount_minor], [line.percent for line in self.taxes], includes_tax=True
        )
        return self._with(amounts.base, amounts.taxes, gross.currency)

    def of_net(self, net: Money) -> Self:
        """Return the same treatment of another amount, to which the tax is added.

        Args:
            net: any currency; the rates stay.
        """
        amounts = group_amounts(
            [net.amount_minor], [line.percent for line in self.taxes], includes_tax=False
        )
        return self._with(amounts.base, amounts.taxes, net.currency)

    @property
    def is_state_assumed(self) -> bool:
        """Return whether the provider's own state of India stood in for one that nobody had said."""
        return ASSUMED in self.words

    @property
    def code_words(self) -> str:
        """Return how it is treated, in the reader's language."""
        return str(TaxCode(self.code).label)

    @property
    def why(self) -> str:
        """Return what a document says about it: the law's notice, else the reason, in the reader's language."""
        return notice_text(self.notice, self.words) or because(self.reason, self.words)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored; `of_json` reads it again."""
        return {
            **{name: getattr(self, name) for name in _WORDS},
            "words": dict(self.words),
            "on": self.on.isoformat(),
            "includes_tax": self.includes_tax,
            "base_minor": self.base.amount_minor,
            "taxes": [
                {
                    "name": line.name,
                    "percent": str(line.percent),
                    "country": line.country,
                    "region": line.region,
                    "tax_minor": line.tax.amount_minor,
                }
                for line in self.taxes
            ],
        }

    @classmethod
    def of_json(cls, data: Mapping[str, Any], currency: str) -> Self:
        """Read what `to_json` has written.

        Args:
            data: as stored.
            currency: of its amounts.
        """
        base = Money(data["base_minor"], currency)
        return cls(
            **{name: data[name] for name in _WORDS},
            words=data["words"],
            on=date.fromisoformat(data["on"]),
            includes_tax=data["includes_tax"],
            base=base,
            taxes=tuple(
                TaxLine(
                    name=line["name"],
                    percent=Decimal(line["percent"]),
                    country=line["country"],
                    region=line["region"],
                    base=base,
                    tax=Money(line["tax_minor"], currency),
                )
                for line in data["taxes"]
            ),
        )

    def _with(self, base: int, taxes: tuple[int, ...], currency: str) -> Self:
        net = Money(base, currency)
        return replace(
            self,
            base=net,
            taxes=tuple(
                replace(line, base=net, tax=Money(tax, currency))
                for line, tax in zip(self.taxes, taxes, strict=True)
            ),
        )


def frozen(result: TaxResult, *, includes_tax: bool) -> FrozenTax:
    """Return the answer of `tax_for` about one line, to be kept.

    Args:
        result: of exactly one line.
        includes_tax: its amount was gross.

    Raises:
        ValueError: it is about several lines.
    """
    if len(result.lines) != 1:
        raise ValueError("One line is frozen at a time.")
    (group,) = result.groups
    return FrozenTax(
        on=result.on,
        includes_tax=includes_tax,
        base=group.base,
        taxes=group.taxes,
        code=group.code,
        category=group.category,
        country=group.country,
        region=group.region,
        reason=group.reason,
        words=dict(group.words),
        notice=group.notice,
        customer_number=group.customer_number,
        seller_number=result.seller_number,
        rounding=result.rounding,
    )
