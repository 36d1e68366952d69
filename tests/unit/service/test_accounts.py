"""Accounts: changed by administrators, told once, written down; second factors sealed, moved and made anew."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deskfakes import AOKI, BABA, code, figures, make_desk, memory, told, waiting
from overflight.errors import InputError, LifeError
from overflight.service.accounts import Accounts, new_seal, seal_all
from overflight.service.backup import dump, load
from overflight.service.config import read_desk_config
from overflight.service.desk import Desk
from overflight.service.migrate import migrate
from overflight.service.people import NotAllowed, People
from overflight.service.seal import Seal, SealError, new_key
from overflight.service.start import CONFIG, make_folder, open_store
from overflight.service.store import Store, verify_log
from overflight.service.tables import person
from overflight.warning.life_records import Role

NOW = datetime(2023, 8, 23, 18, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
PASSWORD = "a long password"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made, _ = make_desk(tmp_path)
    yield made
    made.store.close()


def said(desk: Desk) -> list[dict[str, object]]:
    return [json.loads(entry.body) for entry in desk.store.entries() if entry.kind == "person"]


def stored(desk: Desk) -> dict[str, str]:
    with desk.store.read() as connection:
        return {row.name: row.totp for row in connection.execute(sa.select(person))}


def test_who_is_stopped_is_out_at_once_and_stays_named(desk: Desk) -> None:
    people, accounts = People(desk.store), Accounts(desk.store, "admin")
    made = people.add("aoki", Role.APPROVER, NOW, PASSWORD, by="admin")
    token, _ = people.sign_in("aoki", PASSWORD, code(made.totp, NOW), NOW)
    accounts.change("aoki", LATER, is_active=False)
    with pytest.raises(NotAllowed):
        people.of_session(token, LATER)
    with pytest.raises(NotAllowed):
        people.sign_in("aoki", PASSWORD, code(made.totp, LATER), LATER)
    assert people.on_duty() == []
    (account,) = accounts.people()
    assert (account.name, account.is_active, account.is_on_duty) == ("aoki", False, False)
    accounts.change("aoki", LATER, is_active=True)
    assert people.sign_in("aoki", PASSWORD, code(made.totp, LATER), LATER)
    assert [entry["by"] for entry in said(desk) if "by" in entry] == ["admin"] * 3


def test_the_last_administrator_stays(desk: Desk) -> None:
    people, accounts = People(desk.store), Accounts(desk.store, "console")
    people.add("one", Role.ADMIN, NOW)
    for change in ({"is_active": False}, {"role": Role.VIEWER}):
        with pytest.raises(InputError, match="at least one active administrator"):
            accounts.change("one", NOW, **change)  # type: ignore[arg-type]
    people.add("two", Role.ADMIN, NOW)
    accounts.change("one", NOW, is_active=False)
    with pytest.raises(InputError, match="administrator"):
        accounts.change("two", NOW, role=Role.APPROVER)
    accounts.change("two", NOW, is_on_duty=True, call_order=1)
    assert [one.is_active for one in accounts.people()] == [False, True]


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.VIEWER}])
def test_an_approval_goes_with_the_right_to_give_it(tmp_path: Path, change: dict[str, Any]) -> None:
    desk, clock = make_desk(tmp_path, [memory()])
    for who in (AOKI, BABA):
        People(desk.store).add(who.name, Role.APPROVER, clock.now)
    clock.to(100)
    desk.hear(told(100, figures()))
    draft = waiting(desk)
    for who in (AOKI, BABA):
        desk.approve(draft.draft_id, draft.content_hash, who, second_factor=True)
    accounts = Accounts(desk.store, "admin")
    accounts.change(AOKI.name, clock.now, is_on_duty=False)
    accounts.change(BABA.name, clock.now, role=Role.ADMIN)
    assert len(waiting(desk).approvals) == 2, "who still may approve has approved"
    accounts.change(AOKI.name, clock.now, **change)
    assert waiting(desk).approvals == ()
    with pytest.raises(LifeError, match="two people"):
        desk.issue(draft.draft_id, draft.content_hash, BABA)
    assert verify_log(desk.store)[2] == []
    again, _ = make_desk(tmp_path)
    assert again.store.state() == desk.store.state(), "a restart reads the same"


def test_a_refused_change_changes_nothing(desk: Desk) -> None:
    people, accounts = People(desk.store), Accounts(desk.store, "console")
    people.add("one", Role.ADMIN, NOW)
    before = accounts.people(), desk.store.state().seq
    for name, change in (
        ("one", {"role": Role.FEEDER, "is_on_duty": True}),
        ("one", {"is_active": False, "is_on_duty": True}),
        ("nobody", {"is_on_duty": True}),
    ):
        with pytest.raises(InputError):
            accounts.change(name, NOW, **change)  # type: ignore[arg-type]
    for act in (accounts.reset_totp, accounts.reset_password, accounts.revoke_key):
        with pytest.raises(InputError):
            act("nobody", NOW)
    with pytest.raises(InputError, match="role"):
        people.add("program", Role.FEEDER, NOW)
    assert (accounts.people(), desk.store.state().seq) == before


def test_a_reset_voids_what_was_and_ends_sessions(desk: Desk) -> None:
    people, accounts = People(desk.store), Accounts(desk.store, "admin")
    made = people.add("aoki", Role.APPROVER, NOW, PASSWORD)
    token, _ = people.sign_in("aoki", PASSWORD, code(made.totp, NOW), NOW)
    fresh = accounts.reset_totp("aoki", LATER)
    with pytest.raises(NotAllowed):
        people.of_session(token, LATER)
    with pytest.raises(NotAllowed):
        people.sign_in("aoki", PASSWORD, code(made.totp, LATER), LATER)
    assert people.sign_in("aoki", PASSWORD, code(fresh.totp, LATER), LATER)
    password = accounts.reset_password("aoki", LATER)
    after = LATER + timedelta(minutes=2)
    with pytest.raises(NotAllowed):
        people.sign_in("aoki", PASSWORD, code(fresh.totp, after), after)
    assert people.sign_in("aoki", password, code(fresh.totp, after), after)
    assert made.totp in made.totp_uri and made.totp_uri.startswith("otpauth://totp/")


def test_a_revoked_key_opens_nothing(desk: Desk) -> None:
    people, accounts = People(desk.store), Accounts(desk.store, "admin")
    token = people.add_key("radar", Role.FEEDER, NOW, days=2)
    assert people.of_key(token, NOW).name == "radar"
    (row,) = accounts.api_keys()
    assert (row.name, row.expires) == ("radar", NOW + timedelta(days=2))
    accounts.revoke_key("radar", NOW)
    with pytest.raises(NotAllowed):
        people.of_key(token, NOW)
    for name, days in (
        ("", 1.0),
        ("a b", 1.0),
        ("x" * 65, 1.0),
        ("ok", 0.0),
        ("ok", 1e9),
        ("ok", float("nan")),
    ):
        with pytest.raises(InputError):
            people.add_key(name, Role.FEEDER, NOW, days)


def test_nothing_that_opens_stands_in_store_or_backup(desk: Desk, tmp_path: Path) -> None:
    import gzip

    people, accounts = People(desk.store), Accounts(desk.store, "admin")
    made = people.add("aoki", Role.APPROVER, NOW)
    token = people.add_key("radar", Role.FEEDER, NOW)
    fresh = accounts.reset_totp("aoki", NOW)
    content = gzip.decompress(dump(desk.store))
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if "desk.db" in path.name)
    for secret in (made.password, made.totp, fresh.totp, token):
        assert secret.encode() not in content and secret.encode() not in files
    assert b"sealed:1:" in content


def test_a_store_from_before_the_seal_is_sealed_when_it_is_opened(desk: Desk) -> None:
    made = People(desk.store).add("aoki", Role.APPROVER, NOW)
    with desk.store.write(NOW) as work:
        work.connection.execute(person.update().values(totp=made.totp))
    assert People(desk.store).is_code_good("aoki", code(made.totp, NOW), "s", NOW), "and opens until then"
    assert seal_all(desk.store, NOW) == (1, [])
    assert seal_all(desk.store, NOW) == (0, []), "once"
    assert made.totp not in stored(desk)["aoki"]
    assert People(desk.store).is_code_good("aoki", code(made.totp, LATER), "s", LATER)
    assert verify_log(desk.store)[2] == []


def test_a_desk_of_the_version_before_is_brought_up_to_date(tmp_path: Path) -> None:
    """Its store has no order of calls, and second factors in the clear; its folder has no key for them."""
    folder = tmp_path / "mydesk"
    told = make_folder(folder)
    secret = told["aoki"].rpartition(" ")[2]
    config = read_desk_config(folder / CONFIG)
    before = open_store(config, folder)
    with before.write(NOW) as work:
        run = work.connection.exec_driver_sql
        run("ALTER TABLE person DROP COLUMN call_order")
        run("UPDATE alembic_version SET version_num = 'a2'")
        run("UPDATE person SET totp = ?", (secret,))
    before.close()
    (folder / "keys" / "seal.key").unlink()
    store = open_store(config, folder)
    assert oct((folder / "keys" / "seal.key").stat().st_mode)[-3:] == "600"
    assert {one.has_second_factor for one in Accounts(store, "x").people()} == {True}
    with store.read() as connection:
        assert all(row.totp.startswith("sealed:") for row in connection.execute(sa.select(person)))
    now = datetime.now(UTC)
    assert People(store).is_code_good("aoki", code(secret, now), "s", now)
    assert verify_log(store)[2] == []
    store.close()


def test_a_sealed_secret_opens_for_its_owner_and_unchanged_alone(tmp_path: Path) -> None:
    seal = new_key(tmp_path / "seal.key")
    text = seal.shut("SECRET", "aoki")
    assert seal.opened(text, "aoki") == "SECRET" and seal.shut("SECRET", "aoki") != text
    lead, _, packed = text.rpartition(":")
    turned = packed[:-4] + ("AAAA" if packed[-4:] != "AAAA" else "BBBB")
    for bad, owner in ((text, "baba"), (f"{lead}:{turned}", "aoki"), (f"{lead}:?", "aoki")):
        with pytest.raises(SealError):
            seal.opened(bad, owner)
    with pytest.raises(SealError, match="does not hold"):
        new_key(tmp_path / "other.key").opened(text, "aoki")
    assert oct((tmp_path / "seal.key").stat().st_mode)[-3:] == "600"
    for content in ("", "short\n", "§\n"):
        (tmp_path / "bad.key").write_text(content)
        with pytest.raises(InputError):
            Seal(tmp_path / "bad.key")


def test_a_new_key_while_another_desk_runs(desk: Desk, tmp_path: Path) -> None:
    """Both go on: the one with the old key in memory finds the new one in the file, and the reverse."""
    made = People(desk.store).add("aoki", Role.APPROVER, NOW)
    file = tmp_path / "seal.key"
    other = Store(str(desk.store.engine.url), Seal(file))
    before = stored(desk)["aoki"]
    assert new_seal(other, file, NOW) == (1, [])
    assert stored(desk)["aoki"] != before
    assert People(desk.store).is_code_good("aoki", code(made.totp, NOW), "s", NOW)
    baba = People(desk.store).add("baba", Role.APPROVER, NOW)
    assert People(other).is_code_good("baba", code(baba.totp, NOW), "s", NOW)
    for _ in range(4):
        new_seal(other, file, NOW)
    with pytest.raises(SealError, match="does not hold"):
        Seal(file).opened(before, "aoki")
    other.close()


def test_a_lost_key_is_told_and_mended_by_resets(desk: Desk, tmp_path: Path) -> None:
    made = People(desk.store).add("aoki", Role.APPROVER, NOW, PASSWORD)
    desk.store.seal = None
    assert not People(desk.store).is_code_good("aoki", code(made.totp, NOW), "s", NOW)
    with pytest.raises(InputError, match="desk seal"):
        Accounts(desk.store, "admin").reset_totp("aoki", NOW)
    assert not Accounts(desk.store, "admin").people()[0].has_second_factor
    assert new_seal(desk.store, tmp_path / "fresh.key", NOW) == (0, ["aoki"])
    fresh = Accounts(desk.store, "admin").reset_totp("aoki", NOW)
    assert People(desk.store).sign_in("aoki", PASSWORD, code(fresh.totp, NOW), NOW)


def test_a_backup_says_what_it_needs(desk: Desk, tmp_path: Path) -> None:
    made = People(desk.store).add("aoki", Role.APPROVER, NOW)
    content = dump(desk.store)
    elsewhere = Store(f"sqlite:///{tmp_path / 'elsewhere.db'}", new_key(tmp_path / "elsewhere.key"))
    migrate(elsewhere)
    with pytest.raises(InputError, match=r"keys/seal\.key"):
        load(elsewhere, content)
    assert elsewhere.state().seq == 0, "nothing is kept"
    load(elsewhere, content, without_factors=True)
    assert not Accounts(elsewhere, "admin").people()[0].has_second_factor
    same = Store(f"sqlite:///{tmp_path / 'same.db'}", Seal(tmp_path / "seal.key"))
    migrate(same)
    load(same, content)
    assert People(same).is_code_good("aoki", code(made.totp, NOW), "s", NOW)
    for store in (elsewhere, same):
        store.close()
