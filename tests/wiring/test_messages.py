"""Old processes beside new ones: what a message between them may hold, and what becomes of one that holds else."""

from __future__ import annotations

import logging
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Final

import pytest

from billing_platform.celery import app
from billing_platform.celery_schedule import SCHEDULE
from usage.tasks import read_uploaded_file

if TYPE_CHECKING:
    from celery.app.task import Task

# What the version before sends: a task's name and what it names. A name is answered for one version more than it is
# sent; a new argument has a default.
BELLS: Final = {
    "accounts.close_day": {"provider_id"},
    "invoicing.expire_provider_orders": {"provider_id"},
    "invoicing.issue_provider_documents": {"provider_id"},
    "invoicing.make_provider_pdfs": {"provider_id"},
    "invoicing.match_provider_lines": {"provider_id"},
    "payments.list_provider": {"provider_id"},
    "payments.poll_provider": {"provider_id"},
    "payments.process_event": {"provider_id", "event_id"},
    "payments.recharge_provider": {"provider_id"},
    "portal.write_export": {"provider_id", "export_id"},
    "tax.check_number": {"provider_id", "number_id"},
    "tax.check_provider": {"provider_id"},
    "usage.charge_now": {"provider_id"},
    "usage.charge_provider": {"provider_id"},
    "usage.follow_prices": {"provider_id"},
    "usage.move_subscribers": {"provider_id"},
    "usage.read_uploaded_file": {"provider_id", "upload_id"},
}
OURS: Final = (
    "accounts.",
    "invoicing.",
    "kernel.",
    "payments.",
    "portal.",
    "tax.",
    "tenants.",
    "usage.",
)


def tasks() -> dict[str, Task[Any, Any]]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if name.startswith(OURS)}


def demanded(task: Task[Any, Any]) -> set[str]:
    """Return the arguments that a message must hold."""
    return {
        each.name
        for each in signature(task.run).parameters.values()
        if each.default is Parameter.empty
    }


class TestSignatures:
    def test_what_the_version_before_sends_is_taken(self) -> None:
        found = tasks()

        assert set(BELLS) <= set(found)
        assert {name: demanded(found[name]) for name in found if demanded(found[name])} == BELLS

    def test_what_beat_sends_names_nothing(self) -> None:
        found = tasks()

        for entry in SCHEDULE.values():
            assert demanded(found[entry["task"]]) == set(), entry

    def test_nothing_goes_by_position(self) -> None:
        kinds = {
            each.kind
            for task in tasks().values()
            for each in signature(task.run).parameters.values()
        }
        assert kinds == {Parameter.KEYWORD_ONLY}


class TestRefused:
    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"provider_id": 1, "upload_id": 2, "since": 3}, "unexpected keyword argument 'since'"),
            ({"provider_id": 1}, "missing 1 required keyword-only argument: 'upload_id'"),
            ({"upload_id": 2}, "must be called with provider_id"),
        ],
    )
    def test_a_message_of_another_version_is_told_by_name(
        self, said: dict[str, int], words: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR, logger="celery.app.trace"):
            outcome = read_uploaded_file.apply(kwargs=said)

        assert outcome.state == "FAILURE"
        (record,) = caplog.records
        assert "usage.read_uploaded_file" in record.getMessage()
        assert words in record.getMessage()
