"""Tenants are found by the beginnings of their words, from an index, under row-level security."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tenants.models import User
from tenants.selectors.search import RARE, matches, search_words
from tenants.services.members import add_member, remove_member
from tenants.services.profiles import save_profile
from tenants.services.tenants import create_tenant, ensure_tenants, update_tenant
from tenants.types import TenantProfileView, TenantSpec
from tests.cast import NOW
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.django_db


def found(provider_id: int, text: str) -> list[str]:
    """Return the external ids that a search finds, in its provider's scope."""
    with provider_scope(provider_id):
        search = matches(provider_id, text)
        gathered, each = (
            fetch_all(
                f"SELECT t.external_id FROM tenants_tenant t WHERE t.provider_id = %(own)s AND {form} ORDER BY t.id",
                {**search.params, "own": provider_id},
            )
            for form in (search.gathered, search.each)
        )
    assert gathered == each
    return [external_id for (external_id,) in gathered]


@pytest.fixture
def muller(cast: Cast) -> int:
    """Return a client whose names are hard to type."""
    with as_role("worker"), provider_scope(cast.nimbus):
        return create_tenant(
            provider_id=cast.nimbus,
            external_id="CUST-0012/b",
            name="Müller & Søn Straße-Ёлка",
            now=NOW,
        ).id


class TestMatches:
    @pytest.mark.parametrize(
        "text",
        [
            "müll",
            "MULLER",
            "MU\u0308LLER",
            "son muller",
            "STRASSE",
            "strasse-ел",
            "ЁЛ",
            "cust-00",
            "0012",
            "0012/B",
            "b/0012-cust",
            "  müller,  søn  ",
            "m",
        ],
    )
    def test_find_without_case_accents_and_order(self, cast: Cast, muller: int, text: str) -> None:
        assert found(cast.nimbus, text) == ["CUST-0012/b"]

    @pytest.mark.parametrize(
        "text", ["uller", "muller globex", "0012 0013", "%", "&", "mu%er", "\x00", "müllerx"]
    )
    def test_do_not_find_what_no_word_begins_with(self, cast: Cast, muller: int, text: str) -> None:
        assert found(cast.nimbus, text) == []

    def test_never_find_another_providers_tenants(self, cast: Cast) -> None:
        assert found(cast.nimbus, "aria") == found(cast.nimbus, "dora@example.com") == []
        assert found(cast.sonora, "aria") == ["aria"]

    def test_a_word_that_everybody_has_is_bounded(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tenants.selectors.search.COMMON", RARE)
        specs = [TenantSpec(external_id=f"c{n}", name=f"Client {n}") for n in range(RARE + 9)]
        with as_role("worker"), provider_scope(cast.nimbus):
            ensure_tenants(provider_id=cast.nimbus, specs=specs, now=NOW)

        with provider_scope(cast.nimbus):
            (word,) = search_words(cast.nimbus, "C")
        assert word.hits == RARE + 1
        assert len(found(cast.nimbus, "c")) == RARE + 9 + 2  # Acme and Globex are canaries
        assert found(cast.nimbus, "client c 12") == found(cast.nimbus, "12")
        assert len(found(cast.nimbus, "client c")) == RARE + 9
        monkeypatch.undo()
        # Two common words are intersected, and no third one is forgotten.
        assert len(found(cast.nimbus, "client c")) == RARE + 9
        assert found(cast.nimbus, "client c acme") == []


class TestTokens:
    def test_follow_names_and_external_ids(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            update_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, name="Initech")
        with as_role("owner"):
            execute("UPDATE tenants_tenant SET external_id = 'zeta' WHERE id = %s", [cast.acme])

        assert found(cast.nimbus, "initech") == found(cast.nimbus, "zet") == ["zeta"]
        assert found(cast.nimbus, "acme") == []

    def test_follow_the_legal_name_that_a_tenant_writes(self, cast: Cast) -> None:
        for legal_name, hits in (("Ajax Holding", ["acme"]), ("", [])):
            with tenant_scope(cast.nimbus, cast.acme):
                save_profile(
                    provider_id=cast.nimbus,
                    tenant_id=cast.acme,
                    profile=TenantProfileView(legal_name=legal_name),
                    name="Acme",
                    language="en",
                    time_zone="UTC",
                    now=NOW,
                )
            assert found(cast.nimbus, "ajax") == hits

    def test_follow_members_and_their_addresses(self, cast: Cast) -> None:
        place = {"provider_id": cast.nimbus, "tenant_id": cast.acme}
        mallory = cast.users["mallory"]
        with provider_scope(cast.nimbus):
            add_member(**place, user_id=mallory, role="user", now=NOW)
        assert found(cast.nimbus, "mallory") == ["acme"]

        User.objects.filter(pk=mallory).update(email="mel@elsewhere.example")
        assert found(cast.nimbus, "mallory") == []
        assert found(cast.nimbus, "elsewhere.ex") == ["acme"]

        with provider_scope(cast.nimbus):
            remove_member(**place, user_id=mallory)
        assert found(cast.nimbus, "mel@") == []
        assert found(cast.nimbus, "alice") == ["acme"]

    def test_are_seen_by_no_tenant(self, cast: Cast) -> None:
        with tenant_scope(cast.nimbus, cast.acme):
            assert fetch_all("SELECT * FROM tenants_tenant_token") == []

    @pytest.mark.parametrize("role", ["app", "worker", "ops"])
    def test_are_written_by_no_login(self, cast: Cast, role: str) -> None:
        values = [cast.nimbus, cast.acme]
        with (
            as_role(role),  # type: ignore[arg-type]
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            provider_scope(cast.nimbus),
        ):
            execute("INSERT INTO tenants_tenant_token VALUES (%s, 'x', %s)", values)


class TestPlan:
    def test_reads_a_range_of_the_index_as_the_webs_role(self, cast: Cast) -> None:
        specs = [TenantSpec(external_id=f"c{n}", name=f"Client {n}") for n in range(2_000)]
        with as_role("worker"), provider_scope(cast.nimbus):
            ensure_tenants(provider_id=cast.nimbus, specs=specs, now=NOW)
        with as_role("owner"):
            execute("ANALYZE tenants_tenant_token")

        with provider_scope(cast.nimbus), connection.cursor() as cursor:
            search = matches(cast.nimbus, "glo")
            cursor.execute(
                "EXPLAIN (COSTS OFF) SELECT t.id FROM tenants_tenant t"
                f" WHERE t.provider_id = %(own)s AND {search.gathered} ORDER BY t.id DESC LIMIT 51",
                {**search.params, "own": cast.nimbus},
            )
            plan = "\n".join(line for (line,) in cursor.fetchall())

        assert "Index Only Scan using tenants_tenant_token_pkey" in plan
        condition = plan.split("tenants_tenant_token_pkey")[1].split("Index Cond: ")[1]
        assert "(token >= 'glo'::text)" in condition.splitlines()[0]
        assert "Seq Scan" not in plan
