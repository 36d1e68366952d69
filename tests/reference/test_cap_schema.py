"""CAP 1.2: our drafts and public sample alerts against the OASIS schema and the standard's text."""

from __future__ import annotations

import csv
import hashlib
import json
import socket
from datetime import datetime, timedelta, timezone
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from overflight.warning.cap.check import check_message, check_schema
from overflight.warning.cap.compose import compose
from overflight.warning.cap.parse import MAX_BYTES
from overflight.warning.drafts import PREPARED, ConcernedPlace, LaunchFacts, plan_drafts
from overflight.warning.names import Language, PlaceName, Words
from overflight.warning.templates import COUNTRY_WORDS, VehicleWord
from support import ROOT, shared_path

LAUNCH = LaunchFacts(
    "malligyong-1-2",
    datetime(2023, 8, 24, 3, 50, 30, tzinfo=timezone(timedelta(hours=9))),
    COUNTRY_WORDS["KP"],
    VehicleWord.SATELLITE_ROCKET,
    {"JP": Words("太平洋", "the Pacific", "태평양")},
)
PLACES = [
    ConcernedPlace(
        f"473{n:02d}",
        PlaceName(f"第{n}村", "JP", en=f"Mura{n} & Village"),
        PlaceName("沖縄県", "JP", en="Okinawa"),
        box(126.0 + 0.1 * n, 26.3, 126.05 + 0.1 * n, 26.35),
        550.0 + n,
        600.0 + n,
    )
    for n in range(20)
]

VALID = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>a-2</identifier><sender>desk@example.invalid</sender>
  <sent>2023-08-24T04:07:00+09:00</sent><status>Test</status><msgType>Update</msgType><scope>Public</scope>
  <references>desk@example.invalid,a-1,2023-08-24T03:54:00+09:00</references>
  <info><language>ja-JP</language><category>Safety</category><event>e</event>
    <urgency>Past</urgency><severity>Minor</severity><certainty>Observed</certainty>
    <expires>2023-08-24T05:07:00+09:00</expires>
    <area><areaDesc>a</areaDesc><polygon>26.9,127.6 26.9,128.4 26.0,128.0 26.9,127.6</polygon>
      <circle>26.5,127.5 30.5</circle></area></info>
</alert>"""

# (what is replaced, by what, the layer that must find it)
BROKEN = [
    ("<status>Test</status>", "<status>Real</status>", "schema"),
    ("04:07:00+09:00</sent>", "04:07:00Z</sent>", "schema"),
    ("04:07:00+09:00</sent>", "04:07:00.5+09:00</sent>", "schema"),
    ("<event>e</event>", "", "schema"),
    ("cap:1.2", "cap:1.1", "schema"),
    ("</alert>", "", "schema"),
    ('encoding="UTF-8"?>', 'encoding="UTF-8"?><!DOCTYPE alert>', "schema"),
    ('encoding="UTF-8"?>', 'encoding="UTF-8"?><!DOCTYPE alert SYSTEM "http://192.0.2.1/x.dtd">', "schema"),
    (
        'encoding="UTF-8"?>',
        'encoding="UTF-8"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        "schema",
    ),
    ("<identifier>a-2", "<identifier>a 2", "cap"),
    ("<identifier>a-2", "<identifier>", "cap"),
    ("desk@example.invalid</sender>", "desk,1</sender>", "cap"),
    ("<references>desk@example.invalid,a-1,2023-08-24T03:54:00+09:00</references>", "", "cap"),
    ("desk@example.invalid,a-1,2023-08-24T03:54:00+09:00", "a-1", "cap"),
    ("<scope>Public</scope>", "<scope>Private</scope>", "cap"),
    ("<scope>Public</scope>", "<scope>Restricted</scope>", "cap"),
    ("2023-08-24T05:07:00+09:00", "2023-08-24T04:06:59+09:00", "cap"),
    ("2023-08-24T05:07:00+09:00", "2023-08-24T24:00:00+09:00", "cap"),
    ("04:07:00+09:00</sent>", "24:00:00+09:00</sent>", "cap"),
    (" 26.9,127.6</polygon>", "</polygon>", "cap"),
    ("26.0,128.0 26.9,127.6", "26.9,127.6", "cap"),
    ("26.9,127.6 26.9,128.4 26.0,128.0", "26.9,127.6 26.0,128.4 26.0,127.6 26.9,128.4", "cap"),
    ("26.9,127.6 26.9,128.4 26.0,128.0 26.9,127.6", "127.6,26.9 128.4,26.9 128,26 127.6,26.9", "cap"),
    ("26.0,128.0", "NaN,128.0", "cap"),
    ("26.0,128.0", "26.0;128.0", "cap"),
    ("26.0,128.0", "2.6e1,128.0", "cap"),
    ("26.0,128.0", "２６,128.0", "cap"),
    ("26.5,127.5 30.5", "26.5,127.5", "cap"),
    ("26.5,127.5 30.5", "26.5,127.5 -1", "cap"),
    ("26.5,127.5 30.5", "26.5,127.5 nan", "cap"),
    ("</circle></area>", "</circle><ceiling>1000</ceiling></area>", "cap"),
]


def test_vendored_schema_is_the_recorded_file() -> None:
    folder = files("overflight.warning.cap").joinpath("schema")
    record = json.loads(folder.joinpath("source.json").read_text("utf-8"))
    data = folder.joinpath(record["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == record["sha256"]
    assert record["package_version"] == "0.1.0.dev4"
    assert b"Copyright OASIS Open 2010 All Rights Reserved" in data
    assert "Copyright OASIS Open 2010" in folder.joinpath("NOTICE.txt").read_text("utf-8")


@pytest.mark.parametrize("languages", [tuple(Language), *((language,) for language in Language)])
def test_every_draft_is_valid(languages: tuple[Language, ...]) -> None:
    drafts = plan_drafts(LAUNCH, PLACES, zone_offset_h=9.0, languages=languages)
    assert {draft.kind for draft in drafts} == set(PREPARED)
    for draft in drafts:
        assert check_message(compose(draft.alert)) == ()
        assert check_schema(compose(draft.alert)) == ()


def test_a_valid_message_has_no_findings() -> None:
    assert check_message(VALID.encode()) == ()


@pytest.mark.parametrize(("old", "new", "layer"), BROKEN)
def test_a_broken_message_is_found_by_its_layer(old: str, new: str, layer: str) -> None:
    assert VALID.count(old) >= 1
    findings = check_message(VALID.replace(old, new).encode())
    assert findings
    assert {finding.layer for finding in findings} == {layer}
    assert all(finding.message and finding.path.startswith("/") for finding in findings)
    assert (check_schema(VALID.replace(old, new).encode()) != ()) == (layer == "schema")


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00", b"<a/>", b"not xml", "<alert>".encode("utf-16"), b"<a>" * 100_000, b" " * (MAX_BYTES + 1)],
)
def test_anything_else_is_a_finding_and_no_crash(data: bytes) -> None:
    assert {finding.layer for finding in check_message(data)} == {"schema"}


@given(st.lists(st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_no_altered_byte_crashes_the_check(changes: list[tuple[int, int]]) -> None:
    data = bytearray(VALID.encode())
    for at, byte in changes:
        data[at] = byte
    assert all(finding.layer in ("schema", "cap") for finding in check_message(bytes(data)))


def test_a_doctype_in_another_encoding_is_refused_too() -> None:
    text = VALID.replace('encoding="UTF-8"?>', 'encoding="UTF-16"?><!DOCTYPE alert>')
    assert [finding.rule for finding in check_schema(text.encode("utf-16"))] == ["no-doctype"]


def _samples() -> list[tuple[str, str]]:
    """Return (file, verdict) of the sample alerts that are judged as CAP messages at their own time."""
    table = ROOT.parent / "shared" / "validation" / "cap" / "expected.tsv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    return [(row["file"], row["verdict"]) for row in rows if row["profile"] == "cap" and row["at"] == "sent"]


@pytest.mark.parametrize(("file", "verdict"), _samples() or [("ok_base.xml", "accept")])
def test_public_samples(file: str, verdict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = shared_path("validation", "cap", "samples", *file.split("/")).read_bytes()

    def no_network(*_: object) -> None:
        raise AssertionError("a message was checked over the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert ("reject" if check_message(data) else "accept") == verdict


def test_schema_layer_agrees_with_the_copy_of_another_library() -> None:
    """google/cap-library carries its own copy of the schema: both judge the samples alike."""
    from lxml import etree

    folder = shared_path("validation", "cap")
    other = etree.XMLSchema(etree.parse(str(folder / "schema" / "CAP-v1.2.xsd")))
    judged = 0
    for path in sorted((folder / "samples").rglob("*.*")):
        data = path.read_bytes()
        if path.is_dir() or b"<!DOCTYPE" in data:
            continue
        assert other.validate(etree.fromstring(data)) == (check_schema(data) == ()), path.name
        judged += 1
    assert judged >= 15
