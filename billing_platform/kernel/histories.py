"""Histories: rows that triggers write for every change of a table, with who made it. Called by the parts' event models.

The database keeps the changes also of writers that go around the models. New rows are only kept when a person's
request made them, so that importing a million tenants costs nothing more; changes and removals are always kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pghistory
import pgtrigger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db import models

# The label of a row that only tells what stood there before the next one.
BEFORE: Final = "before"
_BY_A_PERSON: Final = "current_setting('pghistory.context_metadata', true) <> ''"


def history_of(
    model: type[models.Model],
    *,
    without: Sequence[str] = (),
    by_people: bool = False,
    keeps_former: bool = False,
    made: str = "",
    only_made: bool = False,
) -> Any:
    """Return the abstract event model of a table.

    Args:
        model: whose changes are kept.
        without: columns that machines write often, or that nobody should read again.
        by_people: keep only what a person's request changed, of rows that machines write by the thousand.
        keeps_former: keep with each change of a person what stood there before, under the label `before`, for rows
            that machines make and change without a trace.
        made: SQL over NEW that a new row must meet as well; empty for all.
        only_made: keep new rows alone, of tables in which a change closes a row and makes another.
    """
    by_a_person = pgtrigger.Condition(_BY_A_PERSON)
    new = pgtrigger.Condition(f"{_BY_A_PERSON} AND {made}") if made else by_a_person
    changes: list[pghistory.Tracker] = []
    if not only_made:
        changes = _updates(model, without, by_people=by_people, keeps_former=keeps_former)
        changes.append(pghistory.DeleteEvent())
    return pghistory.create_event_model(
        model,
        pghistory.InsertEvent(condition=new),
        *changes,
        exclude=list(without),
        obj_field=pghistory.ObjForeignKey(related_name="+", db_index=False),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]  # None leaves the column out
        append_only=True,
    )


def _updates(
    model: type[models.Model], without: Sequence[str], *, by_people: bool, keeps_former: bool
) -> list[pghistory.Tracker]:
    if keeps_former:
        columns = [
            each.column for each in model._meta.local_concrete_fields if each.name not in without
        ]
        differs = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in columns)
        changed = pgtrigger.Condition(f"{_BY_A_PERSON} AND ({differs})")
        # Triggers fire by name, so what stood there before is written first.
        return [
            pghistory.UpdateEvent(BEFORE, row=pghistory.Old, condition=changed),
            pghistory.UpdateEvent(condition=changed),
        ]
    if by_people:
        return [pghistory.UpdateEvent(condition=pgtrigger.Condition(_BY_A_PERSON))]
    return [pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=list(without)))]
