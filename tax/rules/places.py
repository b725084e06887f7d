"""Which places belong to which tax territory; pure tables from the law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

# The member states of the European Union since 1 February 2020, ISO 3166.
EU_MEMBERS: Final = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
# Treated as another country's territory. Source: Directive 2006/112/EC, Art. 7 (Monaco as France); VAT Act 1994,
# Isle of Man Act 1979 (the Isle of Man as the United Kingdom).
_COUNTED_AS: Final = {"MC": "FR", "IM": "GB"}
# Parts of member states outside the VAT territory, by the beginning of their postcodes: the Canary Islands, Ceuta and
# Melilla; Heligoland and Büsingen; Livigno and Campione d'Italia; the Åland Islands; Mount Athos; the French overseas
# departments, and its territories overseas (984 to 988 beside Monaco's 980; 975 is Saint-Pierre). Source: Directive
# 2006/112/EC, Art. 6(1) and (2); Treaty on the Functioning of the EU, Art. 349, 355 and Annex II.
_OUTSIDE: Final = {
    "ES": ("35", "38", "51", "52"),
    "DE": ("27498", "78266"),
    "IT": ("23041", "22061"),
    "FI": ("22",),
    "GR": ("63086",),
    "FR": ("971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988"),
}
# Their national currency; the other member states have the euro (Bulgaria since 1 January 2026).
_OWN_CURRENCIES: Final = {
    "CZ": "CZK",
    "DK": "DKK",
    "GB": "GBP",
    "HU": "HUF",
    "PL": "PLN",
    "RO": "RON",
    "SE": "SEK",
}


def national_currency(country: str) -> str:
    """Return the currency in which a state wants its tax on documents, or "" where it does not ask for one.

    Args:
        country: ISO 3166, two letters.

    Source: Directive 2006/112/EC, Art. 230; United Kingdom, HMRC Notice 700, 17.4.
    """
    there = tax_country(country)
    return _OWN_CURRENCIES.get(there, "EUR" if there in EU_MEMBERS else "")


def tax_country(country: str) -> str:
    """Return the country whose tax law a place is under: Monaco is France's, the Isle of Man the United Kingdom's.

    Args:
        country: ISO 3166, two letters, or "".

    Source: Directive 2006/112/EC, Art. 7; Isle of Man Act 1979.
    """
    return _COUNTED_AS.get(country, country)


def counted_as(countries: Iterable[str]) -> frozenset[str]:
    """Return countries with those that count as one of them.

    Args:
        countries: ISO 3166, two letters.
    """
    known = frozenset(countries)
    return known | {place for place, country in _COUNTED_AS.items() if country in known}


def in_eu_territory(country: str, postcode: str) -> bool:
    """Return whether a place lies in the VAT territory of the EU.

    Args:
        country: ISO 3166, two letters; what has a code of its own (GF, RE, AX …) is no member state's.
        postcode: of the place, or "".

    Source: Directive 2006/112/EC, Art. 5 to 7.
    """
    plain = "".join(sign for sign in postcode if sign.isalnum())
    member = tax_country(country)
    return member in EU_MEMBERS and not plain.startswith(_OUTSIDE.get(member, ("-",)))
