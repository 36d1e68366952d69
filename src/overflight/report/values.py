"""What a plan report shows, as plain values.

``PlanReport`` is the single source of every figure on the page, in the terminal summary and in
``run.json``: jobs fill it, pages, tables and exports only read it.  Angles are degrees, distances
kilometres and times seconds after lift-off, because these values are for people; probabilities are
0..1.  A value that does not exist (an orbit has no impact) is ``None``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from overflight.report.risk_values import RiskReport

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Source:
    """A cited source. ``key`` is what facts and values refer to (``s1``)."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class RunInfo:
    """How the figures were made; enough to repeat the run."""

    version: str
    run_id: str  # first 12 hex digits of the hash over inputs, seed and counts
    computed_utc: datetime
    seed: int
    flights: int
    flights_failed: int
    fragments_per_breakup: int
    fragments: int
    engine: str
    method: str  # one paragraph, plain words
    stopping: str = ""  # why it has so many flights, where a figure decided that


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One row of the timeline; ``number`` ties it to the same disc on the map (or None)."""

    time_s: float
    end_s: float | None  # for spans (falls)
    title: str  # bold lead, e.g. "Lift-off from Sohae."
    text: str  # the rest of the sentence(s)
    number: int | None = None
    longitude_deg: float | None = None
    latitude_deg: float | None = None
    altitude_km: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """A ground track with height, one row a second or coarser."""

    name: str  # "Rocket", "Stage 1" ...
    kind: str  # "flown" (up to the failure that happened) | "planned" | "fall"
    time_s: tuple[float, ...]
    longitude_deg: tuple[float, ...]
    latitude_deg: tuple[float, ...]
    altitude_km: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A way the launch may go, with its probability before launch."""

    key: str
    label: str
    probability: float
    low: float | None  # interval as stated by the scenario, None if none is stated
    high: float | None
    falls: str  # where parts go then, in words
    happened: bool
    is_failure: bool
    flights: int  # flights computed in this stratum


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Exposure of one place (municipality, county, country part)."""

    code: str
    name: str  # local script
    name_en: str | None
    country: str  # ISO 3166 alpha-2
    region: str | None  # prefecture, province
    population: int | None
    population_source: str | None
    longitude_deg: float
    latitude_deg: float
    rings: tuple[tuple[LonLat, ...], ...]  # outer rings, simplified for drawing
    closest_km: float  # nominal track to polygon, 0 if over it
    closest_side: str | None  # "E", "W" ...: where the place lies seen from the track
    closest_time_s: float | None  # nominal time of closest approach
    first_time_s: float | None  # 5 % of passing flights have come within width by then
    last_time_s: float | None  # 95 % of passing flights have left by then
    p_over: float  # ground track within width_km
    p_over_se: float  # Monte Carlo standard error
    p_impact_line: float  # instantaneous impact point within width_km
    p_impact_line_se: float
    p_debris: float  # at least one piece lands in the place
    p_debris_se: float
    p_debris_below: float | None  # 95 % upper bound where no piece was seen
    region_local: str | None = None  # in the script of its country; None where the place is a region itself


@dataclass(frozen=True, slots=True)
class AnnouncedZone:
    """A zone announced by the launching side, as the scenario states it."""

    key: str
    label: str
    body: str | None
    ring: tuple[LonLat, ...]
    note: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZoneDriver:
    """An uncertain input that drives where a body falls, and how much of the spread it explains."""

    axis: str  # "along" or "across" the long axis
    path: str  # key of the scenario
    words: str  # "thrust of Stage 1"
    share: float
    error: float


@dataclass(frozen=True, slots=True)
class DropZone:
    """Where one body falls, computed, beside the zone announced for it."""

    body: str  # "Stage 1"
    condition: str  # "all flights in which it separates" ...
    announced_key: str | None
    announced_centre: LonLat | None
    centre: LonLat
    semi_major_km: float
    semi_minor_km: float
    azimuth_deg: float  # of the major axis, clockwise from north
    containment: float  # stated probability of the ellipse, e.g. 0.99
    contained: float  # fraction of weighted impacts actually inside the ring
    ring: tuple[LonLat, ...]
    ring_half: tuple[LonLat, ...]  # 50 % ellipse
    samples: tuple[LonLat, ...]  # thinned impact points for drawing
    impacts: int
    first_time_s: float  # 5 % quantile of impact time
    last_time_s: float  # 95 %
    inside_announced: float | None  # probability inside the announced zone
    overlaps_announced: bool | None
    centre_offset_km: float | None
    agreement: str  # "Yes." / "In part." / "No." / "Cannot be said." plus reason in words
    shape: str = "ellipse"  # or "band": the axes are then half its length and half its greatest width
    planned: bool = True  # False for what falls only because of the failure that happened
    drivers: tuple[ZoneDriver, ...] = ()  # the strongest, those that chance would not show
    body_key: str = ""  # "stage-1" ..., as in the tables


@dataclass(frozen=True, slots=True)
class FactRow:
    """A published fact against the model."""

    label: str
    confidence: str  # A official in full, B press quoting official, C single source, D derived
    sources: tuple[str, ...]
    published: str
    model: str
    residual_sigma: float | None  # (model - fact) / combined sigma, None if not a number
    reading: str  # one short sentence
    fits: bool | None
    contradicts: tuple[str, ...] = ()  # labels of facts that this one contradicts


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the known / estimated / unknown lists."""

    state: str  # "known" | "estimated" | "unknown"
    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """A prepared warning, never sent from here."""

    kind: str  # "launch" | "overflight" | "all_clear" | "will_not_arrive"
    file: str  # path below the output folder
    language_texts: tuple[tuple[str, str, str], ...]  # (language, headline, description)
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A draft notice to mariners or airmen, to copy; never issued from here."""

    kind: str  # "mariners" | "airmen"
    title: str  # "All planned falls", "Stage 1"
    file: str  # path below the output folder
    text: str


@dataclass(frozen=True, slots=True)
class Spread:
    """A quantity with the middle of its values, and the bounds of nine in ten: 5, 50 and 95 %."""

    label: str
    unit: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class OrbitReached:
    """The orbit of the flights that reach one, at the end of powered flight."""

    flights: int  # that reach orbit
    chance: float  # of the launch, over all outcomes
    chance_se: float  # Monte Carlo standard error
    as_planned: float | None  # share of the flights without a failure
    flights_as_planned: int
    time_s: tuple[float, float, float]  # of the end of powered flight: 5, 50 and 95 %
    least_perigee_km: float  # from which a flight counts
    spreads: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class HeightBand:
    """The range of heights that one body goes through, for the figure of height against time."""

    label: str  # "Third stage, if lost"
    share: float  # of the flights at each time, e.g. 0.9
    time_s: tuple[float, ...]
    low_km: tuple[float, ...]
    high_km: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PlanReport:
    """Everything a plan shows."""

    title: str  # "Chollima-1 with Malligyong-1, second launch"
    vehicle: str
    site: str
    site_lonlat: LonLat
    lift_off_utc: datetime
    lift_off_note: str
    zone_label: str  # "KST = JST"
    zone_offset_h: float
    headline: str  # the answer, one sentence with a verb
    lede: str
    key_figures: tuple[tuple[str, str], ...]  # (value, what it is), up to six
    timeline: tuple[TimelineEvent, ...]
    tracks: tuple[Track, ...]
    band: tuple[LonLat, ...]  # ring of the 90 % band of ground tracks
    band_times: tuple[tuple[float, float, float], ...]  # (lon, lat, time_s): whole minutes on the track
    outcomes: tuple[Outcome, ...]
    places: tuple[PlaceRow, ...]  # those shown, most likely first
    places_note: str
    width_km: float
    announced: tuple[AnnouncedZone, ...]
    drop_zones: tuple[DropZone, ...]
    facts: tuple[FactRow, ...]
    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]
    alerts: tuple[AlertDraft, ...]
    credits: tuple[str, ...]
    run: RunInfo
    height_bands: tuple[HeightBand, ...] = ()
    risk: RiskReport | None = None
    notices: tuple[NoticeText, ...] = ()
    orbit: OrbitReached | None = None
