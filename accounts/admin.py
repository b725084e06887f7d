"""What operators see of the ledger: everything, and nothing can be edited."""

from accounts.models import (
    Account,
    CreditGrant,
    Entry,
    Period,
    Posting,
    Proof,
    Reason,
    Reservation,
    Rollup,
    Seal,
    Wallet,
)
from billing_platform.kernel.read_only_admin import register_read_only

register_read_only(
    (Account, CreditGrant, Entry, Period, Posting, Proof, Reason, Reservation, Rollup, Seal, Wallet)
)
