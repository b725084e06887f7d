"""A confirmation by hand that counts no more is told to somebody, with the way to the client."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages.tax_concerns import tax_concerns
from tax.services.number_checks import record_by_hand
from tax.services.numbers import add_number, remove_number
from tests.cast import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.portal.pages.concern import Concern
    from tests.cast import Cast

BRITISH = "980780684"


def told(cast: Cast, days: int) -> list[Concern]:
    at: datetime = NOW + timedelta(days=days)
    with provider_scope(cast.nimbus):
        return list(tax_concerns(cast.nimbus, now=at))


def test_it_is_told_from_the_day_on_which_the_client_counts_as_a_consumer(cast: Cast) -> None:
    own: dict[str, Any] = {"provider_id": cast.nimbus, "tenant_id": cast.acme}
    with provider_scope(cast.nimbus):
        number = add_number(**own, country="GB", number=BRITISH, now=NOW)
        own["public_id"] = number
        record_by_hand(**own, is_valid=True, consultation_number="", note="", user_id=1, now=NOW)

    assert told(cast, 90) == []
    (concern,) = told(cast, 91)
    assert BRITISH in concern.words
    assert concern.url.endswith("/tax/")
    with provider_scope(cast.sonora):
        assert list(tax_concerns(cast.sonora, now=NOW + timedelta(days=91))) == []
    with provider_scope(cast.nimbus):
        remove_number(**own, now=NOW)
    assert told(cast, 91) == []
