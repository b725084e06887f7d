"""Settings of tax: when it falls due, how it is rounded, what is trusted. Part of `tenants.registry`."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tenants.setting import Setting

TAX_POINT = Setting(
    "tax.point",
    "consumption",
    gettext_noop("When tax falls due on prepaid money: when it is used, or when it comes in."),
    gettext_noop("For the next top-up; money that came in keeps its own tax point."),
    choices=("consumption", "top_up"),
)
TAX_ROUNDING = Setting(
    "tax.rounding",
    "document",
    gettext_noop("Where tax is rounded: once per rate on a document, or on every line."),
    gettext_noop("For the next document; rounding on lines rules electronic invoices out."),
    choices=("document", "line"),
)
TAX_PRICES_INCLUSIVE = Setting(
    "tax.prices_inclusive",
    False,  # noqa: FBT003 (a default, named by its field)
    gettext_noop("Whether prices contain the tax."),
    gettext_noop("For the next document and quote; issued documents never change."),
)
TAX_RECHECK_DAYS = Setting(
    "tax.recheck_days",
    30,
    gettext_noop("Days after which a confirmed VAT number is checked again."),
    gettext_noop("For numbers from their next check on."),
    least=1,
    most=365,
)
TAX_TRUST_DAYS = Setting(
    "tax.trust_days",
    90,
    gettext_noop(
        "Days for which a confirmation of a VAT number counts when the register is silent."
    ),
    gettext_noop("At once; older ones count no more, and the customer is taxed as a consumer."),
    least=1,
    most=365,
)
TAX_EU_BELOW_THRESHOLD = Setting(
    "tax.eu_below_threshold",
    True,  # noqa: FBT003 (a default, named by its field)
    gettext_noop(
        "Whether sales to consumers in other EU countries stay below EUR 10,000 a year and are taxed at home."
    ),
    gettext_noop("At once; a registration for the One Stop Shop comes before it."),
)
TAX_ONLINE_INDIA = Setting(
    "tax.online_india",
    False,  # noqa: FBT003 (a default, named by its field)
    gettext_noop(
        "An Indian company sells online services, for instance cloud services, software or media: the state of every"
        " client without GSTIN has to be known and stands on its invoices, whatever their amount."
    ),
    gettext_noop(
        "At once: where tax falls due when money comes in, clients in India without GSTIN and state are asked for it"
        " before they top up, and their auto-recharge waits for it. What was ordered before keeps its tax; where the"
        " state makes it another one, no invoice is issued and the money is to be given back."
    ),
)
TAX_PROOFS = Setting(
    "tax.proofs",
    2,
    gettext_noop("How many proofs of a consumer's country are wanted."),
    gettext_noop("At once, as a note beside the tax; it changes no amount."),
    least=1,
    most=2,
)
