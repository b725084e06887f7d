"""Tables of tax; imported by this app's own modules only."""

from tax.models.check import NumberCheck, TaxNumber
from tax.models.exchange import ExchangeRate
from tax.models.exemption import Exemption
from tax.models.history import CategoryEvent, ExemptionEvent, RateEvent, RegistrationEvent
from tax.models.profile import LocationProof, TaxProfile
from tax.models.rate import Category, Rate, RatePlace
from tax.models.registration import Registration

__all__ = [
    "Category",
    "CategoryEvent",
    "ExchangeRate",
    "Exemption",
    "ExemptionEvent",
    "LocationProof",
    "NumberCheck",
    "Rate",
    "RateEvent",
    "RatePlace",
    "Registration",
    "RegistrationEvent",
    "TaxNumber",
    "TaxProfile",
]
