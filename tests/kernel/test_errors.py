"""A domain error carries a code for machines and a sentence for people."""

from __future__ import annotations

import copy
import pickle

from billing_platform.kernel.errors import CurrencyMismatchError, DomainError, NotFoundError


class TestDomainError:
    def test_a_class_says_what_it_means(self) -> None:
        error = NotFoundError()

        assert (error.code, error.http_status, str(error)) == (
            "not_found",
            404,
            "This does not exist.",
        )

    def test_a_call_may_be_more_exact(self) -> None:
        error = DomainError("too_early", "Not before Monday.", retry_after_s=60)

        assert (error.code, error.message, error.retry_after_s) == (
            "too_early",
            "Not before Monday.",
            60,
        )

    def test_it_survives_a_queue(self) -> None:
        error = CurrencyMismatchError(message="USD and EUR cannot be combined.", retry_after_s=3)

        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 (our own bytes)
            assert type(again) is CurrencyMismatchError
            assert (again.code, again.message, again.retry_after_s) == (
                error.code,
                error.message,
                3,
            )
