"""Tables of the ledger."""

from accounts.models.account import Account, TenantBalance
from accounts.models.approval import Approval
from accounts.models.grant import CreditGrant, GrantConsumption
from accounts.models.period import Period
from accounts.models.posting import Entry, Posting, Proof, Reason
from accounts.models.seal import Rollup, Seal
from accounts.models.wallet import BurnRate, Reservation, Wallet, WalletChange, WarningLevel

__all__ = [
    "Account",
    "Approval",
    "BurnRate",
    "CreditGrant",
    "Entry",
    "GrantConsumption",
    "Period",
    "Posting",
    "Proof",
    "Reason",
    "Reservation",
    "Rollup",
    "Seal",
    "TenantBalance",
    "Wallet",
    "WalletChange",
    "WarningLevel",
]
