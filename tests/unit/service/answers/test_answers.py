"""Contacts, their links, and the page on which they answer."""

from __future__ import annotations

import asyncio
import base64

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from lives import at
from overflight.errors import InputError
from overflight.service.answers.contacts import make_token, read_contacts, read_token
from overflight.service.answers.routes import answer_routes
from overflight.service.answers.store import AnswerStore, metadata
from overflight.warning.alert import Status
from overflight.warning.answers import Report

SECRET = b"s" * 32
CSV = (
    "place,name,email,phone,language\r\n"
    "JP-47361,久米島町,bosai@kumejima.example,098-000-0000,ja\r\n"
    'JP-47201,"那覇市, 防災",,098-000-0001,\r\n'
    "KR-23320,옹진군,a@b.example,,ko\r\n"
)


class Client:
    """Asks an application without a socket."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def post(self, path: str, **more: object) -> httpx.Response:
        return self._ask("POST", path, **more)

    def _ask(self, method: str, path: str, **more) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())


@pytest.fixture
def served(tmp_path):
    contacts = {contact.place: contact for contact in read_contacts(CSV.encode())}
    engine = create_engine(f"sqlite:///{tmp_path / 'desk.db'}")
    metadata.create_all(engine)
    store = AnswerStore(engine)
    told = []
    events = {"drill": Status.EXERCISE, "real": Status.ACTUAL}
    app = FastAPI()
    app.include_router(
        answer_routes(SECRET, store, contacts.get, events.get, told.append, now=lambda: at(60))
    )
    return Client(app), store, told


def link(event: str, place: str) -> str:
    return f"/answer/{make_token(SECRET, event, place)}"


def test_one_touch_acknowledges(served):
    client, store, told = served
    page = client.get(link("real", "JP-47361"))
    assert page.status_code == 200 and "久米島町" in page.text and "受け取りました" in page.text
    assert "訓練" not in page.text and "<script" not in page.text
    assert (
        page.headers["cache-control"] == "no-store"
        and "frame-ancestors" in page.headers["content-security-policy"]
    )
    assert client.post(link("real", "JP-47361"), data={"received": "1"}).status_code == 200
    (answer,) = store.of_event("real")
    assert answer.report is None and answer.place == "JP-47361" and answer.by == "久米島町"
    assert told == [answer] and store.of_event("drill") == ()


def test_a_report_is_kept_and_a_report_of_nothing_is_asked_again(served):
    client, store, _ = served
    found = {"report": "object_found", "where": "はての浜", "note": "<b>金属片</b>"}
    assert client.post(link("real", "JP-47361"), data=found).status_code == 200
    (answer,) = store.of_event("real")
    assert (answer.report, answer.where, answer.note) == (Report.OBJECT_FOUND, "はての浜", "<b>金属片</b>")
    for bad in ({"report": "damage"}, {"report": "all"}, {"report": "damage", "where": "x" * 1001}):
        page = client.post(link("real", "KR-23320"), data=bad)
        assert page.status_code == 422 and "장소나 설명" in page.text
    assert client.post(link("real", "JP-47361"), content=b"x" * 20_000).status_code == 413
    assert len(store.of_event("real")) == 1


def test_a_drill_says_so(served):
    client, _, _ = served
    assert "DRILL" in client.get(link("drill", "KR-23320")).text


def test_a_link_cannot_be_made_up(served):
    client, store, _ = served
    token = make_token(SECRET, "real", "JP-47361")
    content, seal = token.split(".")
    other = base64.urlsafe_b64encode(b"real\nJP-47201").decode().rstrip("=")
    for bad in (
        f"{other}.{seal}", content, f"{content}.", f"{content}.{seal}x", "..", "%00", "あ",
        make_token(b"other", "real", "JP-47361"), make_token(SECRET, "none", "JP-47361"),
        make_token(SECRET, "real", "JP-00000"),
    ):  # fmt: skip
        assert client.post(f"/answer/{bad}", data={"received": "1"}).status_code == 404
    assert store.of_event("real") == ()


@given(st.text(max_size=60))
def test_any_text_is_no_link_or_one_of_ours(text):
    assert read_token(SECRET, text) is None
    assert read_token(SECRET, make_token(SECRET, "event", "place")) == ("event", "place")


def test_contacts_as_people_write_them():
    kume, naha, _ = read_contacts(b"\xef\xbb\xbf" + CSV.encode())
    assert kume.email == "bosai@kumejima.example" and naha.name == "那覇市, 防災" and naha.language == "ja"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "contacts: line 1: found nothing"),
        (b"place,name\nx,y\n", "place, name, email, phone, language"),
        (CSV.encode() + b"JP-1,a\n", "line 5: found too many or too few"),
        (CSV.encode() + b"JP-1,a,,,ja\n", "line 5, email: found neither"),
        (CSV.encode() + b"JP-1,a,nobody,,ja\n", "line 5, email: found nobody"),
        (CSV.encode() + b"JP-1,a,a@b,,fr\n", "line 5, language: found fr"),
        (CSV.encode() + CSV.splitlines()[1].encode(), "JP-47361: found the place twice"),
        (CSV.encode("utf-16"), "no UTF-8"),
        (CSV.encode() + b'"open', "line 5"),
    ],
)
def test_contacts_that_are_wrong(data, named):
    with pytest.raises(InputError) as caught:
        read_contacts(data)
    assert named in str(caught.value)
