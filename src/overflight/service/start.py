"""Puts a desk together from its folder, and makes such a folder."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from overflight.errors import InputError
from overflight.exposure.places import load_places
from overflight.service.accounts import has_sealed, seal_all
from overflight.service.channel import DRILLS, REAL
from overflight.service.channels.config import Context
from overflight.service.channels.guard import Guarded, check_apart
from overflight.service.channels.http import HttpClients
from overflight.service.channels.registry import make_channels
from overflight.service.config import DeskConfig, Signing, parse_desk_config, read_desk_config
from overflight.service.desk import Desk
from overflight.service.migrate import migrate
from overflight.service.pager import Pager, Silent, make_book
from overflight.service.people import NewPerson, People
from overflight.service.publishing import Publishing, local_time, namer
from overflight.service.seal import Seal, new_key
from overflight.service.store import Store, store_faults
from overflight.warning.cap.keys import make_key
from overflight.warning.gazetteer import Gazetteer, gazetteer
from overflight.warning.life_records import Role
from overflight.warning.policy import Policy, read_policy

CONFIG = "desk.toml"

DESK_TOML = """\
# A warning desk for drills. Without an [actual] table nothing real can leave it.
name = "{name}"
store = "sqlite:///desk.db"        # or postgresql+psycopg://USER@HOST/DATABASE
policy = "policy.toml"
places = ["JP"]                    # countries whose places the desk knows
port = 8080
public_folder = "public"           # pages for people, at /public/ and, for drills, /drills/

[drill]
sender = "{name}@drill.example.invalid"
key_file = "keys/drill.key.pem"
certificate_file = "keys/drill.cert.pem"

[[channel]]
kind = "file"
name = "drill-folder"
statuses = ["Exercise", "Test"]
folder = "out/drill"

[[channel]]                        # served at /drills/feed.xml
kind = "atom"
name = "drill-feed"
statuses = ["Exercise", "Test"]
folder = "public/drill"
address = "http://127.0.0.1:8080/drills"
"""

POLICY_TOML = """\
version = 1
name = "first policy"

[call]                             # a place is called when any figure reaches its threshold
p_over_if_continues = 0.05
p_over = 0.05
p_debris = 1e-4

[lift]                             # released once the last arrival is past, at this probability
arrival_p = 0.99

[[area]]
country = "JP"
zone_offset_h = 9
sender_name = "Drill desk"
level = "place"                    # or "region": whole prefectures until the impact line supports less
passed_to = { ja = "太平洋", en = "the Pacific", ko = "태평양" }
"""


def make_folder(
    folder: Path, name: str = "drill-desk", begins: datetime | None = None, like: Path | None = None
) -> dict[str, str]:
    """Make a desk to drill with: configuration, policy, keys, accounts; return what must be told once.

    ``like`` is a folder with a ``desk.toml`` to copy, with the policy and the contacts that it names.

    Raises
    ------
    InputError : there is a desk already, or what is to be copied is wrong
    """
    if (folder / CONFIG).exists():
        remedy = "Name another folder; a desk is never overwritten."
        raise InputError(str(folder), found=CONFIG, allowed="a folder without a desk", remedy=remedy)
    if folder.exists() and not folder.is_dir():
        raise InputError(str(folder), found="a file", allowed="a new folder", remedy="Choose another name.")
    now = datetime.now(UTC)
    first = {Path(CONFIG): DESK_TOML.format(name=name).encode(), Path("policy.toml"): POLICY_TOML.encode()}
    files = _copied(like) if like else first
    config = parse_desk_config(tomllib.loads(files[Path(CONFIG)].decode()), CONFIG)
    pair = make_key(f"{config.name} (drills)", begins or now - timedelta(hours=1), days=3650)
    files |= dict(zip((config.drill.key_file, config.drill.certificate_file), pair, strict=True))
    if config.answers is not None:
        files[config.answers.key_file] = secrets.token_urlsafe(32).encode()
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        _private(folder / path, content)
    store = open_store(config, folder)
    try:
        people = People(store)
        told: dict[str, str] = {}
        for person, role in (("aoki", Role.APPROVER), ("baba", Role.APPROVER), ("admin", Role.ADMIN)):
            told[person] = _told(people.add(person, role, now))
        told["key of the feeder"] = people.add_key("feeder", Role.FEEDER, now)
        return told
    finally:
        store.close()


def _copied(like: Path) -> dict[Path, bytes]:
    """Return the files of a configuration to copy, by their path in the folder."""
    config = read_desk_config(like / CONFIG)
    if config.actual is not None:
        remedy = "Take the table out; add it by hand, with a key of its own, to the desk that needs it."
        raise InputError(
            str(like / CONFIG), "actual", found="a sender of real alerts", allowed="drills", remedy=remedy
        )
    names = [Path(CONFIG), config.policy, *([config.answers.contacts] if config.answers else [])]
    for key, path in (("policy", names[1]), *[("answers.contacts", path) for path in names[2:]]):
        if path.is_absolute() or ".." in path.parts or not (like / path).is_file():
            remedy = "Put it there, or name another."
            raise InputError(
                str(like / CONFIG), key, found=str(path), allowed="a file in the folder", remedy=remedy
            )
    return {path: (like / path).read_bytes() for path in names}


def open_store(config: DeskConfig, folder: Path) -> Store:
    """Return the store of a desk, brought up to date.

    Second factors of a store from before they were sealed are sealed now.  Where the key they are sealed
    under is missing, the store opens without it: its log can be read, and nobody can approve.

    Raises
    ------
    StoreError : the store cannot be written, is no store, or its server does not answer
    """
    url = config.store
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
        url = f"sqlite:///{folder / url.removeprefix('sqlite:///')}"
    file = folder / config.seal_file
    store = Store(url, Seal(file) if file.exists() else None)
    with store_faults():
        migrate(store)
        if store.seal is None and not has_sealed(store):
            store.seal = new_key(file)
        if store.seal is not None:
            seal_all(store, datetime.now(UTC))
    return store


def read_rules(config: DeskConfig, folder: Path) -> tuple[Policy, Gazetteer]:
    """Return what a desk decides by: its policy, and the places it knows."""
    file = folder / config.policy
    try:
        content = file.read_bytes()
    except OSError as fault:
        found, remedy = fault.strerror or "nothing", "Put the policy there."
        raise InputError(str(file), found=found, allowed="a policy in TOML", remedy=remedy) from None
    return read_policy(content, str(file)), gazetteer(load_places(config.places))


def make_desk(config: DeskConfig, folder: Path, http: HttpClients) -> Desk:
    """Return a desk with everything it needs, checked before anything runs.

    Raises
    ------
    InputError : a file, key, channel or policy is wrong: the desk does not start half
    """
    policy, known = read_rules(config, folder)
    signing = Signing(config, folder)
    channels = make_channels(config.channel, Context(folder, CONFIG, http))
    _check_signable(channels, signing, "channel")
    store = open_store(config, folder)
    if store.seal is None:  # people could not approve: say which file is missing, and do not start
        store.close()
        Seal(folder / config.seal_file)
    return Desk(store, policy, known, signing, channels)


def make_publishing(config: DeskConfig, desk: Desk, folder: Path) -> Publishing | None:
    """Return what keeps the public pages of a desk, None if it has no folder for them.

    Raises
    ------
    InputError : a channel writes to the public folder of the other wall
    """
    if config.public_folder is None:
        return None
    zone_offset_h, zone_label = local_time(desk.policy)
    where = folder / config.public_folder
    for channel in desk.channels:  # a folder that the desk serves is a receiver like others
        for name, statuses in (("real", REAL), ("drill", DRILLS)):
            place = Path(channel.destination.removeprefix("folder:"))
            if place.is_relative_to((where / name).resolve()) and not channel.statuses <= statuses:
                raise InputError(
                    CONFIG,
                    f"channel.{channel.name}.folder",
                    found=f"{config.public_folder}/{name} with {', '.join(sorted(channel.statuses))}",
                    allowed=f"{', '.join(sorted(statuses))} there",
                    remedy="Keep real alerts below real/ and drills below drill/.",
                )
    return Publishing(where, namer(desk.gazetteer), zone_offset_h=zone_offset_h, zone_label=zone_label)


def make_pager(config: DeskConfig, desk: Desk, folder: Path, http: HttpClients, silent: Silent) -> Pager:
    """Return what calls the people on duty.

    Raises
    ------
    InputError : a pager is wrong, is of a status that the desk cannot sign, or a receiver of the other wall
    """
    book = make_book(config.pager, Context(folder, CONFIG, http))
    channels = [channel for channels in book.values() for channel in channels]
    _check_signable(channels, desk.signing, "pager")
    check_apart((*desk.channels, *channels))
    return Pager(desk, book, config.paging.escalate_s, silent)


def _check_signable(channels: Iterable[Guarded], signing: Signing, what: str) -> None:
    for channel in channels:
        if not channel.statuses & signing.statuses:
            remedy = f"Configure [actual] with its own key, or take the {what} out."
            allowed = ", ".join(sorted(signing.statuses))
            found = ", ".join(sorted(channel.statuses))
            raise InputError(CONFIG, f"{what}.{channel.name}", found=found, allowed=allowed, remedy=remedy)


def _told(person: NewPerson) -> str:
    return f"password {person.password}, second factor {person.totp}"


def _private(path: Path, content: bytes) -> None:
    """Write a file that its owner alone can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def make_webhook_secret(path: Path) -> None:
    """Write a new secret for a webhook."""
    from overflight.service.channels.signed_body import make_secret

    _private(path, make_secret().encode())
