"""What the database refuses whatever the program does: raw SQL against every promise of promotions."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing_platform.kernel.scope import tenant_scope
from promotions.models import Campaign, Code, Redemption
from promotions.services.codes import generate_codes
from tests.accounts.books import open_books
from tests.factories.promotions import NOW, campaign, in_dollars, use
from tests.promotions.uses import hold

pytestmark = pytest.mark.django_db


class TestTheDatabase:
    def test_limits_hold_for_whoever_writes(self) -> None:
        with open_books(size=3) as books:
            campaign(books.provider_id, total_limit=2, tenant_limit=1)
            made = campaign(books.provider_id, "BULK")
            generate_codes(
                provider_id=books.provider_id,
                campaign=made,
                count=1,
                prefix="NB",
                request_key="b",
                now=NOW,
            )
            (one,) = Code.objects.filter(uses_limit=1)
            hold(books, "top_1")
            hold(books, "top_2", code=one.shown)
            for words, source, tenant in (
                ("often enough", "top_1", 0),
                ("promotions_code_uses_limit", "top_2", 1),
            ):
                with pytest.raises(IntegrityError, match=words), transaction.atomic():
                    copy(source, tenant_id=books.tenants[tenant])
            copy("top_1", tenant_id=books.tenants[1])
            with pytest.raises(IntegrityError, match="total_limit"), transaction.atomic():
                copy("top_1", tenant_id=books.tenants[2])

    @pytest.mark.parametrize(
        ("statement", "words"),
        [
            ("UPDATE promotions_campaign SET name = 'x'", "keeps its terms"),
            ("UPDATE promotions_terms SET percent = 99", "keeps its terms"),
            ("DELETE FROM promotions_terms", "keeps its terms"),
            ("UPDATE promotions_code SET shown = 'x'", "stays as it is"),
            ("UPDATE promotions_redemption SET bonus_minor = 5", "keeps what it was for"),
            ("UPDATE promotions_redemption SET state = 'released'", "keeps what it was for"),
        ],
    )
    def test_what_was_used_stands(self, statement: str, words: str) -> None:
        with open_books() as books:
            campaign(books.provider_id)
            use(books.provider_id, books.tenants[0], "top_1")

            with pytest.raises(IntegrityError, match=words), transaction.atomic():
                run(statement)

    def test_a_client_reads_its_own_uses_and_no_codes_and_writes_nothing(self) -> None:
        with open_books(size=2) as books:
            campaign(books.provider_id)
            hold(books, "top_1")
            hold(books, "top_2", no=1)
            with tenant_scope(books.provider_id, books.tenants[0]):
                assert (Code.objects.count(), Campaign.objects.count()) == (0, 0)
                assert [row.source for row in Redemption.objects.all()] == ["top_1"]
                with pytest.raises(DatabaseError), transaction.atomic():
                    copy("top_1", tenant_id=books.tenants[0])

    def test_terms_that_leave_nothing_to_pay_are_refused(self) -> None:
        with open_books() as books:
            campaign(books.provider_id, "FIVER", in_dollars("discount_fixed", 500))
            with pytest.raises(IntegrityError, match="discount_fixed"), transaction.atomic():
                run("UPDATE promotions_terms SET minimum_minor = 500")
            with (
                pytest.raises(IntegrityError, match="promotions_terms_benefit"),
                transaction.atomic(),
            ):
                run("UPDATE promotions_campaign SET benefit = 'bonus_percent'")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def copy(source: str, *, tenant_id: int) -> None:
    run(
        "INSERT INTO promotions_redemption (provider_id, tenant_id, campaign_id, code_id, source, name, currency,"
        " amount_minor, discount_minor, bonus_minor, is_first, state, reserved_at)"
        f" SELECT provider_id, {tenant_id}, campaign_id, code_id, source || '{tenant_id}', name, currency,"
        " amount_minor, discount_minor, bonus_minor, is_first, state, reserved_at"
        f" FROM promotions_redemption WHERE source = '{source}'"
    )
