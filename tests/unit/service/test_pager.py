"""Pages reach people: whatever a pager does, the alert goes its way, and no drill calls for the real."""

from __future__ import annotations

import asyncio
import json
import tomllib
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskfakes import AOKI, Clock, config, figures, make_desk, memory, send, told, waiting
from lives import at
from overflight.errors import InputError
from overflight.service.api.app import make_app
from overflight.service.channel import DRILLS, REAL
from overflight.service.channels.guard import Guarded
from overflight.service.channels.http import HttpClients
from overflight.service.channels.memory import Fault, MemoryChannel
from overflight.service.config import parse_desk_config
from overflight.service.desk import Desk
from overflight.service.outbox import Dispatcher
from overflight.service.pager import Pager
from overflight.service.people import People
from overflight.service.start import CONFIG, make_folder, make_pager
from overflight.service.start import make_desk as desk_of
from overflight.service.store import verify_log
from overflight.service.tables import person
from overflight.warning.alert import Status
from overflight.warning.cap.parse import children, parse, text_of
from overflight.warning.life_records import Role
from overflight.warning.paging import Answered

with warnings.catch_warnings():  # it prefers a newer client than the one we pin
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

NOW = datetime(2023, 8, 23, tzinfo=UTC)


def with_people(folder: Path, *channels: MemoryChannel, actual: bool = False) -> tuple[Desk, Clock]:
    desk, clock = make_desk(folder, channels or [memory()], actual=actual)
    nobody = {
        "role": "approver",
        "password": "",
        "totp": "",
        "totp_used": 0,
        "totp_session": "",
        "is_active": True,
    }
    with desk.store.write(NOW) as work:
        for number, name in enumerate(("aoki", "baba", "chiba"), start=1):
            row = {"name": name, "is_on_duty": True, "call_order": number, **nobody}
            work.connection.execute(person.insert().values(**row))
    clock.to(100)
    return desk, clock


def pocket(name: str, *faults: Fault, statuses: frozenset[Status] = DRILLS) -> MemoryChannel:
    return MemoryChannel(f"{name}-phone", statuses, faults)


def pager(desk: Desk, *channels: MemoryChannel) -> Pager:
    book = {one.name.partition("-")[0]: (Guarded(one, 0.2),) for one in channels}  # type: ignore[arg-type]
    return Pager(desk, book, 120.0)


def words(channel: MemoryChannel) -> list[str]:
    return [text_of(children(parse(one.content), "info")[1], "description") for one in channel.taken]


def run(work: Sequence[Callable[[], object]], until: Callable[[], bool]) -> None:
    """Let workers run until something holds; 20 s are a fault."""

    async def go() -> None:
        tasks = [asyncio.create_task(one()) for one in work]  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(20):
                while not until():
                    await asyncio.sleep(0.02)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(go())


def steps(desk: Desk, name: str) -> list[str]:
    found = [json.loads(entry.body) for entry in desk.store.entries() if entry.kind == "page"]
    return [f"{one['person']}" for one in found if one["record"] == name]


def test_two_approvers_are_called_and_the_next_when_time_has_passed(tmp_path: Path) -> None:
    desk, clock = with_people(tmp_path)
    phones = [pocket(name) for name in ("aoki", "baba", "chiba")]
    made = pager(desk, *phones)
    assert made.review() == [], "nothing waits"
    desk.hear(told(100, figures()))
    run([made.run], lambda: all(phone.taken for phone in phones[:2]) and len(steps(desk, "reached")) == 2)
    assert not phones[2].taken
    assert "1 place to be called, 2 more to approve" in words(phones[0])[0]
    clock.to(221)
    desk.hear(told(221, figures()))
    run([made.run], lambda: bool(phones[2].taken))
    send(desk)
    made.review()
    assert desk.store.state().pages == {}, "sent, so nobody is wanted"
    assert steps(desk, "called") == ["aoki", "baba", "chiba"]
    assert verify_log(desk.store)[2] == []
    again, _ = make_desk(tmp_path)
    assert again.store.state() == desk.store.state(), "a restart reads the same"
    desk.store.close()


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.BREAK, Fault.REFUSE])
def test_a_dead_pager_calls_the_next_and_keeps_no_alert(tmp_path: Path, fault: Fault) -> None:
    town = memory("town")
    desk, _ = with_people(tmp_path, town)
    dead = pocket("aoki", *[fault] * 500)
    phones = [dead, pocket("baba"), pocket("chiba")]
    made = pager(desk, *phones)
    desk.hear(told(100, figures()))
    draft = waiting(desk)

    async def all_at_once() -> None:
        dispatcher = Dispatcher(desk.store, "w", {desk.channels[0].name: desk.channels[0]})
        await asyncio.gather(made.run(), dispatcher.run())

    run([all_at_once], lambda: bool(phones[1].taken) and bool(phones[2].taken))
    assert waiting(desk) == draft and not dead.taken
    send(desk)
    run([all_at_once], lambda: bool(town.taken))
    assert "aoki" in steps(desk, "reached"), "that it was not reached stands in the log"
    desk.store.close()


def test_somebody_without_a_pager_is_told_of_and_passed_over(tmp_path: Path) -> None:
    desk, _ = with_people(tmp_path)
    chiba = pocket("chiba")
    made = pager(desk, chiba)
    desk.hear(told(100, figures()))
    run([made.run], lambda: bool(chiba.taken))
    told_of = [json.loads(e.body) for e in desk.store.entries() if e.kind == "page"]
    assert [one["detail"] for one in told_of if one["record"] == "reached" and not one["ok"]] == [
        "aoki has no pager for Exercise",
        "baba has no pager for Exercise",
    ]
    desk.store.close()


def test_no_page_of_a_drill_reaches_a_pager_for_the_real_nor_the_reverse(tmp_path: Path) -> None:
    desk, _ = with_people(tmp_path, memory(), memory("real", REAL), actual=True)
    drill, real = pocket("aoki"), MemoryChannel("aoki-real", REAL)
    made = Pager(desk, {"aoki": (Guarded(drill), Guarded(real))})  # type: ignore[arg-type]
    desk.hear(told(100, figures(), event="drill-1"))
    desk.hear(told(100, figures(), event="launch-1", status=Status.ACTUAL))
    run([made.run], lambda: bool(drill.taken) and bool(real.taken))
    assert {one.event_id for one in drill.taken} == {"drill-1"}
    assert {one.event_id for one in real.taken} == {"launch-1"}
    assert b"DRILL" not in real.taken[0].content and b"DRILL" in drill.taken[0].content
    desk.store.close()


def test_who_sees_to_it_ends_the_calling(tmp_path: Path) -> None:
    desk, clock = with_people(tmp_path)
    made = pager(desk, *(pocket(name) for name in ("aoki", "baba", "chiba")))
    desk.hear(told(100, figures()))
    send(desk)
    clock.to(985)  # past the last arrival, and no feed
    made.review()
    pages = {page.raised.about: page for page in desk.store.state().pages.values()}
    assert set(pages) == {"alarm overdue", "alarm silent"}
    with desk.store.write(clock.now) as work:
        for page in pages.values():
            work.page(Answered(work.at, page.raised.page_id, AOKI.name))
    clock.to(1500)
    assert made.review() == []
    desk.store.close()


def test_an_alarm_that_comes_and_goes_is_one_page(tmp_path: Path) -> None:
    desk, clock = with_people(tmp_path)
    made = pager(desk, pocket("aoki"))
    desk.hear(told(100, figures()))
    send(desk)
    called = []
    for second in range(111, 171, 10):  # silent for eleven seconds, then one message, and again
        clock.to(second)
        called += made.review()
        desk.hear(told(second, figures()))
        called += made.review()
    assert [(page.about, person) for page, person, _ in called] == [("alarm silent", "aoki")]
    desk.store.close()


def test_a_store_that_fails_does_not_end_paging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, _ = with_people(tmp_path)
    phone = pocket("aoki")
    made = pager(desk, phone)
    desk.hear(told(100, figures()))
    right, faults = (
        Pager.review,
        [RuntimeError("a fault of the program"), InputError("x", found="", allowed="", remedy="")],
    )

    def wrong(self: Pager) -> list[object]:
        if faults:
            raise faults.pop()
        return right(self)

    monkeypatch.setattr(Pager, "review", wrong)
    run([made.run], lambda: bool(phone.taken))
    desk.store.close()


PAGER = {
    "kind": "file",
    "name": "aoki-phone",
    "person": "aoki",
    "statuses": ["Exercise"],
    "folder": "out/aoki",
}


WRONG: list[tuple[dict[str, object], str]] = [
    ({"person": None}, "person"),
    ({"statuses": ["Actual"]}, "pager.aoki-phone"),
    ({"statuses": ["Actual", "Exercise"]}, "drills"),
    ({"kind": "pigeon"}, "channel.kind"),
    ({"name": "drill-folder"}, "the name twice"),
]


def test_a_wrong_pager_stops_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    make_folder(folder)
    table = tomllib.loads((folder / CONFIG).read_text("utf-8"))
    known = parse_desk_config(table | {"pager": [PAGER]}, CONFIG)
    http = HttpClients()
    desk = desk_of(known, folder, http)
    assert set(make_pager(known, desk, folder, http, lambda *_: ()).book) == {"aoki"}
    for change, said in WRONG:
        bad = known.model_copy(update={"pager": ({**PAGER, **change},)})
        with pytest.raises(InputError, match=said):
            make_pager(bad, desk, folder, http, lambda *_: ())
    desk.store.close()


def test_pages_over_http(tmp_path: Path) -> None:
    desk, clock = with_people(tmp_path)
    people = People(desk.store)
    key = people.add_key("eyes", Role.VIEWER, datetime.now(UTC))
    author = people.add("author", Role.AUTHOR, datetime.now(UTC), "a long password")
    client = TestClient(make_app(config(tmp_path), desk, HttpClients()))
    desk.hear(told(100, figures()))
    pager(desk, pocket("aoki")).review()
    (row,) = client.get("/api/v1/pages", headers={"Authorization": f"Bearer {key}"}).json()
    assert row["kind"] == "approval" and row["called"] == ["aoki", "baba"] and row["answered"] == []
    given = {"name": author.name, "password": "a long password"}
    token = {"X-CSRF-Token": client.post("/api/v1/sessions", json=given).json()["csrf"]}
    assert client.post(f"/api/v1/pages/{row['page_id']}/answer", headers=token).status_code == 204
    assert client.post("/api/v1/pages/none/answer", headers=token).status_code == 409
    assert client.get("/api/v1/pages").json()[0]["answered"] == ["author"]
    assert clock.now == at(100)
    desk.store.close()
