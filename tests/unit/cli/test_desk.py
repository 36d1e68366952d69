"""``overflight desk init --like``: the example is a desk that starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from overflight.cli.app import app
from overflight.service.api.app import make_app
from overflight.service.channels.http import HttpClients
from overflight.service.config import read_desk_config
from overflight.service.exchange import make_exchange
from overflight.service.start import CONFIG, make_desk, make_publishing
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
    }
    assert oct((folder / "keys" / "answers.key").stat().st_mode)[-3:] == "600"
    config, http = read_desk_config(folder / CONFIG), HttpClients()
    desk = make_desk(config, folder, http)
    exchange = make_exchange(config, folder, desk, http, CONFIG)
    assert exchange.contacts is not None
    assert set(exchange.contacts) <= set(desk.gazetteer.places), "each contact is of a place that is known"
    routes = make_app(config, desk, http, make_publishing(config, desk, folder), exchange).openapi()["paths"]
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
