"""Where data and socket lie, and what is remembered and removed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import environ as django_environ
import pytest

from billing_platform.embedded.errors import DataUnusable, EmbeddedError
from billing_platform.embedded.places import MARK, PROJECT_DIR, forget, locate, owner_url, var_dir

if TYPE_CHECKING:
    from pathlib import Path

    from tests.embedded.conftest import Environ

IS_ROOT = os.geteuid() == 0


class TestVarDir:
    def test_it_is_in_the_project(self) -> None:
        assert var_dir({}) == PROJECT_DIR / "var"

    def test_the_environment_names_another(self, tmp_path: Path) -> None:
        assert var_dir({"VAR_DIR": str(tmp_path)}) == tmp_path


class TestLocate:
    def test_data_and_socket_stay_in_var(self, open_folder: Path) -> None:
        var = open_folder / "var"

        places = locate(var)

        assert (places.data, places.socket) == (var / "postgres", var / "socket")
        assert not (var / "location").exists()

    def test_a_closed_home_moves_them_when_the_server_is_another_user(
        self, open_folder: Path
    ) -> None:
        home = open_folder / "home"
        home.mkdir(mode=0o700)

        places = locate(home / "var")

        assert (places.root != places.var) == IS_ROOT
        assert str(places.root).startswith(("/var/lib/", "/var/tmp/") if IS_ROOT else str(home))  # noqa: S108
        forget(places)
        assert places.root.exists() != IS_ROOT

    @pytest.mark.parametrize("name", ["x" * 90, "it's, odd"])
    def test_a_long_or_odd_path_moves_the_socket_only(self, open_folder: Path, name: str) -> None:
        places = locate(open_folder / name)

        assert places.data == open_folder / name / "postgres"
        assert len(str(places.socket / ".s.PGSQL.5432")) < 100
        assert f"socket={places.socket}\n" in (places.var / "location").read_text()
        assert locate(places.var) == places
        forget(places)
        assert not places.socket.parent.exists()
        assert not (places.var / "location").exists()

    def test_a_vanished_private_folder_is_made_anew_and_said(
        self, open_folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        var = open_folder / ("x" * 90)
        first = locate(var)
        (first.socket.parent / MARK).unlink()
        first.socket.parent.rmdir()

        second = locate(var)

        assert second.socket != first.socket
        assert "is gone" in capsys.readouterr().err
        forget(second)

    def test_a_location_that_is_not_ours_is_refused(self, open_folder: Path) -> None:
        var, other = open_folder / "var", open_folder / "other"
        other.mkdir()
        locate(var)
        (var / "location").write_text(f"root={other}\n")

        with pytest.raises(EmbeddedError, match="not a folder of this project"):
            locate(var)
        (var / "location").unlink()

    def test_a_var_that_cannot_be_made_is_refused(self, open_folder: Path) -> None:
        (open_folder / "file").write_text("")

        with pytest.raises(EmbeddedError, match="VAR_DIR"):
            locate(open_folder / "file" / "var")

    def test_data_that_became_unreachable_is_never_replaced(self, open_folder: Path) -> None:
        home = open_folder / "home"
        home.mkdir()
        places = locate(home / "var")
        places.data.mkdir()
        home.chmod(0o700)

        if IS_ROOT:
            with pytest.raises(DataUnusable, match="Open the path"):
                locate(home / "var")
        else:
            assert locate(home / "var") == places


class TestForget:
    def test_it_leaves_what_it_did_not_make(self, open_folder: Path) -> None:
        places = locate(open_folder / "var")
        (places.var / "notes.txt").write_text("mine")
        places.data.mkdir()

        forget(places)

        assert (places.var / "notes.txt").read_text() == "mine"
        assert not places.data.exists()


class TestOwnerUrl:
    def test_every_reader_gets_the_socket(self, environ: Environ) -> None:
        url = owner_url(environ | {"EMBEDDED_POSTGRES_PORT": "6000"})

        socket = f"{environ['VAR_DIR']}/socket"
        assert url == f"postgres://billing_owner:owner@/billing?host={socket}&port=6000"
        assert urlsplit(url).path == "/billing"
        parsed = django_environ.Env.db_url_config(url)
        assert (parsed["NAME"], parsed["USER"], parsed["PASSWORD"]) == (
            "billing",
            "billing_owner",
            "owner",
        )
        assert parsed["OPTIONS"] == {"host": socket, "port": 6000}
