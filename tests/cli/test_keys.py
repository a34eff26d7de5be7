"""`bioweave keys`: the command's side of it."""

import json
import re

import pytest
from typer.testing import CliRunner

pytest.importorskip("fastapi", reason="the extra serve is not installed")

from bioweave.cli.keys import ScopeName
from bioweave.cli.main import app
from bioweave.service.keys import Scope, read_key
from bioweave.service.keys.form import PATTERN


@pytest.fixture
def keys(tmp_path):
    def run(*arguments: str, ends: int = 0):
        done = CliRunner().invoke(app, ["keys", *arguments, "--data", str(tmp_path)])
        assert done.exit_code == ends, done.output
        return done

    return run


def test_the_commands_scopes_are_those_of_the_service() -> None:
    assert [one.value for one in ScopeName] == [one.value for one in Scope]
    assert all(one.meaning for one in Scope)


def test_a_key_is_shown_once_and_alone_on_standard_output(keys, tmp_path) -> None:
    done = keys("create", "Ada", "--scope", "annotate", "--scope", "read", "--expires", "90d")
    key = done.stdout.strip()
    assert PATTERN.fullmatch(key) and "opens annotate, read, until 2" in done.stderr
    [kept] = json.loads(keys("list", "--json").stdout)
    assert (kept["name"], kept["scopes"], kept["state"]) == ("Ada", ["annotate", "read"], "active")
    shown = keys("list").stdout + keys("list", "--json").stdout
    assert read_key(key).key_id in shown and read_key(key).hash not in shown
    for one in tmp_path.iterdir():
        assert key.rpartition("_")[2].encode() not in one.read_bytes()


def test_rotating_and_revoking(keys) -> None:
    made = json.loads(keys("create", "Ada", "--scope", "jobs", "--json").stdout)
    rotated = json.loads(keys("rotate", made["id"], "--grace", "2h", "--json").stdout)
    assert rotated["state"] == "rotating" and rotated["earlier_secret_until"]
    assert rotated["key"] != made["key"] and rotated["id"] == made["id"]
    assert "opens until" in keys("rotate", made["id"]).stderr
    assert (
        json.loads(keys("rotate", made["id"], "--grace", "0", "--json").stdout)["state"] == "active"
    )
    assert "revoked" in keys("revoke", made["id"]).stdout
    assert json.loads(keys("list", "--json").stdout)[0]["state"] == "revoked"
    assert "for good" in keys("rotate", made["id"], ends=2).stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["create", "Ada"], "--scope"),
        (["create", "Ada", "--scope", "everything"], "everything"),
        (["create", "Ada", "--scope", "read", "--expires", "soon"], "24h or 90d"),
        (["create", "Ada", "--scope", "read", "--expires", "0"], "never opens"),
        (["create", "Ada", "--scope", "read", "--expires", "999999w"], "hundred years"),
        (["create", " ", "--scope", "read"], "1 to 100"),
        (["revoke", "nobody"], "keys list"),
        (["rotate", "nobody"], "keys list"),
    ],
)
def test_wrong_usage_is_told(keys, arguments, told) -> None:
    assert told in re.sub(r"\s+", " ", keys(*arguments, ends=2).stderr)


def test_a_name_orders_nothing_of_a_terminal(keys) -> None:
    keys("create", "\x1b[31mred[bold]", "--scope", "read")
    assert "\x1b[31m" not in keys("list").stdout


def test_the_database_may_stand_in_a_file(tmp_path) -> None:
    named = tmp_path / "url"
    named.write_text(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}\n")
    options = ["--database", f"@{named}"]
    done = CliRunner().invoke(app, ["keys", "create", "Ada", "--scope", "read", *options])
    assert done.exit_code == 0 and (tmp_path / "elsewhere.sqlite").exists()
    named.write_text("\n")
    done = CliRunner().invoke(app, ["keys", "list", *options])
    assert done.exit_code == 2 and "URL of a database" in done.stderr
