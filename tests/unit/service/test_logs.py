"""The log of the process: one JSON object an event, each request named, and nothing that opens anything."""

from __future__ import annotations

import io
import json
import logging
import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from deskfakes import EVENT, KUMEJIMA, code, config, figures, make_desk, memory, send, told
from overflight.service import demo, start
from overflight.service.answers.contacts import Contact
from overflight.service.api.app import make_app
from overflight.service.channels.http import HttpClients
from overflight.service.exchange import no_exchange
from overflight.service.logs import JsonLines, PlainLines, log_to
from overflight.service.people import NewPerson, People
from overflight.service.store import Store
from overflight.service.tables import log as log_table
from overflight.warning.decision import write_decision
from overflight.warning.life_records import Role
from overflight.warning.names import Language

with warnings.catch_warnings():  # it prefers a newer client than the one we pin
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PASSWORD = "correct horse battery staple"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Log everything, of every library, as a desk at work does and more."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    uvicorn = logging.getLogger("uvicorn.error").level
    log_to(stream)
    root.setLevel(logging.DEBUG)
    asker = logging.getLogger("httpx")  # the tests' own client, which is no part of a desk
    asker.disabled = True
    yield stream
    asker.disabled = False
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("uvicorn.error").setLevel(uvicorn)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def opens(folder: Path) -> set[str]:
    """Return what the files of a desk's keys hold that opens something."""
    found = set()
    for file in (folder / "keys").iterdir():
        text = file.read_text("utf-8")
        if "CERTIFICATE" not in text:
            found |= {line for line in text.splitlines() if len(line) > 20 and "-----" not in line}
    return found


def audit(store: Store) -> str:
    with store.read() as connection:
        return "\n".join(row.body for row in connection.execute(sa.select(log_table.c.body)))


def test_a_whole_drill_leaves_no_secret_in_any_log(
    tmp_path: Path, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets: set[str] = set()
    make, sign_in = start.make_folder, People.sign_in

    def making(*given: object) -> dict[str, str]:
        made = make(*given)  # type: ignore[arg-type]
        secrets.update(
            word.strip(",") for what in made.values() for word in what.split() if len(word.strip(",")) > 12
        )
        return made

    def signing_in(*given: object) -> object:
        token, who = sign_in(*given)  # type: ignore[arg-type]
        secrets.update((token, who.csrf))
        return token, who

    monkeypatch.setattr(demo, "make_folder", making)
    monkeypatch.setattr(People, "sign_in", signing_in)
    demo.run_demo(tmp_path, lambda _: None)
    secrets |= opens(tmp_path)
    assert len(secrets) > 12, "passwords, second factors, keys, cookies, and what is in files"
    store = Store(f"sqlite:///{tmp_path / 'desk.db'}")
    text = logged.getvalue() + audit(store)
    store.close()
    assert [secret for secret in secrets if secret in text] == []
    assert "PRIVATE KEY" not in text
    told_of = lines(logged)
    assert any(
        line.get("route") == "/api/v1/drafts/{draft_id}/issue" and line["who"] == "aoki" for line in told_of
    )
    assert all({"at", "level", "from", "event"} <= set(line) for line in told_of)


def test_what_goes_wrong_leaves_no_secret_either(tmp_path: Path, logged: io.StringIO) -> None:
    desk, clock = make_desk(tmp_path, [memory()])
    people, now = People(desk.store), datetime.now(UTC)
    key = people.add_key("radar", Role.FEEDER, now)
    admin: NewPerson = people.add("admin", Role.ADMIN, now, PASSWORD)
    exchange = no_exchange(desk)
    exchange.contacts = {KUMEJIMA: Contact(KUMEJIMA, "久米島町", "x@town.example", "", Language.JAPANESE)}
    exchange.secret = b"seal of the links, quite long enough"
    clock.to(100)
    desk.hear(told(100, figures()))
    send(desk)
    link = exchange.link(EVENT, KUMEJIMA)
    client = TestClient(
        make_app(config(tmp_path), desk, HttpClients(), exchange=exchange), raise_server_exceptions=False
    )
    given = {"name": "admin", "password": PASSWORD, "code": code(admin.totp, now)}
    wrong = "a password that is wrong, and typed"
    assert client.post("/api/v1/sessions", json=given | {"password": wrong}).status_code == 401
    assert client.post("/api/v1/sessions", json=given | {"password": [wrong]}).status_code == 422
    token = client.post("/api/v1/sessions", json=given).json()["csrf"]
    cookie = client.cookies["overflight-desk"]
    headers, factor = {"X-CSRF-Token": token}, given["code"]
    made = client.post(
        "/api/v1/people", json={"name": "new", "role": "approver", "code": factor}, headers=headers
    ).json()
    reset = client.post(
        "/api/v1/people/new/reset", json={"what": "password", "code": factor}, headers=headers
    ).json()
    added = client.post("/api/v1/keys", json={"name": "k", "code": factor}, headers=headers).json()
    radar = {"Authorization": f"Bearer {key}"}
    assert (
        client.post(
            "/api/v1/decisions", content=write_decision(told(101, figures())), headers=radar
        ).status_code
        == 202
    )
    assert client.get(link).status_code == 200
    assert client.post(link, data={"received": "1"}).status_code == 200
    desk.store.close()
    (tmp_path / "desk.db").write_bytes(b"broken")
    for path in ("/api/v1/events", "/api/v1/pages", link):
        client.get(path, headers={"Authorization": f"Bearer {key}"})
    secrets = {PASSWORD, wrong, admin.totp, key, token, cookie, link.rpartition("/")[2], made["password"],
               made["second_factor"], reset["password"], added["key"], desk.store.seal.path.read_text().strip()}  # fmt: skip
    text = logged.getvalue()
    assert [secret for secret in secrets if secret in text] == []
    assert "/answer/{token}" in text


def test_an_answer_names_its_request_as_the_log_does(tmp_path: Path, logged: io.StringIO) -> None:
    desk, _ = make_desk(tmp_path, [memory()])
    client = TestClient(make_app(config(tmp_path), desk, HttpClients()))
    named = [client.get(path).headers["request-id"] for path in ("/api/v1/events", "/nowhere", "/health")]
    assert len({*named}) == 3 and all(re.fullmatch("[0-9a-f]{16}", name) for name in named)
    by_request = {line["request"]: line for line in lines(logged) if line.get("route")}
    assert [by_request[name]["status"] for name in named] == [401, 404, 200]
    assert by_request[named[2]]["level"] == "debug", "what watches asks often"
    desk.store.close()


def test_a_fault_is_told_by_kind_and_place_and_not_by_what_it_was_called_with() -> None:
    def of_secret(secret: str) -> None:
        raise ValueError(f"bad value {secret}")

    try:
        of_secret("hunter2")
    except ValueError as fault:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "it failed", (), (ValueError, fault, fault.__traceback__)
        )
    line = json.loads(JsonLines().format(record))
    assert line["fault"].startswith("ValueError at test_logs.py:") and "of_secret" in line["fault"]
    assert "hunter2" not in json.dumps(line) and "hunter2" not in PlainLines().format(record)
