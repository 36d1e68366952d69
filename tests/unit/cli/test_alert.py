"""`overflight alert`: what it prints and the codes it ends with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from capfakes import BEGINS, GOOD
from overflight.cli import main
from overflight.warning.cap.keys import make_key


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.xml"
    path.write_text(GOOD, "utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.xml"
    path.write_text(GOOD.replace(" 26.9,127.6</polygon>", "</polygon>", 1), "utf-8")
    return path


def test_check_one_object_a_file(good: Path, bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alert", "check", str(good)]) == 0
    assert capsys.readouterr().out.startswith("accept  ")
    assert main(["alert", "check", "--json", "--profile", "cap", str(good), str(bad)]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["verdict"] for row in rows] == ["accept", "reject"]
    (finding,) = rows[1]["findings"]
    assert finding["layer"] == "cap"
    assert finding["path"] == "/alert/info[1]/area[1]/polygon[1]"
    assert "section 3.2.4" in finding["rule"]


@pytest.mark.parametrize(("at", "code"), [("2023-08-24T04:10:00+09:00", 0), ("sent", 0), ("now", 1)])
def test_check_at_a_time(good: Path, at: str, code: int) -> None:
    assert main(["alert", "check", str(good), "--at", at]) == code


@pytest.mark.parametrize(
    "arguments", [["x.xml"], ["{good}", "--at", "2023-08-24T04:10:00"], ["{good}", "--profile", "x"], []]
)
def test_check_refuses_what_it_cannot_use(good: Path, arguments: list[str]) -> None:
    assert main(["alert", "check", *(part.format(good=good) for part in arguments)]) == 2


def test_sign_then_verify(good: Path, bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, certificate, out = tmp_path / "key.pem", tmp_path / "cert.pem", tmp_path / "signed.xml"
    for path, content in zip((key, certificate), make_key("Desk", BEGINS, 20_000), strict=True):
        path.write_bytes(content)
    signing = ["--key", str(key), "--certificate", str(certificate), "-o", str(out)]
    assert main(["alert", "sign", str(good), *signing]) == 0
    assert "CN=Desk" in capsys.readouterr().err
    assert main(["alert", "sign", str(good), *signing]) == 2  # never over a file without --force
    assert main(["alert", "verify", str(out), "--certificate", str(certificate), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["verdict"], row["signer"]) == ("accept", "CN=Desk")
    assert main(["alert", "verify", str(good), "--certificate", str(certificate)]) == 1
    assert "no signature" in capsys.readouterr().out
    assert main(["alert", "verify", str(out)]) == 2
    assert main(["alert", "check", str(out)]) == 0
    assert main(["alert", "sign", str(bad), *signing, "--force"]) == 2
    assert main(["alert", "verify", str(out), "--certificate", str(certificate)]) == 0
