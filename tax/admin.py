"""What operators see of tax; nothing can be edited."""

from billing_platform.kernel.read_only_admin import register_read_only
from tax.models import (
    Category,
    ExchangeRate,
    Exemption,
    LocationProof,
    NumberCheck,
    Rate,
    RatePlace,
    Registration,
    TaxNumber,
    TaxProfile,
)

register_read_only(
    (
        Category,
        ExchangeRate,
        Exemption,
        LocationProof,
        NumberCheck,
        Rate,
        RatePlace,
        Registration,
        TaxNumber,
        TaxProfile,
    )
)
