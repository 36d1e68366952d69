"""KML against the OGC schema and read back by ``fastkml``, which carries both."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from fastkml import KML
from fastkml.validator import get_schema_parser
from lxml import etree

from overflight.errors import InputError
from overflight.formats.features import PathRows, PointFeature, PolygonFeature, Role
from overflight.formats.kml import document

KML_NS = {"k": "http://www.opengis.net/kml/2.2"}
EPOCH = datetime(2023, 8, 23, 18, 50, 30, tzinfo=UTC)
ROCKET = PathRows(
    "ロケット & payload", EPOCH, np.arange(3.0), np.array([124.7, 124.8, 124.9]), np.array([39.6, 39.5, 39.4]),
    np.array([0.0, 100.0, 5000.0]), properties={"mass_kg": 5.0, "none": None},
)  # fmt: skip
PACIFIC = PathRows(
    "Stage", EPOCH, np.arange(2.0), np.array([179.0, -179.0]), np.array([5.0, 5.0]), np.array([1e5, 9e4]),
    role=Role.FALL,
)  # fmt: skip
ZONE = PolygonFeature(
    "Zone",
    (
        (
            ((123.0, 36.0), (124.0, 36.0), (124.0, 35.0), (123.0, 36.0)),
            ((123.6, 35.8), (123.8, 35.8), (123.8, 35.6), (123.6, 35.8)),
        ),
    ),
    Role.ANNOUNCED,
    begin_utc=EPOCH,
    end_utc=EPOCH.replace(hour=19),
)
FEATURES = [ROCKET, PACIFIC, ZONE, PointFeature("fall", 128.0, 13.0, role=Role.IMPACT, time_utc=EPOCH)]


def test_the_ogc_schema_accepts_it() -> None:
    root = etree.fromstring(document("Reference event", FEATURES, description="a < b"))
    schema = get_schema_parser()
    assert schema.validate(root), schema.error_log
    broken = etree.fromstring(document("x", FEATURES).replace(b"LookAt", b"LookUp"))
    assert not schema.validate(broken)


def test_an_independent_reader_finds_folders_and_geometry() -> None:
    (top,) = KML.from_string(document("Reference event", FEATURES), strict=True).features  # type: ignore[arg-type]
    assert top.name == "Reference event"
    folders = {folder.name: folder.features for folder in top.features}  # type: ignore[union-attr]
    assert list(folders) == [
        "Path flown",
        "Paths of falling parts",
        "Announced zones",
        "Computed impacts",
    ]
    (rocket,) = folders["Path flown"]
    assert rocket.name == "ロケット & payload"
    assert list(rocket.geometry.coords) == [(124.7, 39.6, 0.0), (124.8, 39.5, 100.0), (124.9, 39.4, 5000.0)]
    assert rocket.times.begin.dt == EPOCH
    assert rocket.extended_data.elements[0].name == "mass_kg"
    (zone,) = folders["Announced zones"]
    assert len(list(zone.geometry.interiors)) == 1
    (stage,) = folders["Paths of falling parts"]
    assert len(list(stage.geometry.geoms)) == 2


def test_paths_stand_at_their_height() -> None:
    root = etree.fromstring(document("x", [ROCKET]))
    line = root.find(".//k:LineString", KML_NS)
    assert line is not None
    assert line.findtext("k:altitudeMode", namespaces=KML_NS) == "absolute"
    assert line.findtext("k:extrude", namespaces=KML_NS) == "1"


def test_every_style_that_is_named_exists() -> None:
    root = etree.fromstring(document("x", FEATURES))
    ids = {style.get("id") for style in root.iterfind(".//k:Style", KML_NS)}
    assert {(url.text or "")[1:] for url in root.iterfind(".//k:styleUrl", KML_NS)} == ids


def test_the_view_holds_everything() -> None:
    root = etree.fromstring(document("x", [PACIFIC]))
    assert float(root.findtext(".//k:LookAt/k:longitude", namespaces=KML_NS) or 0.0) == pytest.approx(-180.0)
    assert float(root.findtext(".//k:LookAt/k:range", namespaces=KML_NS) or 0.0) > 2 * 111e3
    assert etree.fromstring(document("x", [])).find(".//k:LookAt", KML_NS) is None


def test_what_xml_cannot_carry_is_refused() -> None:
    with pytest.raises(InputError, match="U\\+0007"):
        document("a\x07", [])
