"""The closed lists of words of tax; the labels of `Reason` and `Note` are whole sentences with placeholders."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# What a line belongs to when nobody says otherwise; every provider has it.
STANDARD = "standard"


class RegistrationKind(TextChoices):
    """Under which rules a provider is registered for tax."""

    VAT = "vat", _("VAT of a country")
    OSS = "oss", _("One Stop Shop (OSS) of the EU")
    UK = "uk", _("VAT of the United Kingdom")
    GST = "gst", _("GST of a state of India")
    SALES = "sales", _("Sales tax of a state of the USA")


class TaxCode(TextChoices):
    """How a group of lines is treated: the codes of UNCL 5305 that EN 16931 takes."""

    STANDARD = "S", _("Taxed")
    REVERSE_CHARGE = "AE", _("Reverse charge")
    ZERO = "Z", _("Zero rated")
    EXEMPT = "E", _("Exempt")
    OUTSIDE = "O", _("Outside the scope of tax")
    INTRA_COMMUNITY = "K", _("Goods to another member state")
    EXPORT = "G", _("Goods exported")


class Standing(TextChoices):
    """What is known of a tax number at a moment; `pending` and `stale` are no word against it."""

    VALID = "valid", _("Valid")
    INVALID = "invalid", _("Not valid")
    PENDING = "pending", _("Not confirmed yet")
    STALE = "stale", _("Confirmed too long ago")
    FORM = "form", _("Well-formed, no register asked")


class Reason(TextChoices):
    """Why a line is taxed as it is."""

    UNREGISTERED = "unregistered", _("The provider is registered for no tax on this day.")
    UNKNOWN_PLACE = (
        "unknown_place",
        _("The customer's country is not known, so the tax of %(home)s applies."),
    )
    DOMESTIC = "domestic", _("Provider and customer are both in %(home)s.")
    OUTSIDE = (
        "outside",
        _("The customer is in %(place)s, outside the scope of the tax of %(home)s."),
    )
    CATEGORY_EXEMPT = "category_exempt", _("What is sold is exempt: category %(category)s.")
    CUSTOMER_EXEMPT = (
        "customer_exempt",
        _("The customer is exempt in %(place)s, by its certificate %(certificate)s."),
    )
    EU_REVERSE = (
        "eu_reverse",
        _("A business in %(place)s with the valid VAT number %(number)s owes the tax itself."),
    )
    EU_OSS = (
        "eu_oss",
        _("A consumer in %(place)s: the tax of that country, declared through the One Stop Shop."),
    )
    EU_LOCAL = (
        "eu_local",
        _("A consumer in %(place)s, where the provider is registered: the tax of that country."),
    )
    EU_THRESHOLD = (
        "eu_threshold",
        _(
            "A consumer in %(place)s, and sales to consumers in other member states stay below the"
            " threshold: the tax of %(home)s."
        ),
    )
    EU_OWED = "eu_owed", _("A consumer in %(place)s: the tax is owed there.")
    EU_OUTSIDE = (
        "eu_outside",
        _("The customer is in %(place)s, outside the VAT territory of the EU."),
    )
    UK_REVERSE = (
        "uk_reverse",
        _("A business in the United Kingdom with the VAT number %(number)s owes the tax itself."),
    )
    UK_CONSUMER = "uk_consumer", _("A consumer in the United Kingdom: the tax of that country.")
    IN_SAME_STATE = (
        "in_same_state",
        _("Place of supply %(state)s is the provider's own state: central and state tax."),
    )
    IN_OTHER_STATE = (
        "in_other_state",
        _("Place of supply %(state)s is not the provider's state %(home_state)s: integrated tax."),
    )
    IN_EXPORT_LUT = (
        "in_export_lut",
        _("An export from India to %(place)s under the letter of undertaking %(lut)s."),
    )
    IN_EXPORT_PAID = (
        "in_export_paid",
        _("An export from India to %(place)s without a letter of undertaking: integrated tax."),
    )
    IN_REVERSE = (
        "in_reverse",
        _("A business in India with the GSTIN %(number)s owes the tax itself."),
    )
    IN_FROM_ABROAD = "in_from_abroad", _("A consumer in India served from abroad: integrated tax.")
    US_STATE = "us_state", _("The provider is registered in %(state)s, where the customer is.")
    US_NO_NEXUS = "us_no_nexus", _("The provider is not registered in %(state)s.")
    US_NO_STATE = "us_no_state", _("The customer's state is not known, so no sales tax applies.")


class Note(TextChoices):
    """What somebody should look at; the tax holds all the same."""

    NUMBER_INVALID = (
        "number_invalid",
        _(
            "The register does not know the number %(number)s, so the customer counts as a consumer."
        ),
    )
    NUMBER_PENDING = (
        "number_pending",
        _(
            "The number %(number)s is not confirmed yet; until the register answers the customer"
            " counts as a consumer."
        ),
    )
    NUMBER_STALE = (
        "number_stale",
        _(
            "The number %(number)s was confirmed too long ago; until the register answers again the"
            " customer counts as a consumer."
        ),
    )
    NUMBER_ELSEWHERE = (
        "number_elsewhere",
        _("The number %(number)s is of another country than the customer's address."),
    )
    NO_REGISTRATION = (
        "no_registration",
        _("The provider has no registration under which this tax could be declared."),
    )
    NO_PROOF = (
        "no_proof",
        _("Fewer proofs of the customer's place are stored than the law asks for."),
    )
    PROOFS_DIFFER = "proofs_differ", _("Stored proofs name different countries for the customer.")
    NO_STATE = "no_state", _("The customer's state is missing; it decides the tax.")


class Notice(TextChoices):
    """What a document has to say by law; "" for nothing."""

    REVERSE_CHARGE = "reverse_charge", _("Reverse charge")
    OUTSIDE_EU = "outside_eu", _("Not subject to VAT: place of supply outside the EU")
    OUTSIDE = "outside", _("Not subject to tax: place of supply abroad")
    EXEMPT = "exempt", _("Exempt from tax")
    EXPORT_LUT = (
        "export_lut",
        _("Supply meant for export under letter of undertaking without payment of integrated tax"),
    )
    EXPORT_PAID = "export_paid", _("Supply meant for export on payment of integrated tax")


class RoundingMode(TextChoices):
    """Where tax is rounded: once per rate on the document, or on every line."""

    DOCUMENT = "document", _("Once per rate on the document")
    LINE = "line", _("On every line")


class TaxPoint(TextChoices):
    """When tax falls due on prepaid money."""

    CONSUMPTION = "consumption", _("When the credit is used")
    TOP_UP = "top_up", _("When the money comes in")


class CheckOutcome(TextChoices):
    """What a register said of a number; no answer is no word against it."""

    VALID = "valid", _("Valid")
    INVALID = "invalid", _("Not valid")
    UNAVAILABLE = "unavailable", _("No answer")


class CheckSource(TextChoices):
    """Who was asked."""

    VIES = "vies", _("VIES")
    HAND = "hand", _("By hand")


class ExemptionState(TextChoices):
    """Where an exemption stands."""

    ASKED = "asked", _("To be looked at")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ProofKind(TextChoices):
    """What shows where a consumer is. Source: Implementing Regulation (EU) 282/2011, Art. 24f."""

    ADDRESS = "address", _("Billing address")
    IP = "ip", _("Internet address")
    BANK = "bank", _("Bank account")
    CARD = "card", _("Country of the card")
    SIM = "sim", _("SIM card")
    LINE = "line", _("Fixed line")
    OTHER = "other", _("Other commercial record")
