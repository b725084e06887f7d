"""Codes of campaigns: one that people read, or many that nobody can guess; withdrawn. Called by pages and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from promotions.errors import CampaignOver, CampaignRefused, CodeTaken
from promotions.models import Code
from promotions.rules.codes import new_code, normal_form, shown_form
from promotions.services.campaigns import locked_campaign

if TYPE_CHECKING:
    from datetime import datetime

    from promotions.models import Campaign

BATCH_MAX: Final = 10_000
_CHUNK: Final = 1_000


def add_code(*, provider_id: int, campaign: str, text: str, request_key: str, now: datetime) -> str:
    """Give a campaign a code that somebody made up, for as many uses as the campaign allows.

    Args:
        provider_id: whose; its scope is open.
        campaign: its public id.
        text: letters and digits, with spaces or dashes between them.
        request_key: of the form, at most 100 characters.
        now: the present moment.

    Returns:
        The code as it is shown.

    Raises:
        CampaignNotFound: the provider has no such campaign.
        CampaignOver: it has ended.
        WordRefused: nobody could type this.
        CodeTaken: the provider has this code already.
        TransactionRequiredError: no transaction is open.

    Idempotency: by `request_key`.
    """
    shown = shown_form(text)
    row = _open(provider_id, campaign)
    values = {"campaign_id": row.pk, "shown": shown, "batch": request_key, "created_at": now}
    kept, is_new = Code.objects.get_or_create(
        provider_id=provider_id, normal=normal_form(shown), defaults=values
    )
    if not is_new and (kept.batch, kept.campaign_id) != (request_key, row.pk):
        raise CodeTaken
    return kept.shown


def generate_codes(
    *,
    provider_id: int,
    campaign: str,
    count: int,
    prefix: str,
    request_key: str,
    now: datetime,
) -> int:
    """Give a campaign many codes for one use each, that nobody can guess.

    Args:
        provider_id: whose; its scope is open.
        campaign: its public id.
        count: 1 to `BATCH_MAX`.
        prefix: 2 to 12 letters and digits, before 64 bits of chance.
        request_key: of the form, at most 100 characters.
        now: the present moment.

    Returns:
        How many this key has made.

    Raises:
        CampaignNotFound: the provider has no such campaign.
        CampaignOver: it has ended.
        CampaignRefused: none, or too many at once.
        WordRefused: another prefix.
        TransactionRequiredError: no transaction is open.

    Idempotency: by `request_key`.
    """
    if not 0 < count <= BATCH_MAX:
        raise CampaignRefused(message=_("Make 1 to %(most)s codes at once.") % {"most": BATCH_MAX})
    row = _open(provider_id, campaign)
    made = Code.objects.filter(provider_id=provider_id, campaign_id=row.pk, batch=request_key)
    # Whoever asks twice finds all of them, since the campaign is locked; a code that exists already is made anew.
    wanted = 0 if made.exists() else count
    while wanted:
        size = min(wanted, _CHUNK)
        _insert(row, [new_code(prefix) for _each in range(size)], request_key, now)
        wanted = count - made.count()
    return made.count()


def end_code(*, provider_id: int, campaign: str, shown: str, now: datetime) -> None:
    """Withdraw a code; what top-ups hold by it is still given when they are paid.

    Args:
        provider_id: whose; its scope is open.
        campaign: its public id.
        shown: the code, as it is shown or typed.
        now: the present moment.

    Raises:
        CampaignNotFound: the provider has no such campaign.
        TransactionRequiredError: no transaction is open.

    Idempotency: one that was withdrawn stays as it is.
    """
    row = locked_campaign(provider_id, campaign)
    codes = Code.objects.filter(provider_id=provider_id, campaign_id=row.pk)
    codes.filter(normal=normal_form(shown), ended_at__isnull=True).update(ended_at=now)


def _open(provider_id: int, campaign: str) -> Campaign:
    row = locked_campaign(provider_id, campaign)
    if row.ended_at is not None:
        raise CampaignOver
    return row


def _insert(row: Campaign, codes: list[str], batch: str, now: datetime) -> None:
    Code.objects.bulk_create(
        (
            Code(
                provider_id=row.provider_id,
                campaign_id=row.pk,
                shown=code,
                normal=normal_form(code),
                uses_limit=1,
                batch=batch,
                created_at=now,
            )
            for code in codes
        ),
        ignore_conflicts=True,
    )
