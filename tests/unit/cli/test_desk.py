"""``overflight desk init --like``: the example is a desk that starts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from overflight.cli.app import app
from overflight.errors import InputError
from overflight.service.api.app import make_app
from overflight.service.channels.http import HttpClients
from overflight.service.config import read_desk_config
from overflight.service.exchange import make_exchange
from overflight.service.start import CONFIG, make_desk, make_pager, make_publishing
from support import ROOT

EXAMPLE = ROOT / "examples" / "desk"
runner = CliRunner()


def test_the_example_is_a_desk(tmp_path: Path) -> None:
    folder = tmp_path / "mydesk"
    result = runner.invoke(app, ["desk", "init", str(folder), "--like", str(EXAMPLE)])
    assert result.exit_code == 0 and "aoki: password" in result.output
    assert {path.name for path in (folder / "keys").iterdir()} == {
        "drill.key.pem",
        "drill.cert.pem",
        "answers.key",
        "seal.key",
    }
    assert oct((folder / "keys" / "answers.key").stat().st_mode)[-3:] == "600"
    config, http = read_desk_config(folder / CONFIG), HttpClients()
    desk = make_desk(config, folder, http)
    exchange = make_exchange(config, folder, desk, http, CONFIG)
    assert exchange.contacts is not None
    assert set(exchange.contacts) <= set(desk.gazetteer.places), "each contact is of a place that is known"
    pager = make_pager(config, desk, folder, http, exchange.silent)
    assert {*pager.book} == {"aoki", "baba"}
    publishing = make_publishing(config, desk, folder)
    routes = make_app(config, desk, http, publishing, exchange, pager).openapi()["paths"]
    assert "/answer/{token}" in routes
    desk.store.close()
    assert runner.invoke(app, ["desk", "verify-log", str(folder)]).exit_code == 0
    again = runner.invoke(app, ["desk", "init", str(folder), "--like", str(EXAMPLE)])
    assert again.exit_code == 2, "a desk is never overwritten"


@pytest.mark.parametrize("change", ["actual", "policy", "nothing"])
def test_what_cannot_be_copied_makes_nothing(tmp_path: Path, change: str) -> None:
    like, folder = tmp_path / "like", tmp_path / "mydesk"
    like.mkdir()
    text = (EXAMPLE / CONFIG).read_text("utf-8")
    if change == "actual":
        text += '\n[actual]\nsender = "real@desk.example"\nkey_file = "a"\ncertificate_file = "b"\n'
        (like / "policy.toml").write_text("", "utf-8")
    if change != "nothing":
        (like / CONFIG).write_text(text, "utf-8")
    result = runner.invoke(app, ["desk", "init", str(folder), "--like", str(like)])
    assert result.exit_code == 2 and not folder.exists()
    assert change in result.output if change != "nothing" else CONFIG in result.output


@pytest.fixture(scope="module")
def mydesk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people") / "mydesk"
    assert runner.invoke(app, ["desk", "init", str(folder)]).exit_code == 0
    return folder


def do(folder: Path, *words: str) -> Result:
    return runner.invoke(app, ["desk", *words[:2], str(folder), *words[2:]])


def test_a_report_of_no_event_is_refused(mydesk: Path, tmp_path: Path) -> None:
    words = ["desk", "report", str(mydesk), "launch-1", "-o", str(tmp_path / "report.json")]
    result = runner.invoke(app, words)
    assert result.exit_code == 2 and "an event of this desk: none yet" in result.output
    assert not (tmp_path / "report.json").exists()


def test_people_are_added_changed_and_listed(mydesk: Path) -> None:
    added = do(mydesk, "user", "add", "chiba", "--role", "author")
    assert added.exit_code == 0 and "otpauth://totp/" in added.stdout and "not shown again" in added.stderr
    assert do(mydesk, "user", "duty", "chiba", "--on", "--order", "1").exit_code == 0
    reset = do(mydesk, "user", "reset-totp", "chiba")
    assert "second factor" in reset.stdout and "password" not in reset.stdout
    assert "password" in do(mydesk, "user", "reset-password", "chiba").stdout
    assert do(mydesk, "user", "role", "chiba", "approver").exit_code == 0
    rows = {row["name"]: row for row in json.loads(do(mydesk, "user", "list", "--json").stdout)}
    assert rows["chiba"] == {
        "name": "chiba", "role": "approver", "active": True, "on_duty": True, "call_order": 1,
        "second_factor": "good",
    }  # fmt: skip
    assert do(mydesk, "user", "disable", "chiba").exit_code == 0
    assert "chiba  approver  no" in do(mydesk, "user", "list").stdout
    assert do(mydesk, "user", "enable", "chiba").exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("user", "disable", "admin"), "at least one active administrator"),
        (("user", "role", "admin", "viewer"), "at least one active administrator"),
        (("user", "role", "baba", "boss"), "viewer, feeder, author"),
        (("user", "add", "aoki", "--role", "viewer"), "a new name"),
        (("user", "add", "radar", "--role", "feeder"), "Programs get a key"),
        (("user", "reset-totp", "nobody"), "desk user list"),
        (("key", "add", "x", "--scope", "approver"), "People approve"),
        (("key", "add", "x y"), "letters, digits"),
        (("key", "revoke", "nobody"), "desk key list"),
    ],
)
def test_what_cannot_be_changed_says_why(mydesk: Path, words: tuple[str, ...], said: str) -> None:
    result = do(mydesk, *words)
    assert result.exit_code == 2 and said in result.stderr, result.output


def test_keys_are_made_listed_and_revoked(mydesk: Path) -> None:
    token = do(mydesk, "key", "add", "eyes", "--scope", "viewer", "--days", "3").stdout.strip()
    assert token.startswith("ofk_")
    assert "eyes    viewer" in do(mydesk, "key", "list").stdout
    assert do(mydesk, "key", "revoke", "eyes").exit_code == 0
    assert "eyes" not in do(mydesk, "key", "list", "--json").stdout


def test_a_lost_seal_stops_the_desk_and_its_log_can_still_be_read(mydesk: Path) -> None:
    (mydesk / "keys" / "seal.key").unlink()
    with pytest.raises(InputError, match="desk seal"):
        make_desk(read_desk_config(mydesk / CONFIG), mydesk, HttpClients())
    assert runner.invoke(app, ["desk", "verify-log", str(mydesk)]).exit_code == 0
    again = runner.invoke(app, ["desk", "seal", str(mydesk)])
    assert again.exit_code == 0 and "user reset-totp" in again.stdout
    assert do(mydesk, "user", "reset-totp", "aoki").exit_code == 0


def test_a_desk_is_not_made_where_a_file_lies(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    result = runner.invoke(app, ["desk", "init", str(tmp_path / "file")])
    assert result.exit_code == 2 and "found:   a file" in result.output
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("store", "said"),
    [("nonsense", "sqlite:///FILE"), ("mysql://a/b", "sqlite:///FILE"), (None, "file is not a database")],
)
def test_a_store_that_is_none_is_told_in_one_message(tmp_path: Path, store: str | None, said: str) -> None:
    runner.invoke(app, ["desk", "init", str(tmp_path)])
    config = tmp_path / CONFIG
    if store is None:
        for rest in tmp_path.glob("desk.db*"):
            rest.unlink()
        (tmp_path / "desk.db").write_bytes(bytes(range(256)) * 20)
    else:
        config.write_text(config.read_text("utf-8").replace("sqlite:///desk.db", store), "utf-8")
    result = runner.invoke(app, ["desk", "verify-log", str(tmp_path)])
    assert result.exit_code == 2 and said in result.output and "fault of the program" not in result.output
