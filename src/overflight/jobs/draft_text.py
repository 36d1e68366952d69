"""The text of a drafted scenario: a class of vehicles, the announced zones, and what nobody has published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from overflight.formats.notices.values import Notice, Window
from overflight.jobs.draft_failures import FailureSource
from overflight.jobs.draft_zones import SeenZone

__all__ = ["draft_text", "headings"]

_WIND = """
[wind]
altitude_m = [0.0, 5000.0, 12000.0, 20000.0, 40000.0]
speed_mps = [5.0, 15.0, 30.0, 12.0, 0.0]
from_deg = [270.0, 270.0, 270.0, 270.0, 270.0]
factor = { value = 0.0, sigma = 0.8, note = "the wind of the day is not known: from west or from east" }
note = "estimate: not the wind of the day"

[termination]
fitted = false
note = "not known; a break-up by command is not drafted"
"""
_UNKNOWN = (
    "The vehicle: a class of vehicles stands for it, as wide as the zones leave it.",
    "Azimuth, payload and orbit: nuisance quantities, no result.",
    "The moment of lift-off within the window.",
    "The wind of the day.",
    "Times along the path: spread wider than the zones leave them, by a measured factor (docs/notices.md).",
)


def draft_text(
    notice: Notice,
    digest: str,
    zones: Sequence[SeenZone],
    way: Mapping[str, SeenZone],
    *,
    like: str,
    site_latlon_deg: tuple[float, float],
    window: Window,
    remarks: Sequence[str],
    failures: FailureSource,
) -> str:
    """Return the TOML text of a scenario before its fit; ``way`` says which zone is for which body."""
    first, then = headings(way, site_latlon_deg)
    name = notice.identifier or "announced launch"
    span_s = (window.end_utc - window.begin_utc).total_seconds()
    unknown = "\n".join(
        f"  {_quoted(text)},"
        for text in (
            *_UNKNOWN,
            f"{failures.remark[0].upper()}{failures.remark[1:]}.",
            *(f"Notice: {r}." for r in remarks),
        )
    )
    offset = (
        f"offset_s = {{ value = {span_s / 2.0:.1f}, range = [0.0, {span_s:.1f}], "
        'note = "any time in the announced window" }\n'
        if span_s > 0.0
        else ""
    )
    country = f'country = "{failures.country}"\n' if failures.country else ""
    return (
        f"# A DRAFT from a published notice, by `overflight draft`: a class of vehicles ({like}) fitted\n"
        "# to the announced zones. Nothing here is known of the vehicle itself; replace what you know\n"
        "# and cite it.\n"
        "schema_version = 1\n"
        f"title = {_quoted(f'Draft: {name}, {window.begin_utc:%d %B %Y}')}\n"
        f"about = {_quoted(_about(notice, like))}\n"
        f"unknown = [\n{unknown}\n]\n\n"
        f'[launch]\nutc = {_utc(window.begin_utc)}\n{offset}source = "notice"\n\n'
        f"[site]\nname = {_quoted(_place(*site_latlon_deg))}\n"
        f"latitude_deg = {site_latlon_deg[0]:.6g}\nlongitude_deg = {site_latlon_deg[1]:.7g}\n"
        f'{country}note = "as given by the user"\n\n'
        f"{failures.vehicle(like, first_deg=first, then_deg=then)}{_WIND}\n"
        f"{_zone_tables(zones, way)}{_sources(notice, digest, like, failures)}"
    )


def _about(notice: Notice, like: str) -> str:
    named = f"notice {notice.identifier}" if notice.identifier else "a published notice"
    return (
        f"Drafted from {named} with the class {like}: an estimate in every number, to say who lies under the "
        "announced launch, not what flies."
    )


def headings(way: Mapping[str, SeenZone], site: tuple[float, float]) -> tuple[float, float]:
    """Return the middle of the headings of the first stage and of those above: towards the zones.

    Two zones no farther apart than they are large tell no direction: then the path goes straight on from the
    pad.
    """
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    order = sorted(way.values(), key=lambda zone: zone.distance_m)
    near, far = order[0], order[-1]
    first = near.azimuth_deg
    then, _, apart_m = geod.inv(*near.middle_deg, *far.middle_deg)
    if apart_m < near.length_m + far.length_m:
        then = geod.inv(*far.middle_deg, site[1], site[0])[0] + 180.0
    # next to each other on the circle, so that a spread across north stays one stretch
    return first, first + (then - first + 180.0) % 360.0 - 180.0


def _zone_tables(zones: Sequence[SeenZone], way: Mapping[str, SeenZone]) -> str:
    body_of = {id(zone): body for body, zone in way.items()}
    tables = []
    for number, zone in enumerate(zones, start=1):
        body = body_of.get(id(zone))
        meant = (
            f"taken for {body} by its distance, {zone.distance_m / 1e3:.0f} km from the pad"
            if body
            else f"{zone.idle}, for no body"
        )  # fmt: skip
        shore = f"; {100 * zone.land:.0f} % of it on land" if zone.land >= 0.005 else ""
        corners = "".join(f"  [{lat:.5f}, {lon:.5f}],\n" for lon, lat in _wrapped(zone))
        name = zone.name.title()
        tables.append(
            f'[[announced_zone]]\nkey = "zone-{number}"\nlabel = {_quoted(f"Announced: {name}")}\n'
            + (f'body = "{body}"\n' if body else "")
            + f'ring_latlon_deg = [\n{corners}]\nsource = "notice"\nnote = {_quoted(meant + shore)}\n\n'
        )
    return "".join(tables)


def _wrapped(zone: SeenZone) -> list[tuple[float, float]]:
    ring = [(float((lon + 180.0) % 360.0 - 180.0), lat) for lon, lat in zone.ring_deg]
    return [*ring[:-1], ring[0]]


def _sources(notice: Notice, digest: str, like: str, failures: FailureSource) -> str:
    named = notice.identifier or "text without a number"
    rows = (
        ("notice", f"Published notice: {named}; SHA-256 of its text {digest}"),
        ("class", f"Class of vehicles {like}: order of magnitude, estimate; sources in the comment above it"),
    )
    if failures.record is None:
        rows += (("failures", "Estimate of the order of launch records; not the record of this vehicle"),)
    return "\n".join(f'[[source]]\nkey = "{key}"\ntext = {_quoted(text)}\n' for key, text in rows)


def _quoted(text: str) -> str:
    """Return a TOML basic string; what could not be shown to people is left out."""
    clean = "".join(c for c in text if c.isprintable())[:900]
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _place(latitude_deg: float, longitude_deg: float) -> str:
    north, east = "N" if latitude_deg >= 0 else "S", "E" if longitude_deg >= 0 else "W"
    return f"Pad at {abs(latitude_deg):.3f} {north}, {abs(longitude_deg):.3f} {east}"
