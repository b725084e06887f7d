"""Change how a PBX reads, rule by rule and line by line. Called by the provider's pages.

Each change locks the phone system's row, so that two people at once change it one after the other. Calls that were
counted stay as they are; parked ones of a line that has a tenant now are counted by the next replay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from usage.errors import (
    CodeTakenError,
    InvalidPhoneSystemError,
    RuleChangedError,
    UnknownPhoneSystemError,
)
from usage.importers.asterisk_mapping import (
    RULES_MAX,
    InvalidMappingError,
    line_key,
    read_mapping,
)
from usage.models import CallLine, CallMapping
from usage.selectors.call_mapping import call_mapping
from usage.services.call_mapping import assign_waiting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from usage.importers.asterisk_mapping import DirectionRule

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_TABLES: Final = {"account": "accounts", "number": "numbers", "trunk": "trunks"}
_PATTERN_MAX: Final = 200


@transaction.atomic
def add_phone_system(*, provider_id: int, source: str, time_zone: str, now: datetime) -> int:
    """Make a phone system that has no rules and no lines yet.

    Args:
        provider_id: whose; its scope is open.
        source: the code of its event source, which its files name too.
        time_zone: of the times in its files, an IANA name.
        now: the present moment.

    Returns:
        Its id.

    Raises:
        InvalidPhoneSystemError: the code or the time zone cannot be read.
        CodeTakenError: there is one of this code.

    Idempotency: by source; the second one is refused.
    """
    if not _CODE.fullmatch(source):
        raise InvalidPhoneSystemError(
            _("A code has letters, digits, dots and dashes, 100 at most.")
        )
    _read({"time_zone": time_zone})
    row, is_new = CallMapping.objects.get_or_create(
        provider_id=provider_id,
        source=source,
        defaults={"time_zone": time_zone, "rules": [], "updated_at": now},
    )
    if not is_new:
        raise CodeTakenError
    return row.pk


@transaction.atomic
def change_time_zone(*, provider_id: int, system_id: int, time_zone: str, now: datetime) -> None:
    """Read the times of a PBX's files in another zone from now on.

    Args:
        provider_id: whose; its scope is open.
        system_id: which phone system.
        time_zone: an IANA name.
        now: the present moment.

    Raises:
        UnknownPhoneSystemError: no such phone system.
        InvalidPhoneSystemError: there is no such zone.
    """
    _read({"time_zone": time_zone})
    row = _locked(provider_id, system_id)
    row.time_zone = time_zone
    _save(row, now)


@transaction.atomic
def set_rule(
    *,
    provider_id: int,
    system_id: int,
    rule: Mapping[str, str],
    was: DirectionRule | None,
    place: int,
    now: datetime,
) -> None:
    """Change a rule, or add one behind all others.

    Args:
        provider_id: whose; its scope is open.
        system_id: which phone system.
        rule: its direction and patterns.
        was: what stood there when somebody began to change it; None for a new rule.
        place: where it stands, from 0; of no meaning for a new rule.
        now: the present moment.

    Raises:
        UnknownPhoneSystemError: no such phone system.
        InvalidPhoneSystemError: the rule cannot be read, or there are too many.
        RuleChangedError: another rule stands there by now.
    """
    given = {name: text or "*" for name, text in rule.items()}
    if any(len(text) > _PATTERN_MAX for text in given.values()):
        raise InvalidPhoneSystemError(message=_("A pattern has 200 signs at most."))
    _read({"directions": [given]})
    row = _locked(provider_id, system_id)
    if was is None:
        if len(row.rules) >= RULES_MAX:
            raise InvalidPhoneSystemError(message=_("A phone system has 500 rules at most."))
        row.rules.append(given)
    else:
        row.rules[_place(row, place, was)] = given
    _save(row, now)


@transaction.atomic
def remove_rule(
    *, provider_id: int, system_id: int, was: DirectionRule, place: int, now: datetime
) -> None:
    """Remove a rule; arguments and refusals as `set_rule`."""
    row = _locked(provider_id, system_id)
    del row.rules[_place(row, place, was)]
    _save(row, now)


@transaction.atomic
def raise_rule(
    *, provider_id: int, system_id: int, was: DirectionRule, place: int, now: datetime
) -> None:
    """Let a rule stand before the one above it; arguments and refusals as `set_rule`."""
    row = _locked(provider_id, system_id)
    at = _place(row, place, was)
    if at:
        row.rules[at - 1], row.rules[at] = row.rules[at], row.rules[at - 1]
        _save(row, now)


@transaction.atomic
def set_line(
    *, provider_id: int, system_id: int, kind: str, value: str, tenant: str, now: datetime
) -> None:
    """Say whose calls an account code, a number or a trunk means, in place of what was said before.

    Args:
        provider_id: whose; its scope is open.
        system_id: which phone system.
        kind: account, number or trunk.
        value: as people write it.
        tenant: the external id of the tenant, which need not exist yet.
        now: the present moment.

    Raises:
        UnknownPhoneSystemError: no such phone system.
        InvalidPhoneSystemError: the value or the tenant cannot be read.

    Idempotency: by kind and value.
    """
    table = _TABLES.get(kind)
    if table is None:
        raise InvalidPhoneSystemError
    _read({table: {value: tenant}})
    row = _locked(provider_id, system_id)
    CallLine.objects.update_or_create(
        provider_id=provider_id,
        mapping_id=row.pk,
        kind=kind,
        value=line_key(kind, value)[1],
        defaults={"tenant_external_id": tenant},
    )
    _save(row, now)


@transaction.atomic
def remove_line(*, provider_id: int, system_id: int, line_id: int, now: datetime) -> None:
    """Forget whose a line is; its calls wait from now on.

    Args:
        provider_id: whose; its scope is open.
        system_id: which phone system.
        line_id: which line.
        now: the present moment.

    Raises:
        UnknownPhoneSystemError: no such phone system or line.
    """
    row = _locked(provider_id, system_id)
    lines = CallLine.objects.filter(provider_id=provider_id, mapping_id=row.pk, pk=line_id)
    if not lines.delete()[0]:
        raise UnknownPhoneSystemError
    _save(row, now)


def _read(content: Mapping[str, object]) -> None:
    """Refuse what an import of a mapping would refuse."""
    try:
        read_mapping(dict(content))
    except InvalidMappingError as error:
        raise InvalidPhoneSystemError(message=str(error)) from error


def _locked(provider_id: int, system_id: int) -> CallMapping:
    rows = CallMapping.objects.select_for_update().filter(provider_id=provider_id, pk=system_id)
    row = rows.first()
    if row is None:
        raise UnknownPhoneSystemError
    return row


def _place(row: CallMapping, place: int, was: DirectionRule) -> int:
    if not 0 <= place < len(row.rules):
        raise RuleChangedError
    there = {name: row.rules[place].get(name, "*") for name in was._fields}
    if there != was._asdict():
        raise RuleChangedError
    return place


def _save(row: CallMapping, now: datetime) -> None:
    row.updated_at = now
    row.save()
    assign_waiting(row.provider_id, row.source, call_mapping(row.provider_id, row.source))
