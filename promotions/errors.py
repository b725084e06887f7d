"""What promotions refuse, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import DomainError, NotFoundError


class PromotionsError(DomainError):
    """The base of the refusals."""

    code = "promotion_refused"
    message = gettext_noop("This promotion is not possible.")
    http_status = 422


class CodeRefused(PromotionsError):
    """A code that gives nothing here; unknown, over, used up and somebody else's read the same."""

    code = "code_refused"
    message = gettext_noop("This code is not valid for this top-up.")


class SourceReused(PromotionsError):
    """A top-up asks for another code, amount or client than it did before."""

    code = "source_reused"
    message = gettext_noop("This top-up has used a code already.")
    http_status = 409


class CampaignNotFound(NotFoundError):
    """The provider has no such campaign."""

    code = "campaign_not_found"
    message = gettext_noop("This campaign does not exist.")


class CampaignRefused(PromotionsError):
    """Terms that no campaign can have."""

    code = "campaign_refused"
    message = gettext_noop("These terms do not fit together.")


class CampaignUsed(PromotionsError):
    """Somebody has used one of its codes, so its terms stand."""

    code = "campaign_used"
    message = gettext_noop("A code of this campaign was used, so its terms stay. End it instead.")
    http_status = 409


class CampaignOver(PromotionsError):
    """It has ended, so it gets no more codes."""

    code = "campaign_over"
    message = gettext_noop("This campaign has ended.")
    http_status = 409


class WordRefused(PromotionsError):
    """A code or prefix that nobody could type."""

    code = "word_refused"
    message = gettext_noop("Use letters A to Z and digits, with spaces or dashes between them.")


class CodeTaken(PromotionsError):
    """Another campaign of the provider, or this one, has the code."""

    code = "code_taken"
    message = gettext_noop("This code exists already.")
    http_status = 409
