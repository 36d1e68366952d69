"""Sample alerts of others, each with the verdict it must get (`shared/validation/cap/expected.tsv`)."""

from __future__ import annotations

import base64
import csv
import re
import socket
import textwrap
import time
import tracemalloc
from datetime import datetime

import pytest

from capfakes import GOOD
from overflight.warning.cap.check import check_alert
from overflight.warning.cap.findings import Layer, Profile, Verdict
from overflight.warning.cap.keys import Trust, load_certificates
from overflight.warning.cap.verify import verify
from support import ROOT, SHARED_DATA, shared_path

NONE = [pytest.param({}, marks=pytest.mark.skip(reason=SHARED_DATA), id="none")]


def rows() -> list[dict[str, str]]:
    table = ROOT.parent / "shared" / "validation" / "cap" / "expected.tsv"
    if not table.exists():
        return []
    with table.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


CHECKED = [row for row in rows() if row["profile"] in ("cap", "desk")]
VERIFIED = [row for row in rows() if row["profile"].startswith("verify")]


def sample(name: str) -> bytes:
    return shared_path("validation", "cap", "samples", *name.split("/")).read_bytes()


def test_the_table_is_read_whole() -> None:
    shared_path("validation", "cap", "expected.tsv")
    assert len(CHECKED) + len(VERIFIED) == len(rows()) >= 24


@pytest.mark.parametrize(
    "row", CHECKED or NONE, ids=lambda row: f"{row['file']}-{row['profile']}-{row['at']}"
)
def test_checked(row: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("a message was checked over the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    at = None if row["at"] == "sent" else datetime.fromisoformat(row["at"])
    found = check_alert(sample(row["file"]), Profile(row["profile"]), at)
    assert found.verdict.value == row["verdict"], found
    layer = row["why"].split(":")[0]
    if row["verdict"] == "reject" and layer in set(Layer):
        assert {finding.layer.value for finding in found.findings if not finding.is_warning} == {layer}


@pytest.mark.parametrize("row", VERIFIED or NONE, ids=lambda row: f"{row['file']}-{row['at']}")
def test_verified(row: dict[str, str]) -> None:
    xml = sample(row["file"])
    pinned = sample("togo_signed/valid.xml").decode()
    coded = re.search("X509Certificate>(.*?)</", pinned, re.DOTALL)
    assert coded
    der = base64.b64decode("".join(coded[1].split()))
    lines = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    pem = f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
    trust = Trust(load_certificates(pem.encode()))
    at = None if row["at"].startswith("sent") else datetime.fromisoformat(row["at"] + "T00:00:00+00:00")
    assert verify(xml, trust, at).verdict is Verdict.REJECT
    stripped = verify(xml, trust, at, strip_blank=True)
    assert (stripped.verdict is Verdict.WARN) == ("--strip-blank" in row["verdict"])
    assert bool(stripped.content) == ("--strip-blank" in row["verdict"])


def large(points: int) -> bytes:
    """Return an alert with one ring of many points, like one of 882 kB and 41,009 points seen in the field."""
    half = points // 2
    out = [f"{10 + 0.5 * (i % 2) / 10 + i * 1e-4:.6f},{-5 + i * 1e-4:.6f}" for i in range(half)]
    back = [f"{12 + 0.5 * (i % 2) / 10 + i * 1e-4:.6f},{-5 + i * 1e-4:.6f}" for i in reversed(range(half))]
    ring = " ".join([*out, *back, out[0]])
    return re.sub("<polygon>.*?</polygon>", f"<polygon>{ring}</polygon>", GOOD, count=1).encode()


def test_a_very_large_alert_is_judged_in_bounds() -> None:
    xml = large(41_008)
    assert 800_000 < len(xml) < 1_000_000
    check_alert(GOOD.encode())
    tracemalloc.start()
    found = check_alert(xml, Profile.CAP)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.verdict is Verdict.ACCEPT
    assert peak_bytes < 100_000_000
    begun = time.process_time()
    assert any("41009 points" in finding.message for finding in check_alert(xml).findings)
    print(f"41,009 points: {1000 * (time.process_time() - begun):.0f} ms of CPU, {peak_bytes / 1e6:.0f} MB")
