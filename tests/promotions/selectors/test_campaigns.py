"""What a campaign brought is summed by the database: as many statements for three uses as for three million."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from promotions.models import Campaign
from promotions.selectors.campaigns import brought
from tests.accounts.books import open_books
from tests.factories.promotions import campaign, in_dollars, use
from tests.promotions.uses import take

pytestmark = pytest.mark.django_db


class TestBrought:
    def test_what_was_given_taken_back_used_and_is_left_of_this_campaign_alone(self) -> None:
        with open_books(size=2) as books:
            public_id = campaign(books.provider_id, "FIVER", in_dollars("bonus_fixed", 500))
            campaign(books.provider_id, "OTHER")
            books.post(10_000)
            for no, (source, code) in enumerate([("top_1", "FIVER"), ("top_2", "OTHER")]):
                use(books.provider_id, books.tenants[0], source, code=code, amount=10_000 + no)
            use(books.provider_id, books.tenants[1], "top_3", code="FIVER")
            books.due(200)
            take(books, 10_000)
            number = Campaign.objects.get(public_id=public_id).pk

            with CaptureQueriesContext(connection) as asked:
                (found,) = brought(books.provider_id, number)

        assert len(asked) == 3
        amounts = (found.topped_up, found.given, found.taken_back, found.left, found.spent)
        assert found.uses == 2
        assert [each.amount_minor for each in amounts] == [20_000, 1000, 300, 500, 200]
