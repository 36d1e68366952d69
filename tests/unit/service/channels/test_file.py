from __future__ import annotations

import errno
import os

import pytest

from desks import deliver, delivery, message
from overflight.errors import InputError
from overflight.service.channels import file as file_drop
from overflight.service.channels.config import Context
from overflight.service.channels.registry import make_channel, make_channels
from overflight.warning.alert import Status

TABLE = {"kind": "file", "name": "drop", "statuses": ["Exercise"], "folder": "out/alerts"}


def channel(tmp_path, **change):
    return make_channel(TABLE | change, Context(folder=tmp_path, where="desk.toml"))


def test_the_same_bytes_as_one_file_once(tmp_path):
    receipts = deliver(channel(tmp_path), delivery("drop"), delivery("drop", attempt=2))
    assert [receipt.ok for receipt in receipts] == [True, True]
    assert "already there" in receipts[1].detail
    (file,) = (tmp_path / "out/alerts").iterdir()
    assert file.name == "test.0002.xml" and file.read_bytes() == message(Status.EXERCISE, 2)


def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(file_drop.os, "fsync", full)
    (receipt,) = deliver(channel(tmp_path), delivery("drop"))
    assert not receipt.ok and not receipt.is_final and "No space left" in receipt.detail
    assert list((tmp_path / "out/alerts").iterdir()) == []
    monkeypatch.undo()
    (receipt,) = deliver(channel(tmp_path), delivery("drop", attempt=2))
    assert receipt.ok


def test_a_really_full_disk(tmp_path):
    # /dev/full takes no byte; a folder cannot be there, and that is a failed attempt too
    (receipt,) = deliver(channel(tmp_path, folder="/dev/full/x"), delivery("drop"))
    assert not receipt.ok


def test_an_identifier_cannot_leave_the_folder():
    assert file_drop.file_name("../../etc/passwd") == "_.._etc_passwd.xml"
    assert file_drop.file_name("urn:oid:2.49.0.1") == "urn_oid_2.49.0.1.xml"
    assert file_drop.file_name("..") == "_.xml"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"kind": "pigeon"}, "channel.kind: found 'pigeon'; allowed: atom, desk, file, mail, mqtt, webhook"),
        ({"kind": None}, "channel.kind"),
        ({"statuses": ["Actual", "Test"]}, "drop.statuses"),
        ({"statuses": ["Real"]}, "channel.drop.statuses"),
        ({"folders": "x"}, "channel.drop.folders"),
        ({"name": "a b"}, "channel.a b.name"),
        ({"limit_s": 0}, "channel.drop.limit_s"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, change, named):
    with pytest.raises(InputError) as caught:
        channel(tmp_path, **change)
    assert named in str(caught.value)


def test_one_folder_for_drills_and_real_alerts_is_refused(tmp_path):
    real = TABLE | {"name": "real", "statuses": ["Actual"], "folder": "out/../out/alerts"}
    with pytest.raises(InputError, match="receiver of drills"):
        make_channels([TABLE, real], Context(folder=tmp_path))
