"""A provider's tax representative, where one owes its tax. Called at issue and by the page of the company."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from tenants.registry_documents import REPRESENTATIVE
from tenants.selectors.settings import get_settings


@dataclass(frozen=True, slots=True)
class TaxRepresentative:
    """Who owes a provider's tax in its place, all of it or nothing.

    Attributes:
        address: its lines as they are printed, without the country.
        country: ISO 3166, two letters.
        number: its VAT number, compact.
    """

    name: str = ""
    address: str = ""
    country: str = ""
    number: str = ""

    @property
    def is_named(self) -> bool:
        """Return whether anything of it is said."""
        return any(astuple(self))

    @property
    def is_complete(self) -> bool:
        """Return whether all of it is said."""
        return all(astuple(self))


def representative_of(provider_id: int) -> TaxRepresentative:
    """Return a provider's tax representative; all empty where it has none.

    Args:
        provider_id: whose; its scope is open.
    """
    return TaxRepresentative(*get_settings(provider_id, *REPRESENTATIVE))
