"""Tables without tenant data: each role may do what its pages and jobs need, and no more."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache.backends.db import DatabaseCache
from django.db import ProgrammingError, connection, transaction

from tests.roles import Role, as_role


def rights(table: str, role: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privilege FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege"
            " WHERE has_table_privilege(%s, %s, privilege)",
            [f"billing_{role}", table],
        )
        return {privilege for (privilege,) in cursor.fetchall()}


@pytest.mark.django_db
class TestCacheTable:
    @pytest.mark.parametrize("role", ["app", "worker", "ops"])
    def test_every_process_may_keep_and_find(self, role: Role) -> None:
        cache = DatabaseCache("platform_cache", {})

        with as_role(role):
            cache.set("key", {"n": 1}, 60)
            assert cache.add("key", 2, 60) is False
            assert cache.get("key") == {"n": 1}
            assert cache.delete("key")


@pytest.mark.django_db
class TestSessions:
    @pytest.mark.parametrize("role", ["app", "ops"])
    def test_pages_have_sessions(self, role: Role) -> None:
        with as_role(role):
            session = SessionStore()
            session["n"] = 1
            session.save()
            assert SessionStore(session.session_key)["n"] == 1

    def test_jobs_make_none(self) -> None:
        with as_role("worker"), pytest.raises(ProgrammingError), transaction.atomic():
            SessionStore().save()


@pytest.mark.django_db
class TestRights:
    @pytest.mark.parametrize(
        ("table", "app", "worker", "ops"),
        [
            ("django_admin_log", set(), set(), {"SELECT", "INSERT"}),
            ("django_content_type", {"SELECT"}, {"SELECT"}, {"SELECT"}),
            ("django_migrations", {"SELECT"}, {"SELECT"}, {"SELECT"}),
            ("auth_permission", {"SELECT"}, {"SELECT"}, {"SELECT"}),
            ("auth_group", {"SELECT"}, {"SELECT"}, {"SELECT", "INSERT", "UPDATE", "DELETE"}),
        ],
    )
    def test_they_are_as_granted(
        self, table: str, app: set[str], worker: set[str], ops: set[str]
    ) -> None:
        assert [rights(table, role) for role in ("app", "worker", "ops")] == [app, worker, ops]
