"""Tell who started a long run how it ended: a move of subscribers, a changed price. The relay calls."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.urls import reverse

from billing_platform.kernel.formats import format_quantity
from billing_platform.kernel.outbox import enqueue
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.hosts import provider_url
from tenants.selectors.readers import staff_reader
from tenants.services.mails import mail_readers
from usage.enums import MoveOutcome
from usage.models import PlanMove, PriceChange
from usage.selectors.plan_moves import find_move
from usage.selectors.price_changes import find_line

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.outbox import Message

MOVE_TOPIC: Final = "plan_move.ended"
PRICE_TOPIC: Final = "price_change.ended"


def announce_end(order: PlanMove | PriceChange, *, now: datetime) -> None:
    """Write down that a run has ended, in the transaction that ends it.

    Args:
        order: what was worked off or stopped; its provider's scope is open.
        now: the present moment.

    Idempotency: one message per order.
    """
    enqueue(
        provider_id=order.provider_id,
        topic=MOVE_TOPIC if isinstance(order, PlanMove) else PRICE_TOPIC,
        payload={"order": order.pk},
        dedupe_key=str(order.pk),
        now=now,
    )


def tell_move(message: Message) -> None:
    """Mail who asked for a move what came of it; the handler of `MOVE_TOPIC`.

    Args:
        message: written by `announce_end`.

    Idempotency: by message; who is no member any more is not told.
    """
    with provider_scope(message.provider_id):
        order = PlanMove.objects.get(provider_id=message.provider_id, pk=message.payload["order"])
        row = find_move(message.provider_id, order.pk)
        counts = {outcome: row.counts.get(outcome, 0) for outcome in MoveOutcome.values}
        facts = {
            "thing": order.pk,
            "plan": " ".join(row.plan.split()),
            "number": row.number,
            "is_stopped": order.stopped_by_id is not None,
            "link": provider_url(
                message.provider_id, reverse("provider-plan-move", args=[order.pk])
            ),
        }
        _mail(message, order.asked_by_id, "plan_move", facts, counts)


def tell_price_change(message: Message) -> None:
    """Mail who changed a price that its clients follow it; the handler of `PRICE_TOPIC`.

    Args:
        message: written by `announce_end`.

    Idempotency: by message; who is no member any more is not told.
    """
    with provider_scope(message.provider_id):
        order = PriceChange.objects.get(
            provider_id=message.provider_id, pk=message.payload["order"]
        )
        line = find_line(message.provider_id, order.price_id)
        facts = {
            "thing": order.price_id,
            "plan": " ".join(line.plan.split()),
            "number": line.number,
            "code": line.code,
            "link": provider_url(
                message.provider_id, reverse("provider-price-line", args=[order.price_id])
            ),
        }
        _mail(message, order.asked_by_id, "price_change", facts, {"clients": order.done})


def _mail(
    message: Message, user_id: int, kind: str, facts: dict[str, Any], counts: dict[str, int]
) -> None:
    mail_readers(
        message,
        readers=staff_reader(message.provider_id, user_id, settings.LANGUAGE_CODE),
        template=f"emails/{kind}.txt",
        shown=lambda language: {
            **facts,
            **{each: format_quantity(Decimal(count), language) for each, count in counts.items()},
        },
        key=f"{message.topic}/{message.id}",
    )
