"""Height against time: the ascent, what falls back, and when it reaches the surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from overflight.report.clock import Clock, elapsed
from overflight.report.concern import main_places
from overflight.report.flight_path import FlightPath, flight_path
from overflight.report.labels import Box, LabelField, Spot, around, numbered_disc, split_label
from overflight.report.svg import element, line_path, number, ring_path, simplified, title_and_description
from overflight.report.values import DropZone, HeightBand, PlanReport, Track
from overflight.report.words import distance, plain

__all__ = ["altitude_figure", "figure_axes"]

STEPS_MIN = (1, 2, 5, 10, 15, 20, 30, 60)
STEPS_KM = (10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0)
DISC = 9.0


@dataclass(frozen=True, slots=True)
class Axes:
    """The frame of the figure in drawing units, and the last time and height it shows."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    last_s: float
    highest_km: float

    def place(
        self, time_s: Sequence[float] | np.ndarray, height_km: Sequence[float] | np.ndarray
    ) -> np.ndarray:
        """Return drawing coordinates ``(n, 2)``."""
        x = self.left + (self.right - self.left) * np.asarray(time_s, dtype=float) / self.last_s
        y = self.bottom - (self.bottom - self.top) * np.asarray(height_km, dtype=float) / self.highest_km
        return np.stack([x, y], axis=1)

    def clip(self, time_s: Sequence[float], height_km: Sequence[float]) -> np.ndarray:
        """Return a curve on the drawing up to the last time shown, densely enough to be smooth."""
        times, heights = np.asarray(time_s, dtype=float), np.asarray(height_km, dtype=float)
        last = min(self.last_s, float(times[-1]))
        inner = times[(times > times[0]) & (times < last)]
        wanted = np.concatenate([[times[0]], inner, [last]])
        return self.place(wanted, np.interp(wanted, times, heights))


def altitude_figure(report: PlanReport, clock: Clock, *, narrow: bool) -> str:
    """Return the figure as SVG, or an empty string if no track has a height."""
    path = flight_path(report.tracks)
    if len(path) < 2:
        return ""
    axes = figure_axes(report, narrow=narrow)
    field = LabelField(axes.width, axes.height, 0)
    field.block(Box(0, axes.bottom - 1, axes.width, axes.height), Box(0, 0, axes.left - 1, axes.height))
    field.block(Box(0, 0, 76, 17))
    lines = frame(axes, clock, narrow=narrow)
    falls = [track for track in report.tracks if track.kind == "fall" and len(track.time_s) > 1]
    avoid_curves(field, axes, path, falls, report.height_bands)
    discs = event_discs(axes, field, report)
    under = nearest_places(axes, field, report)
    drawn = [bands(axes, report.height_bands), fall_curves(axes, falls), windows(axes, report.drop_zones)]
    drawn.append(ascent(axes, path))
    curve_labels(axes, field, path, falls, report.height_bands)
    window_labels(axes, field, report)
    prefix = "height-curve-narrow" if narrow else "height-curve"
    top = float(path.altitude_km.max())
    said = [f"The path reaches {distance(top)}."] + [window_words(zone, clock) for zone in report.drop_zones]
    return element(
        "svg",
        "".join(
            [
                title_and_description(prefix, "Height against time", said),
                lines,
                under,
                *drawn,
                field.svg(),
                discs,
            ]
        ),
        id=prefix,
        class_="fig plain",
        viewBox=f"0 0 {number(axes.width)} {number(axes.height)}",
        role="img",
        aria_labelledby=f"{prefix}-t",
        aria_describedby=f"{prefix}-d",
    )


def figure_axes(report: PlanReport, *, narrow: bool) -> Axes:
    """Return axes that show the ascent and every fall to its end."""
    path = flight_path(report.tracks)
    path_end = float(path.time_s[-1])
    falls = [zone.last_time_s for zone in report.drop_zones if zone.planned]
    falls += [track.time_s[-1] for track in report.tracks if track.kind == "fall" and track.time_s]
    times = [*falls, *(event.time_s for event in report.timeline)]
    core = max([*times, min(path_end, 1.2 * max(falls)) if falls else path_end])
    longest = [zone.last_time_s for zone in report.drop_zones]
    longest += [band.time_s[-1] for band in report.height_bands if band.time_s]
    last = max(core, min(1.35 * core, max(longest, default=core)))
    shown = path.altitude_km[path.time_s <= last]
    highs = [max(track.altitude_km) for track in report.tracks if track.kind == "fall" and track.altitude_km]
    highs += [max(band.high_km) for band in report.height_bands if band.high_km]
    highest = 1.12 * max([float(shown.max()), *highs, 10.0])
    if narrow:
        return Axes(360, 330, 34, 352, 24, 286, max(last, 60.0), highest)
    return Axes(1000, 410, 44, 984, 26, 360, max(last, 60.0), highest)


def frame(axes: Axes, clock: Clock, *, narrow: bool) -> str:
    """Return the grid and the words on both axes: local time, and minutes since lift-off."""
    out = [element("text", "Height, km", class_="s b", x=2.0, y=12.0)]
    step = next((s for s in STEPS_KM if axes.highest_km / s <= (6.5 if narrow else 8)), STEPS_KM[-1])
    for height in np.arange(0, axes.highest_km, step).tolist():
        (_, y) = axes.place([0], [height])[0].tolist()
        css = "axis" if height == 0 else "rule"
        out.append(f'<path class="{css}" d="M{number(axes.left)} {number(y)}H{number(axes.right)}"/>')
        out.append(element("text", plain(height), class_="s", x=axes.left - 6, y=y + 4, text_anchor="end"))
    most = 4 if narrow else 12
    every = next((s for s in STEPS_MIN if axes.last_s / 60 / s <= most), STEPS_MIN[-1])
    for time in np.arange(0, axes.last_s + 1, 60 * every).tolist():
        x = float(axes.place([time], [0])[0, 0])
        anchor = "start" if x < axes.left + 12 else "end" if x > axes.right - 14 else "middle"
        text = clock.local(time, seconds=clock.seconds_past_minute() > 0, day=False)
        out.append(f'<path class="axis" d="M{number(x)} {number(axes.bottom)}v5"/>')
        out.append(element("text", text, x=x, y=axes.bottom + 20, text_anchor=anchor))
        since = elapsed(time) if time else "lift-off"
        out.append(
            element(
                "text", since.replace(" 00 s", ""), class_="s", x=x, y=axes.bottom + 36, text_anchor=anchor
            )
        )
    return "".join(out)


def ascent(axes: Axes, path: FlightPath) -> str:
    """Return the rocket's curve: solid as far as it was flown, dotted beyond."""
    start, end = float(path.time_s[0]), float(path.time_s[-1])
    flown = path.flown_s if path.flown_s is not None else start
    out: list[str] = []
    for css, first, last in (("plan", flown, end), ("trk", start, flown)):
        if last - first > 1e-6 and first < axes.last_s:
            part = path.upto(first, last)
            xy = simplified(axes.clip(part.time_s.tolist(), part.altitude_km.tolist()), 0.2)
            out.append(element("path", class_=css, d=line_path(xy)))
    return "".join(out)


def fall_curves(axes: Axes, falls: Sequence[Track]) -> str:
    """Return the curves of falling bodies."""
    curves = [simplified(axes.clip(track.time_s, track.altitude_km), 0.2) for track in falls]
    return "".join(element("path", class_="fall-curve", d=line_path(xy)) for xy in curves)


def bands(axes: Axes, rows: Sequence[HeightBand]) -> str:
    """Return the bands of possible heights."""
    out: list[str] = []
    for row in rows:
        if len(row.time_s) > 1:
            edge = np.vstack([axes.clip(row.time_s, row.high_km), axes.clip(row.time_s, row.low_km)[::-1]])
            out.append(element("path", class_="e90", d=ring_path(edge)))
    return "".join(out)


def windows(axes: Axes, zones: Sequence[DropZone]) -> str:
    """Return bars on the time axis while each body reaches the surface."""
    out: list[str] = []
    for zone in zones:
        if zone.first_time_s >= axes.last_s:
            continue
        ends = axes.place([zone.first_time_s, min(zone.last_time_s, axes.last_s)], [0, 0])[:, 0]
        x0, x1 = ends.tolist()
        y = axes.bottom - 2.5
        out.append(element("path", class_="window", d=f"M{number(x0)} {number(y)}H{number(max(x1, x0 + 3))}"))
        if zone.last_time_s > axes.last_s:
            tip = f"M{number(x1)} {number(y - 6)}l7 6l-7 6z"
            out.append(element("path", class_="window-tip", d=tip))
    return "".join(out)


def event_discs(axes: Axes, field: LabelField, report: PlanReport) -> str:
    """Return the numbered discs of the timeline where an event after lift-off has a height."""
    out: list[str] = []
    for event in report.timeline:
        if event.number is None or event.altitude_km is None or not 0 < event.time_s <= axes.last_s:
            continue
        time = event.time_s if event.end_s is None else (event.time_s + event.end_s) / 2
        x, y = axes.place([time], [event.altitude_km])[0].tolist()
        out.append(numbered_disc(field, event.number, x, min(y, axes.bottom - DISC - 6), DISC))
    return "".join(out)


def nearest_places(axes: Axes, field: LabelField, report: PlanReport) -> str:
    """Return lines at the times when the path is nearest the places most concerned."""
    out: list[str] = []
    for row in main_places(report.places):
        if not row.closest_time_s or row.closest_time_s > axes.last_s:
            continue
        x = float(axes.place([row.closest_time_s], [0])[0, 0])
        text = f"nearest to {row.name_en or row.name}"
        spots = [Spot(x - 6, axes.top - 10, "end"), Spot(x + 6, axes.top - 10, "start", 0.2)]
        if field.put([(text, "s")], spots):
            out.append(
                f'<path class="passing" d="M{number(x)} {number(axes.bottom)}V{number(axes.top - 16)}"/>'
            )
    return "".join(out)


def avoid_curves(
    field: LabelField, axes: Axes, path: FlightPath, falls: Sequence[Track], rows: Sequence[HeightBand]
) -> None:
    """Tell the field where the curves run."""
    curves = [(path.time_s, path.altitude_km), *((t.time_s, t.altitude_km) for t in falls)]
    curves += [(band.time_s, edge) for band in rows for edge in (band.low_km, band.high_km)]
    for times, heights in curves:
        dense = np.linspace(times[0], min(times[-1], axes.last_s), 500)
        field.avoid(axes.place(dense, np.interp(dense, times, heights)))


def curve_labels(
    axes: Axes, field: LabelField, path: FlightPath, falls: Sequence[Track], rows: Sequence[HeightBand]
) -> None:
    """Name each curve beside it, where it is free."""
    named = [("Rocket", "tm", np.asarray(path.time_s), np.asarray(path.altitude_km))]
    named += [(track.name, "mo", np.array(track.time_s), np.array(track.altitude_km)) for track in falls]
    for row in rows:
        middle = (np.array(row.low_km) + np.array(row.high_km)) / 2
        times = np.linspace(row.time_s[0], min(row.time_s[-1], axes.last_s), 40)[4:-4]
        inside = axes.place(times, np.interp(times, row.time_s, middle)).tolist()
        spots = [Spot(x, y, "middle", 0.02 * rank) for rank, (x, y) in enumerate(inside[::-1])]
        for lines in ([(row.label, "mo")], [(part, "mo") for part in split_label(row.label, 1)]):
            if field.put(lines, spots, most=3.0 if len(lines) == 1 else 20.0):
                break
    for name, css, times, heights in named:
        spots: list[Spot] = []
        for rank, share in enumerate((0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)):
            time = times[0] + share * (min(times[-1], axes.last_s) - times[0])
            x, y = axes.place([time], [np.interp(time, times, heights)])[0].tolist()
            spots += around(x, y, 9, cost=0.3 * rank) + around(x, y, 20, cost=0.3 * rank + 1)
        field.put([(name, css)], spots)


def window_labels(axes: Axes, field: LabelField, report: PlanReport) -> None:
    """Name the bars of those bodies that have no curve."""
    named = [track.name for track in report.tracks if track.kind == "fall"]
    named += [band.label for band in report.height_bands]
    for zone in report.drop_zones:
        drawn = any(name in zone.body or zone.body in name for name in named)
        if drawn or zone.first_time_s >= axes.last_s:
            continue
        ends = axes.place([zone.first_time_s, min(zone.last_time_s, axes.last_s)], [0, 0])[:, 0]
        y = axes.bottom - 16
        spots = [Spot(float(ends[0]), y), Spot(float(ends[1]), y, "end"), Spot(float(ends[1]), y - 16, "end")]
        for lines in ([(zone.body, "mo")], [(part, "mo") for part in split_label(zone.body, 1)]):
            if field.put(lines, spots, most=20):
                break


def window_words(zone: DropZone, clock: Clock) -> str:
    """Return when a body reaches the surface, in words."""
    span = clock.local_span(zone.first_time_s, zone.last_time_s)
    return f"{zone.body} reaches the surface {span} {clock.zone}."
