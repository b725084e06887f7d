"""Documents, their lines and taxes: a draft may be thrown away, an issued one stands for ever."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from invoicing.enums import DocumentKind, DocumentState, SourceType


def new_document_id() -> str:
    """Return a public id of a document."""
    return new_public_id("doc")


class Document(models.Model):
    """A proforma, invoice, credit note or receipt. Amounts are minor units of `currency`, never negative.

    Attributes:
        number: as it is printed, given at issue; empty on a draft.
        series: the counter that gave it, and `series_number` what that counter said.
        content: seller, buyer, texts and how figures are shown, as they were at issue.
        digest: SHA-256 over everything that is printed, in hexadecimal.
        subtotal_minor: the lines' sum, net of tax.
        discount_minor: of the whole document, before tax.
        credit_used_minor: what prepaid credit paid at issue; the taxable base does not fall by it.
        paid_minor: what settlements paid since.
        credited_minor: what credit notes took back.
        corrects_id: the invoice that a credit note belongs to.
        source_type, source_id: what it was made for; one document of a kind per source.
        posting_id: the posting of the ledger that it documents; None where nothing moved.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_document_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=DocumentKind)
    state = models.CharField(
        max_length=16, choices=DocumentState, default=DocumentState.DRAFT, editable=False
    )
    state_at = models.DateTimeField()
    created_at = models.DateTimeField()
    number = models.CharField(max_length=40, blank=True, default="")
    series = models.CharField(max_length=40, blank=True, default="")
    series_number = models.BigIntegerField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_on = models.DateField(null=True, help_text="The provider's day.")
    due_on = models.DateField(null=True)
    supplied_on = models.DateField(help_text="Day of the supply or of the payment on account.")
    period_starts_on = models.DateField(null=True)
    period_ends_on = models.DateField(null=True, help_text="The last day in it.")
    currency = models.CharField(max_length=3)
    subtotal_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    credit_used_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    credited_minor = models.BigIntegerField(default=0)
    corrects_id = models.BigIntegerField(null=True)
    source_type = models.CharField(max_length=16, choices=SourceType)
    source_id = models.CharField(max_length=100)
    posting_id = models.BigIntegerField(null=True)
    content = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="invoicing_document_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "kind", "source_type", "source_id"],
                name="invoicing_document_source",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "kind", "number"],
                condition=~Q(number=""),
                name="invoicing_document_number",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "series", "series_number"],
                condition=Q(series_number__isnull=False),
                name="invoicing_document_series",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$")
                & Q(kind__in=DocumentKind.values)
                & Q(state__in=DocumentState.values)
                & Q(source_type__in=SourceType.values)
                & ~Q(source_id=""),
                name="invoicing_document_words",
            ),
            models.CheckConstraint(
                condition=Q(
                    subtotal_minor__gte=0,
                    discount_minor__gte=0,
                    tax_minor__gte=0,
                    credit_used_minor__gte=0,
                    paid_minor__gte=0,
                    credited_minor__gte=0,
                )
                & Q(total_minor=F("subtotal_minor") - F("discount_minor") + F("tax_minor"))
                & Q(discount_minor__lte=F("subtotal_minor"))
                & Q(total_minor__gte=F("credit_used_minor") + F("paid_minor"))
                & Q(credited_minor__lte=F("total_minor")),
                name="invoicing_document_amounts",
            ),
            # What is open says whether it is paid; a credit note may take back more than was open.
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled", "written_off"])
                | Q(
                    state__in=["sent", "partially_paid"],
                    total_minor__gt=F("credit_used_minor") + F("paid_minor") + F("credited_minor"),
                )
                | Q(
                    state="paid",
                    total_minor__lte=F("credit_used_minor") + F("paid_minor") + F("credited_minor"),
                ),
                name="invoicing_document_open",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=DocumentState.DRAFT,
                    number="",
                    series="",
                    digest="",
                    series_number__isnull=True,
                    issued_at__isnull=True,
                    issued_on__isnull=True,
                )
                | (
                    ~Q(state=DocumentState.DRAFT)
                    & ~Q(number="")
                    & ~Q(series="")
                    & Q(digest__regex=r"^[0-9a-f]{64}$")
                    & Q(series_number__gte=1, issued_at__isnull=False, issued_on__isnull=False)
                ),
                name="invoicing_document_issued",
            ),
            models.CheckConstraint(
                condition=Q(kind=DocumentKind.CREDIT_NOTE, corrects_id__isnull=False)
                | (~Q(kind=DocumentKind.CREDIT_NOTE) & Q(corrects_id__isnull=True)),
                name="invoicing_document_corrects",
            ),
            models.CheckConstraint(
                condition=Q(period_starts_on__isnull=True, period_ends_on__isnull=True)
                | Q(period_starts_on__lte=F("period_ends_on")),
                name="invoicing_document_period",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "-id"], name="invoicing_document_newest"),
            models.Index(
                fields=["provider_id", "tenant_id", "-id"], name="invoicing_document_of_tenant"
            ),
            models.Index(
                fields=["provider_id", "corrects_id"],
                condition=Q(corrects_id__isnull=False),
                name="invoicing_document_credits",
            ),
            models.Index(
                fields=["provider_id", "id"],
                condition=Q(state="draft"),
                name="invoicing_document_drafts",
            ),
            models.Index(
                fields=["provider_id", "due_on"],
                condition=Q(state__in=["sent", "partially_paid"]),
                name="invoicing_document_due",
            ),
            models.Index(
                fields=["provider_id", "tenant_id"],
                condition=Q(state__in=["sent", "partially_paid"]),
                name="invoicing_document_owed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number or self.public_id}"


class DocumentLine(models.Model):
    """One line of a document.

    Attributes:
        quantity, unit_price: exact; the price is net, in major units.
        discount_minor: taken off this line, before `net_minor`.
        net_minor: what the line comes to, net of tax.
        tax_group: which tax of the document it falls under, by `DocumentTax.tax_group`.
        corrects_position: on a credit note, the invoice's line that it takes back, whole or in part.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    document_id = models.BigIntegerField()
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    detail = models.CharField(max_length=1000, blank=True, default="")
    quantity = models.DecimalField(max_digits=38, decimal_places=12)
    unit = models.CharField(max_length=40, blank=True, default="")
    unit_price = models.DecimalField(max_digits=38, decimal_places=12)
    discount_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField()
    tax_group = models.CharField(max_length=40)
    corrects_position = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "invoicing_document_line"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "document_id", "position"], name="invoicing_document_line_at"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, discount_minor__gte=0) & ~Q(name=""),
                name="invoicing_document_line_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of document {self.document_id}"


class DocumentTax(models.Model):
    """One tax of a document: a rate, or why there is none.

    Attributes:
        category: of EN 16931 (UNCL5305): S, Z, E, AE, K, G, O, L or M.
        rate: percent.
        region: whose tax it is, for instance `DE` or `IN-KA`; empty where none is due.
        name: as it is printed, for instance `VAT` or `CGST`.
        base_minor: what it is reckoned on.
        reason: what the law wants printed, for instance `Reverse charge`.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    document_id = models.BigIntegerField()
    position = models.PositiveIntegerField()
    tax_group = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    category = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    region = models.CharField(max_length=20, blank=True, default="")
    base_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "invoicing_document_tax"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "document_id", "position"], name="invoicing_document_tax_at"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, rate__gte=0, base_minor__gte=0, tax_minor__gte=0)
                & Q(category__in=["S", "Z", "E", "AE", "K", "G", "O", "L", "M"]),
                name="invoicing_document_tax_figures",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "document_id"],
                condition=Q(category="AE"),
                name="invoicing_document_tax_reverse",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.rate} % of document {self.document_id}"
