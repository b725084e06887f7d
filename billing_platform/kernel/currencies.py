"""ISO 4217: which currencies exist and how many decimal places each has. Read by Money and by whoever shows amounts."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from billing_platform.kernel.errors import UnknownCurrencyError

# List One of ISO 4217 as amended up to number 180 (BGN left on 2026-01-01): currencies and funds codes with a minor
# unit. Metals, SDR, bond units, "no currency" and "testing" have none ("N.A." in the list) and are no money to bill in.
# Source: https://www.six-group.com/en/products-services/financial-information/market-reference-data/data-standards.html
_CODES_BY_EXPONENT: Final[dict[int, str]] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE"
        " CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD"
        " HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK"
        " MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD"
        " RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH"
        " USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS: Final[dict[str, int]] = {
    code: places for places, codes in _CODES_BY_EXPONENT.items() for code in codes.split()
}

CURRENCY_CODES: Final[tuple[str, ...]] = tuple(sorted(_EXPONENTS))


def exponent(code: str) -> int:
    """Return how many decimal places a currency has.

    Args:
        code: three capital letters, for instance `KWD`.

    Returns:
        0 to 4: JPY 0, USD 2, KWD 3.

    Raises:
        UnknownCurrencyError: the code is not on ISO 4217's active list.

    Source: ISO 4217, List One.
    """
    try:
        return _EXPONENTS[code]
    except KeyError:
        raise UnknownCurrencyError(
            message=_("The currency %(code)s is not known.") % {"code": repr(code[:12])}
        ) from None


def minor_factor(code: str) -> int:
    """Return how many minor units make one major unit: JPY 1, USD 100, KWD 1000.

    Args:
        code: three capital letters.

    Raises:
        UnknownCurrencyError: the code is not on ISO 4217's active list.
    """
    return int(10 ** exponent(code))
