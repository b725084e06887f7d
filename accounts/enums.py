"""The closed lists of words of the ledger: kinds of accounts and postings, states of periods."""

from django.db.models import TextChoices


class AccountKind(TextChoices):
    """What a ledger account holds. `wallet` to `deposit_held` belong to a tenant, the others to the provider."""

    WALLET = "wallet", "Prepaid credit"
    RECEIVABLE = "receivable", "Owed on invoices"
    REFUND_PAYABLE = "refund_payable", "Refund on its way"
    DEPOSIT_HELD = "deposit_held", "Deposit held"
    REVENUE_USAGE = "revenue_usage", "Revenue from usage"
    REVENUE_RECURRING = "revenue_recurring", "Revenue from recurring fees"
    REVENUE_ONE_TIME = "revenue_one_time", "Revenue from one-time fees"
    GATEWAY_CLEARING = "gateway_clearing", "Money at the gateway"
    BANK_CLEARING = "bank_clearing", "Bank transfers in clearing"
    BANK = "bank", "Bank"
    TAX_PAYABLE = "tax_payable", "Tax payable"
    PROMOTION_EXPENSE = "promotion_expense", "Promotions"
    GATEWAY_FEES = "gateway_fees", "Gateway fees"
    BAD_DEBT = "bad_debt", "Bad debt"
    ADJUSTMENT = "adjustment", "Adjustments by staff"
    OPENING = "opening", "Opening balances"
    FX_CLEARING = "fx_clearing", "Currency conversion"


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

    TOP_UP = "top_up", "Top-up"
    PAYMENT = "payment", "Payment"
    CREDIT = "credit", "Credit"
    ADJUSTMENT = "adjustment", "Adjustment"
    DISCOUNT = "discount", "Top-up discount"
    GRANT = "grant", "Bonus credit"
    GRANT_EXPIRY = "grant_expiry", "Expired credit"
    USAGE = "usage", "Usage"
    USAGE_CORRECTION = "usage_correction", "Usage correction"
    INVOICE = "invoice", "Invoice"
    CYCLE_TAX = "cycle_tax", "Tax"
    SETTLEMENT = "settlement", "Invoice paid"
    CREDIT_NOTE = "credit_note", "Credit note"
    REFUND = "refund", "Refund"
    BANK_RETURN = "bank_return", "Returned payment"
    DISPUTE = "dispute", "Disputed payment"
    DISPUTE_WON = "dispute_won", "Dispute won"
    GATEWAY_FEE = "gateway_fee", "Gateway fee"
    PAYOUT = "payout", "Payout"
    SIGNUP_FEE = "signup_fee", "Sign-up fee"
    DEPOSIT = "deposit", "Verification deposit"
    DEPOSIT_RETURN = "deposit_return", "Deposit returned"
    WRITE_OFF = "write_off", "Write-off"
    CONVERSION = "conversion", "Currency conversion"
    REVERSAL = "reversal", "Reversal"


BULK_KINDS = (PostingKind.USAGE, PostingKind.USAGE_CORRECTION)


class PeriodState(TextChoices):
    """Where a billing period stands: ahead, running, over but still charged, archived."""

    NEXT = "next", "Next"
    CURRENT = "current", "Current"
    LATE = "late", "Late"
    CLOSED = "closed", "Closed"


class WarningBasis(TextChoices):
    """What a low-balance level is measured in."""

    AMOUNT = "amount", "Amount left"
    HOURS = "hours", "Time left"


class ChangeCause(TextChoices):
    """Which statement wrote a wallet's state down."""

    OPENED = "opened", "Opened"
    DUES = "dues", "Charged"
    WATCH = "watch", "Grace over"
    POSTING = "posting", "Posted"
    RESERVED = "reserved", "Reserved amount changed"
    RULE = "rule", "Suspension rule changed"
    PERIOD = "period", "Period began"
