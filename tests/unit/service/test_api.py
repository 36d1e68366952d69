"""The HTTP API over a whole desk: who may do what, and that a refusal changes nothing."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from deskfakes import EVENT, code, config, figures, make_desk, memory, told
from lives import at
from overflight.service.api.app import make_app
from overflight.service.backup import dump, load
from overflight.service.channels.http import HttpClients
from overflight.service.desk import Desk
from overflight.service.migrate import migrate
from overflight.service.people import NewPerson, People
from overflight.service.store import Store
from overflight.warning.decision import write_decision
from overflight.warning.life_records import Role

with warnings.catch_warnings():  # it prefers a newer client than the one we pin
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

ROLES = ("nobody", "viewer", "author", "approver", "admin", "key feeder", "key viewer")
LOOK = {"viewer", "author", "approver", "admin", "key viewer"}
WRITE = {"author", "approver", "admin"}
APPROVE = {"approver", "admin"}
ADMIN = {"admin"}
HASH = {"content_hash": "0" * 64}
ROUTES: dict[tuple[str, str], set[str]] = {
    ("DELETE", "/api/v1/sessions"): LOOK,
    ("POST", "/api/v1/decisions"): {"key feeder"},
    ("GET", "/api/v1/events"): LOOK,
    ("GET", "/api/v1/events/{event_id}"): LOOK,
    ("POST", "/api/v1/drafts/{draft_id}/approve"): APPROVE,
    ("POST", "/api/v1/drafts/{draft_id}/withhold"): WRITE,
    ("POST", "/api/v1/drafts/{draft_id}/discard"): WRITE,
    ("POST", "/api/v1/drafts/{draft_id}/issue"): APPROVE,
    ("GET", "/api/v1/alerts/{identifier}.xml"): LOOK,
    ("GET", "/api/v1/handover"): LOOK,
    ("POST", "/api/v1/handover"): WRITE,
    ("GET", "/api/v1/events/{event_id}/answers"): WRITE,
    ("GET", "/api/v1/partner-alerts"): LOOK,
    ("GET", "/api/v1/partner-alerts/{partner}/{digest}.xml"): LOOK,
    ("GET", "/api/v1/plans"): LOOK,
    ("POST", "/api/v1/plans"): WRITE,
    ("POST", "/api/v1/plans/{plan_id}/approve"): APPROVE,
    ("POST", "/api/v1/plans/{plan_id}/hold"): WRITE,
    ("GET", "/api/v1/pages"): LOOK,
    ("POST", "/api/v1/pages/{page_id}/answer"): WRITE,
    ("GET", "/api/v1/people"): ADMIN,
    ("POST", "/api/v1/people"): ADMIN,
    ("POST", "/api/v1/people/{name}/change"): ADMIN,
    ("POST", "/api/v1/people/{name}/reset"): ADMIN,
    ("POST", "/api/v1/duty"): WRITE,
    ("GET", "/api/v1/keys"): ADMIN,
    ("POST", "/api/v1/keys"): ADMIN,
    ("POST", "/api/v1/keys/{name}/revoke"): ADMIN,
}
OPEN = {("POST", "/api/v1/sessions"), ("GET", "/health"), ("GET", "/ready"), ("GET", "/metrics")}
LIVE = {("GET", "/api/v1/stream")}  # never ends; its dependency is that of the other reading routes


class Running:
    def __init__(self, folder: Path) -> None:
        self.desk: Desk
        self.desk, self.clock = make_desk(folder, [memory()])
        self.people = People(self.desk.store)
        now = datetime.now(UTC)
        self.told: dict[str, NewPerson] = {
            role: self.people.add(f"p-{role}", Role(role), now)
            for role in ("viewer", "author", "approver", "admin")
        }
        self.told["second"] = self.people.add("p-second", Role.APPROVER, now)
        self.keys = {
            f"key {scope}": self.people.add_key(scope, Role(scope), now) for scope in ("feeder", "viewer")
        }
        self.signed_in: dict[str, tuple[TestClient, dict[str, str]]] = {}
        self.app = make_app(config(folder), self.desk, HttpClients())

    def client(self, role: str) -> tuple[TestClient, dict[str, str]]:
        """Return one session a role: a code of the second factor opens no second one."""
        if role not in self.signed_in:
            self.signed_in[role] = self._sign_in(role)
        return self.signed_in[role]

    def _sign_in(self, role: str) -> tuple[TestClient, dict[str, str]]:
        client = TestClient(self.app, raise_server_exceptions=False)
        if role == "nobody":
            return client, {}
        if role in self.keys:
            return client, {"Authorization": f"Bearer {self.keys[role]}"}
        person = self.told[role]
        given = {
            "name": person.name,
            "password": person.password,
            "code": code(person.totp, datetime.now(UTC)),
        }
        answer = client.post("/api/v1/sessions", json=given)
        assert answer.status_code == 200, answer.text
        return client, {"X-CSRF-Token": answer.json()["csrf"]}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = Running(tmp_path_factory.mktemp("desk"))
    yield made
    made.desk.store.close()


def body(path: str) -> dict[str, Any]:
    return {"text": "note"} if path.endswith("handover") else HASH


def test_every_route_stands_in_the_matrix(running: Running) -> None:
    spec = running.app.openapi()
    routes = {(method.upper(), path) for path, ways in spec["paths"].items() for method in ways}
    assert routes == {*ROUTES, *OPEN, *LIVE}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what(running: Running, role: str) -> None:
    client, headers = running.client(role)
    for (method, path), allowed in ROUTES.items():
        if method == "DELETE":
            continue  # ends the session; tried below
        names = ("event_id", "draft_id", "identifier", "partner", "digest", "plan_id", "name", "page_id")
        url = path.format(**dict.fromkeys(names, "none"))
        answer = client.request(method, url, headers=headers, json=body(path) if method == "POST" else None)
        is_let = answer.status_code not in (401, 403)
        assert is_let == (role in allowed), (role, method, path, answer.status_code, answer.text)
        assert answer.status_code < 500
    if role in WRITE:
        url = "/api/v1/handover"
        assert client.post(url, json={"text": "x"}).status_code == 403, "no token of the page, no change"


def test_a_whole_alert_over_http(running: Running) -> None:
    running.clock.to(100)
    feeder, key = running.client("key feeder")
    message = write_decision(told(100, figures()))
    answer = feeder.post("/api/v1/decisions", headers=key, content=message + "\n{}\n")
    assert answer.status_code == 202 and answer.json()["accepted"] == 1
    assert answer.json()["refused"][0]["line"] == 2
    one, token = running.client("approver")
    draft = next(d for d in one.get(f"/api/v1/events/{EVENT}").json()["drafts"] if d["has_evidence"])
    url, step = f"/api/v1/drafts/{draft['draft_id']}", {"content_hash": draft["content_hash"]}
    assert one.post(f"{url}/approve", json=step, headers=token).status_code == 409, "no second factor"
    wrong = step | {"code": "000000"}
    assert one.post(f"{url}/approve", json=wrong, headers=token).status_code == 403
    assert one.post(f"{url}/issue", json=step, headers=token).status_code == 409
    for role in ("approver", "second"):
        client, csrf = (one, token) if role == "approver" else running.client(role)
        now = code(running.told[role].totp, datetime.now(UTC))
        given = client.post(f"{url}/approve", json=step | {"code": now}, headers=csrf)
        assert given.status_code == 200, given.text
    (identifier,) = one.post(f"{url}/issue", json=step, headers=token).json()["identifiers"]
    xml = one.get(f"/api/v1/alerts/{identifier}.xml")
    assert xml.headers["content-type"] == "application/cap+xml" and b"Signature" in xml.content
    assert one.get(f"/events/{EVENT}?lang=ja").status_code == 200
    assert one.post(f"{url}/issue", json=step, headers=token).status_code == 409, "not twice"


def test_a_plan_over_http(running: Running) -> None:
    author, token = running.client("author")
    now = datetime.now(UTC)
    plan = {
        "plan_id": "plan-1", "status": "Exercise", "origin": "KP", "country": "JP", "places": ["JP-47361"],
        "begins": at(0).isoformat(), "ends": at(3600).isoformat(), "expires": at(7200).isoformat(),
        "feeds": ["tracker"], "sensors": ["radar-a"], "p_over": 0.5,
    }  # fmt: skip
    assert author.post("/api/v1/plans", json=plan | {"p_over": None}, headers=token).status_code == 422
    made = author.post("/api/v1/plans", json=plan, headers=token)
    assert made.status_code == 201 and "久米島町" in made.json()["texts"][0]["description"], made.text
    assert author.post("/api/v1/plans", json=plan, headers=token).status_code == 409, "a name is used once"
    one, csrf = running.client("admin")
    step = {"plan_hash": made.json()["plan_hash"]}
    assert one.post("/api/v1/plans/plan-1/approve", json=step, headers=csrf).status_code == 409, "no factor"
    step["code"] = code(running.told["admin"].totp, now)
    approved = one.post("/api/v1/plans/plan-1/approve", json=step, headers=csrf)
    assert approved.json()["approved_by"] == ["p-admin"] and approved.json()["phase"] == "prepared"
    held = author.post("/api/v1/plans/plan-1/hold", json={"reason": "scrubbed"}, headers=token)
    assert held.json()["phase"] == "held" and held.json()["approved_by"] == []
    assert author.get("/api/v1/plans").json() == [held.json()]


def test_an_administrator_changes_accounts(running: Running) -> None:
    client, token = running.client("admin")

    def post(path: str, **given: object) -> Any:
        return client.post(f"/api/v1/{path}", json=given, headers=token)

    factor = code(running.told["admin"].totp, datetime.now(UTC))
    assert post("people", name="new", role="viewer").status_code == 409, "no second factor"
    made = post("people", name="new", role="viewer", code=factor)
    assert made.status_code == 201 and made.json()["second_factor_uri"].startswith("otpauth://")
    assert post("people/new/change", role="author", is_on_duty=True, code=factor).status_code == 204
    assert post("people/new/reset", what="second_factor", code=factor).json()["second_factor"]
    assert post("people/p-admin/change", is_active=False, code=factor).status_code == 422, "the last one"
    rows = {row["name"]: row for row in client.get("/api/v1/people").json()}
    assert (rows["new"]["role"], rows["new"]["is_on_duty"]) == ("author", True)
    key = post("keys", name="radar-2", code=factor).json()["key"]
    assert key.startswith("ofk_")
    assert post("keys/radar-2/revoke", code=factor).status_code == 204
    assert "radar-2" not in [row["name"] for row in client.get("/api/v1/keys").json()]
    assert post("duty", is_on_duty=True).status_code == 204
    assert "p-admin" in running.people.on_duty()


def test_a_code_opens_no_second_session(running: Running) -> None:
    running.client("second")
    person = running.told["second"]
    used = code(person.totp, datetime.now(UTC))
    given = {"name": person.name, "password": person.password, "code": used}
    client = TestClient(running.app)
    answers = [client.post("/api/v1/sessions", json=given).status_code for _ in range(2)]
    assert answers[1] == 401, "whatever the first one met, a code that was used is used"


def test_headers_and_a_session_that_ended(running: Running) -> None:
    client, token = running.client("viewer")
    answer = client.get("/api/v1/events")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    cookie = client.cookies["overflight-desk"]
    assert client.delete("/api/v1/sessions", headers=token).status_code == 204
    client.cookies.set("overflight-desk", cookie)
    assert client.get("/api/v1/events").status_code == 401


def test_every_answer_carries_the_headers_that_keep_browsers_in(running: Running) -> None:
    client, headers = running.client("approver")
    wanted = {
        "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin", "cache-control": "no-store",
    }  # fmt: skip
    for method, path in sorted({*ROUTES, *OPEN}):
        if method == "DELETE":
            continue
        url = re.sub(r"{\w+}", "none", path)
        for own in ({}, headers):
            answer = client.request(method, url, headers=own, json=body(path) if method == "POST" else None)
            held = {name: answer.headers.get(name) for name in wanted}
            assert held == wanted, (method, path, answer.status_code)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert re.fullmatch("[0-9a-f]{16}", answer.headers["request-id"])
            assert answer.status_code < 500


def test_people_are_answered_by_pages_and_programs_by_json(running: Running) -> None:
    browser = {"accept": "text/html,*/*;q=0.8", "accept-language": "ko-KR,ko;q=0.9,en;q=0.5"}
    stranger = TestClient(running.app, follow_redirects=False)
    answer = stranger.get("/events/none", headers=browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "로그인" in stranger.get("/", headers=browser).text
    assert stranger.get("/events/none").json() == {"detail": "sign in, or give a key"}
    client, _ = running.client("author")
    missing = client.get("/events/none", headers=browser)
    assert missing.status_code == 404 and "찾을 수 없습니다" in missing.text
    assert client.get("/api/v1/events/none", headers=browser).json() == {"detail": "no such event"}
    first = client.get("/?lang=ja", headers=browser).text
    assert 'lang="ja"' in first and "サインイン中" in first
    assert 'lang="ko"' in client.get("/?lang=none", headers=browser).text


def test_too_many_tries_are_stopped(running: Running) -> None:
    client = TestClient(running.app)
    given = {"name": "nobody-here", "password": "wrong", "code": ""}
    answers = [client.post("/api/v1/sessions", json=given).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_backup_and_restore(running: Running, tmp_path: Path) -> None:
    other = Store(f"sqlite:///{tmp_path / 'other.db'}", running.desk.store.seal)
    migrate(other)
    content = dump(running.desk.store)
    assert load(other, content) == running.desk.store.state().seq
    assert other.state().boards == running.desk.store.state().boards


def test_no_request_that_the_openapi_allows_breaks_the_desk(running: Running) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", running.app)
    held = [running.client(role)[1] for role in ("key viewer", "key feeder")]
    client, token = running.client("admin")
    held.append(token | {"Cookie": f"overflight-desk={client.cookies['overflight-desk']}"})
    skipped = {("delete", "/api/v1/sessions"), ("get", "/api/v1/stream")}  # ends the session; never ends
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if (operation.method.lower(), operation.path) in skipped:
            continue

        @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def fuzz(case: Any) -> None:
            nonlocal asked
            for headers in held:
                answer = case.call(headers=headers)
                asked += 1
                assert answer.status_code < 500, (case.as_curl_command(), answer.text)

        fuzz()
    assert asked > 100
