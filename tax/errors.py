"""Why tax refuses."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import DomainError, NotFoundError


class TaxError(DomainError):
    """Base of everything that tax refuses."""


class RateMissing(TaxError):
    """A tax applies and nobody has said how high it is: nothing may be sold before somebody does."""

    code = "rate_missing"
    message = gettext_noop("There is no rate of tax for this place, category and day.")
    http_status = 409


class StateMissing(TaxError):
    """Online services to a customer in India without GSTIN, whose state nobody has said: it decides the tax."""

    code = "state_missing"
    message = gettext_noop(
        "For online services the law of India asks for the state of a customer without GSTIN. Enter it in the tax"
        " details first: it decides the tax."
    )
    http_status = 409


class ExchangeRateMissing(TaxError):
    """A document must name its tax in another currency too, and nobody has stored a rate of that time."""

    code = "exchange_rate_missing"
    message = gettext_noop(
        "There is no rate of exchange of that time for the tax of this document."
    )
    http_status = 409


class InvalidExchangeRate(TaxError):
    """No rate above 0 with at most 12 places, no two currencies, or a day to come."""

    code = "invalid_exchange_rate"
    message = gettext_noop(
        "A rate of exchange has two different currencies, a day that is not to come, and is above 0 with up to"
        " twelve decimal places."
    )


class ExchangeFileUnreadable(TaxError):
    """A file of rates that cannot be read."""

    code = "exchange_file_unreadable"
    message = gettext_noop("This file holds no rates of exchange.")


class TooManyRates(TaxError):
    """A file of rates that is longer than anybody needs."""

    code = "too_many_rates"
    message = gettext_noop("This file holds more than 20,000 rates. Send a shorter one.")


class InvalidPlace(TaxError):
    """No country, or a state or postcode that cannot be one."""

    code = "invalid_place"
    message = gettext_noop("This place cannot be.")


class InvalidPeriod(TaxError):
    """It ends before it begins."""

    code = "invalid_period"
    message = gettext_noop("The end must come after the beginning.")


class RateBegun(TaxError):
    """A rate that holds, or has held, cannot be taken back."""

    code = "rate_begun"
    message = gettext_noop("This rate has begun already. End it, or let another one begin.")


class InvalidRate(TaxError):
    """No share of 0 to 100 per cent with four places."""

    code = "invalid_rate"
    message = gettext_noop("A rate is 0 to 100 per cent with up to four decimal places.")


class InvalidCategory(TaxError):
    """A word that is no code of a category, or one that nobody has made."""

    code = "invalid_category"
    message = gettext_noop("There is no such category.")


class RateNotFound(NotFoundError):
    """The provider has no such rate."""

    code = "rate_not_found"
    message = gettext_noop("This rate does not exist.")


class RegistrationNotFound(NotFoundError):
    """The provider has no such registration."""

    code = "registration_not_found"
    message = gettext_noop("This registration does not exist.")


class RegistrationOverlaps(TaxError):
    """Two registrations that cannot hold on one day."""

    code = "registration_overlaps"
    message = gettext_noop("Another registration of this kind holds in that time.")
    http_status = 409


class InvalidNumber(TaxError):
    """A tax number that its country cannot have given."""

    code = "invalid_number"
    message = gettext_noop("This is no tax number of that country.")


class TooManyNumbers(TaxError):
    """More numbers than anybody has."""

    code = "too_many_numbers"
    message = gettext_noop("A customer has at most 10 tax numbers here.")
    http_status = 409


class NumberNotFound(NotFoundError):
    """The customer has no such number."""

    code = "number_not_found"
    message = gettext_noop("This tax number does not exist.")


class NoRegister(TaxError):
    """A number of a country whose register cannot be asked from here."""

    code = "no_register"
    message = gettext_noop("Numbers of this country are checked by hand.")
    http_status = 409


class InvalidAddress(TaxError):
    """Parts of an address that cannot be stored, or a state that its country does not have."""

    code = "invalid_address"
    message = gettext_noop("This address cannot be.")


class ExemptionNotFound(NotFoundError):
    """The customer has no such exemption."""

    code = "exemption_not_found"
    message = gettext_noop("This exemption does not exist.")


class ExemptionDecided(TaxError):
    """It was accepted, refused or withdrawn meanwhile."""

    code = "exemption_decided"
    message = gettext_noop("This exemption was decided meanwhile. Look again.")
    http_status = 409


class AlreadyAsked(TaxError):
    """The same certificate is here already."""

    code = "already_asked"
    message = gettext_noop("This certificate is here already.")
    http_status = 409


class TooManyExemptions(TaxError):
    """So many exemptions of a customer wait that somebody has to look at them first."""

    code = "too_many_exemptions"
    message = gettext_noop("Too many exemptions wait to be looked at; try again later.")
    http_status = 409


class InvalidCertificate(TaxError):
    """A file that is no PDF, PNG or JPEG, is empty, or is too large."""

    code = "invalid_certificate"
    message = gettext_noop("A certificate is a PDF, PNG or JPEG file of at most 5 MB.")


class InvalidProof(TaxError):
    """A proof without a country or without words."""

    code = "invalid_proof"
    message = gettext_noop("A proof names a country and what it rests on.")
