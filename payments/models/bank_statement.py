"""Files of bank statements and their lines, as the bank wrote them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from payments.enums_bank import LineReason, LineState, StatementFormat


def new_statement_id() -> str:
    """Return a public id of a statement."""
    return new_public_id("stm")


def new_line_id() -> str:
    """Return a public id of a line of a statement."""
    return new_public_id("bkl")


class BankStatement(models.Model):
    """One account's statements in one file. It never changes.

    Attributes:
        name: as the sender's machine called the file; shown, never opened.
        digest: SHA-256 of the file, in hexadecimal; once per account.
        numbers: as the bank numbers the statements.
        opening_minor, closing_minor: of the first and the last one; None where the format does not say.
        lines: how many were new; known: how many were there before; unbooked: how many the bank had not booked yet.
        imported_by: number of the user, None for a command.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_statement_id)
    provider_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    format = models.CharField(max_length=16, choices=StatementFormat)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    numbers = models.CharField(max_length=300, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    lines = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    unbooked = models.PositiveIntegerField()
    imported_by = models.BigIntegerField(null=True)
    imported_at = models.DateTimeField()

    class Meta:
        db_table = "payments_bank_statement"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_bank_statement_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "account_id", "digest"],
                name="payments_bank_statement_content",
            ),
            models.CheckConstraint(
                condition=Q(format__in=StatementFormat.values) & Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="payments_bank_statement_words",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "-id"], name="payments_bank_statement_newest")
        ]

    def __str__(self) -> str:
        return f"bank statement {self.name}"


class BankLine(models.Model):
    """One movement on an account. What the bank wrote never changes, held by a trigger; where it stands moves.

    Attributes:
        number: its place in the file, from 1.
        key: what it says, hashed, and a running number among lines that say the same.
        amount_minor: minor units of `currency`; + came in, − went out.
        reference, end_to_end, text: as `StatementLine`.
        equal_line_id: a line of another file, of which it may be a second copy: a person says (decisions 37 and 49).
            DUPLICATE while nobody did; set aside with this reason, it is the same.
        reason: why it waits, or what is to be known.
        note: a person's words about setting it aside.
        decided_by: number of the user who decided on it last, None when nobody did.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_line_id)
    provider_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=80)
    booked_on = models.DateField()
    valued_on = models.DateField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    bank_ref = models.CharField(max_length=70, blank=True, default="")
    reference = models.CharField(max_length=200, blank=True, default="")
    end_to_end = models.CharField(max_length=70, blank=True, default="")
    text = models.CharField(max_length=2000, blank=True, default="")
    party_name = models.CharField(max_length=140, blank=True, default="")
    party_iban = models.CharField(max_length=34, blank=True, default="")
    is_return = models.BooleanField(default=False)
    return_reason = models.CharField(max_length=140, blank=True, default="")
    is_batch = models.BooleanField(default=False)
    equal_line_id = models.BigIntegerField(null=True)

    # Where it stands: written by whoever decides on it.
    state = models.CharField(max_length=16, choices=LineState, default=LineState.NEW)
    state_at = models.DateTimeField()
    reason = models.CharField(max_length=16, choices=LineReason, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "payments_bank_line"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_bank_line_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "account_id", "key"], name="payments_bank_line_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=LineState.values)
                & Q(reason__in=LineReason.values)
                & Q(currency__regex=r"^[A-Z]{3}$")
                & ~Q(key=""),
                name="payments_bank_line_words",
            ),
            # Money that went out is nobody's payment; a return alone takes one back.
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) | ~Q(state=LineState.MATCHED),
                name="payments_bank_line_came_in",
            ),
            models.CheckConstraint(
                condition=Q(equal_line_id__isnull=True) | Q(equal_line_id__lt=F("id")),
                name="payments_bank_line_equal",
            ),
            models.CheckConstraint(
                condition=~Q(reason=LineReason.DUPLICATE)
                | Q(equal_line_id__isnull=False, state=LineState.OPEN)
                | Q(
                    equal_line_id__isnull=False,
                    state=LineState.ASIDE,
                    decided_by__isnull=False,
                ),
                name="payments_bank_line_duplicate",
            ),
            # Money that went back again is nobody's any more.
            models.CheckConstraint(
                condition=~Q(reason=LineReason.WENT_BACK)
                | Q(state=LineState.ASIDE, amount_minor__gt=0),
                name="payments_bank_line_went_back",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "state", "-id"], name="payments_bank_line_queue"),
            models.Index(
                fields=["provider_id", "statement_id", "number"],
                name="payments_bank_line_of_file",
            ),
            models.Index(
                fields=["provider_id", "party_iban"],
                condition=~Q(party_iban=""),
                name="payments_bank_line_payer",
            ),
            models.Index(
                fields=["provider_id", "id"],
                condition=Q(state=LineState.NEW),
                name="payments_bank_line_new",
            ),
        ]

    def __str__(self) -> str:
        return f"bank line {self.public_id}, {self.state}"
