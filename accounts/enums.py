"""The closed lists of words of the ledger: kinds of accounts and postings, states of periods."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AccountKind(TextChoices):
    """What a ledger account holds. `wallet` to `deposit_held` belong to a tenant, the others to the provider."""

    WALLET = "wallet", _("Prepaid credit")
    RECEIVABLE = "receivable", _("Owed on invoices")
    REFUND_PAYABLE = "refund_payable", _("Refund on its way")
    DEPOSIT_HELD = "deposit_held", _("Deposit held")
    REVENUE_USAGE = "revenue_usage", _("Revenue from usage")
    REVENUE_RECURRING = "revenue_recurring", _("Revenue from recurring fees")
    REVENUE_ONE_TIME = "revenue_one_time", _("Revenue from one-time fees")
    GATEWAY_CLEARING = "gateway_clearing", _("Money at the gateway")
    BANK_CLEARING = "bank_clearing", _("Bank transfers in clearing")
    BANK = "bank", _("Bank")
    TAX_PAYABLE = "tax_payable", _("Tax payable")
    PROMOTION_EXPENSE = "promotion_expense", _("Promotions")
    GATEWAY_FEES = "gateway_fees", _("Gateway fees")
    BAD_DEBT = "bad_debt", _("Bad debt")
    ADJUSTMENT = "adjustment", _("Adjustments by staff")
    OPENING = "opening", _("Opening balances")
    FX_CLEARING = "fx_clearing", _("Currency conversion")


TENANT_KINDS = (
    AccountKind.WALLET,
    AccountKind.RECEIVABLE,
    AccountKind.REFUND_PAYABLE,
    AccountKind.DEPOSIT_HELD,
)
REVENUE_KINDS = (
    AccountKind.REVENUE_USAGE,
    AccountKind.REVENUE_RECURRING,
    AccountKind.REVENUE_ONE_TIME,
)


class PostingKind(TextChoices):
    """Why value moved; one word per line of the posting table in docs/ledger.md."""

    TOP_UP = "top_up", _("Top-up")
    PAYMENT = "payment", _("Payment")
    CREDIT = "credit", _("Credit")
    ADJUSTMENT = "adjustment", _("Adjustment")
    DISCOUNT = "discount", _("Top-up discount")
    GRANT = "grant", _("Bonus credit")
    GRANT_EXPIRY = "grant_expiry", _("Expired credit")
    GRANT_RETURN = "grant_return", _("Bonus taken back")
    USAGE = "usage", _("Usage")
    USAGE_CORRECTION = "usage_correction", _("Usage correction")
    INVOICE = "invoice", _("Invoice")
    CYCLE_TAX = "cycle_tax", _("Tax")
    SETTLEMENT = "settlement", _("Invoice paid")
    CREDIT_NOTE = "credit_note", _("Credit note")
    REFUND = "refund", _("Refund")
    BANK_RETURN = "bank_return", _("Returned payment")
    DISPUTE = "dispute", _("Disputed payment")
    DISPUTE_WON = "dispute_won", _("Dispute won")
    GATEWAY_FEE = "gateway_fee", _("Gateway fee")
    PAYOUT = "payout", _("Payout")
    SIGNUP_FEE = "signup_fee", _("Sign-up fee")
    DEPOSIT = "deposit", _("Verification deposit")
    DEPOSIT_RETURN = "deposit_return", _("Deposit returned")
    WRITE_OFF = "write_off", _("Write-off")
    CONVERSION = "conversion", _("Currency conversion")
    REVERSAL = "reversal", _("Reversal")


BULK_KINDS = (PostingKind.USAGE, PostingKind.USAGE_CORRECTION)


class PeriodState(TextChoices):
    """Where a billing period stands: ahead, running, over but still charged, archived."""

    NEXT = "next", _("Next")
    CURRENT = "current", _("Current")
    LATE = "late", _("Late")
    CLOSED = "closed", _("Closed")


class WarningBasis(TextChoices):
    """What a low-balance level is measured in."""

    AMOUNT = "amount", _("Amount left")
    HOURS = "hours", _("Time left")


class ChangeCause(TextChoices):
    """Which statement wrote a wallet's state down."""

    OPENED = "opened", _("Opened")
    DUES = "dues", _("Charged")
    WATCH = "watch", _("Grace over")
    POSTING = "posting", _("Posted")
    RESERVED = "reserved", _("Reserved amount changed")
    RULE = "rule", _("Suspension rule changed")
    PERIOD = "period", _("Period began")


class ApprovalState(TextChoices):
    """Where a posting stands that needs a second person."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
