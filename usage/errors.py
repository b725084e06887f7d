"""What catalogue, subscriptions and charging refuse, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import DomainError


class UsageError(DomainError):
    """The base of this part's refusals."""


class InvalidPriceError(UsageError):
    """The figures of a price make no price."""

    code = "invalid_price"
    message = gettext_noop("This price is not valid.")
    http_status = 422


class InvalidBudgetError(UsageError):
    """A budget is nothing, or less."""

    code = "invalid_budget"
    message = gettext_noop("A budget is more than nothing.")
    http_status = 422


class InvalidMeterError(UsageError):
    """The rules of a meter contradict each other."""

    code = "invalid_meter"
    message = gettext_noop("This meter is not valid.")
    http_status = 422


class MeterInUseError(UsageError):
    """Somebody is charged, or may still be, for what the meter counts."""

    code = "meter_in_use"
    message = gettext_noop(
        "A plan on sale or a running subscription charges this meter; archived, it would be free."
    )
    http_status = 409


class NotFullHourError(UsageError):
    """A boundary of prices or subscriptions lies inside an hour."""

    code = "not_full_hour"
    message = gettext_noop("Prices and subscriptions begin and end on full hours.")
    http_status = 422


class HourAheadError(UsageError):
    """An hour that has not begun is not charged: what happens in it is not known, and its fees are not due."""

    code = "hour_ahead"
    message = gettext_noop("This hour has not begun yet.")
    http_status = 422


class ErasedUsageError(UsageError):
    """Users are counted from events, and those of a closed period may have lost what tells their users."""

    code = "erased_usage"
    message = gettext_noop(
        "The personal part of usage in that time is removed, so its users cannot be counted anew. Choose a later time."
    )
    http_status = 409


class UnknownCatalogueError(UsageError):
    """No such meter, plan, version or price of this provider."""

    code = "unknown_catalogue"
    message = gettext_noop("This is not in the catalogue.")
    http_status = 404


class CodeTakenError(UsageError):
    """The code exists already, with other content."""

    code = "code_taken"
    message = gettext_noop("This code is taken by something else.")
    http_status = 409


class VersionNotDraftError(UsageError):
    """An active or retired plan version does not change any more."""

    code = "version_not_draft"
    message = gettext_noop("An active plan version cannot be changed; make a new version.")
    http_status = 409


class VersionNotActiveError(UsageError):
    """Only an active plan version is sold."""

    code = "version_not_active"
    message = gettext_noop("This plan version is not on sale.")
    http_status = 409


class UnknownSubscriptionError(UsageError):
    """No such subscription of this tenant, or it does not run at that time."""

    code = "unknown_subscription"
    message = gettext_noop("This subscription does not exist or does not run at that time.")
    http_status = 404


class SubscriptionConflictError(UsageError):
    """The change would price one meter twice at one time, or leave a gap backwards."""

    code = "subscription_conflict"
    message = gettext_noop("This conflicts with another subscription or an earlier change.")
    http_status = 409


class SubscriptionEndedError(UsageError):
    """A subscription that has ended cannot be kept."""

    code = "subscription_ended"
    message = gettext_noop("This subscription has ended. A new one begins anew.")
    http_status = 409


class MoveUnderWayError(UsageError):
    """Subscribers of the plan are being moved already."""

    code = "move_under_way"
    message = gettext_noop("Clients of this plan are being moved already; wait until that is done.")
    http_status = 409


class MoveInPeriodError(UsageError):
    """A move within a period would charge something twice."""

    code = "move_in_period"
    message = gettext_noop("Clients of this plan can only move with their next billing period.")
    http_status = 422


class PriceChangeUnderWayError(UsageError):
    """The clients of a price do not all follow the last change of it yet."""

    code = "price_change_under_way"
    message = gettext_noop(
        "The clients of this price do not all follow its last change yet; wait until that is done."
    )
    http_status = 409


class PriceCountsAnewError(UsageError):
    """A change of the price within a period would charge something twice."""

    code = "price_counts_anew"
    message = gettext_noop(
        "This price counts anew from its change on and would be charged twice in a period."
        " Make a new version and move its clients with their next billing period."
    )
    http_status = 422


class AlreadyUploadedError(UsageError):
    """The same content was uploaded before, and is being read or was read to its end.

    Attributes:
        upload_id: the number of that upload.
    """

    code = "already_uploaded"
    message = gettext_noop("This file was uploaded before.")
    http_status = 409

    def __init__(self, upload_id: int) -> None:
        super().__init__()
        self.upload_id = upload_id


class UnknownUploadError(UsageError):
    """No such upload of this provider."""

    code = "unknown_upload"
    message = gettext_noop("There is no such upload.")
    http_status = 404


class UploadNotStoredError(UsageError):
    """An uploaded file could not be stored, for instance since the disk is full; nothing of it is kept."""

    code = "upload_not_stored"
    message = gettext_noop(
        "The file could not be stored. Nothing of it is kept; please try again later."
    )
    http_status = 503


class UploadNotReadableError(UsageError):
    """An upload that is under way, or whose stored file was removed, cannot be read again."""

    code = "upload_not_readable"
    message = gettext_noop("This file is being read, or is not stored any more.")
    http_status = 409


class UnknownPhoneSystemError(UsageError):
    """No such phone system, line or watched folder of this provider."""

    code = "unknown_phone_system"
    message = gettext_noop("This phone system is not there any more.")
    http_status = 404


class InvalidPhoneSystemError(UsageError):
    """A code, a time zone, a rule or a line that cannot be read; the message says which."""

    code = "invalid_phone_system"
    message = gettext_noop("This cannot be read.")
    http_status = 422


class RuleChangedError(UsageError):
    """The rules are not what they were when somebody began to change them."""

    code = "rule_changed"
    message = gettext_noop("Somebody changed the rules meanwhile. Look at them once more.")
    http_status = 409


class FolderNotAllowedError(UsageError):
    """A folder that providers may not name: outside of their own, or there is none for them."""

    code = "folder_not_allowed"
    message = gettext_noop("This folder is not beneath your own.")
    http_status = 422
