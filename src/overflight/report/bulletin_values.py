"""What a bulletin shows, as plain values without a language.

``Bulletin`` is the single source of every figure on its pages, in its drawings and in ``run.json``: the job
fills it, pages only word and draw it.  Angles are degrees, distances kilometres, times seconds after
lift-off; probabilities are 0 to 1.  What does not exist is ``None``.  Texts that people wrote (labels, words
of a source) come as :class:`Words`, in the languages in which they were written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from overflight.report.values import AnnouncedZone, LonLat, PlaceRow, Source


@dataclass(frozen=True, slots=True)
class Words:
    """A text by language; ``text`` is the one of the file, in English unless it says otherwise."""

    text: str
    ja: str | None = None
    ko: str | None = None

    def of(self, language: str) -> tuple[str, str]:
        """Return the text and the language that it is in."""
        own = {"ja": self.ja, "ko": self.ko}.get(language)
        return (own, language) if own else (self.text, "en")


@dataclass(frozen=True, slots=True)
class ExplainRun:
    """How the figures were made; enough to repeat the run."""

    version: str
    run_id: str
    computed_utc: datetime
    seed: int
    flights: int  # of the bank
    effective: float  # flights left after the facts (Kish)
    pareto_k: float  # shape of the tail of the weights; up to 0.7 they are fit for use
    samples: int  # drawn from them for falls and places
    fragments: int
    engine: str


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """A way the flight may have gone: probability before and after the facts."""

    key: str
    label: Words
    mode: str
    stage: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What has been announced of the next attempt: its window, and what is said to have changed."""

    from_utc: datetime
    to_utc: datetime
    changed: Words | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextAttempt:
    """The next launch of this type by the record: launches so far, failures, and limits of its success."""

    flights: int
    failures: int
    low: float
    high: float
    similar: bool  # counted over similar vehicles, for want of flights of this one


@dataclass(frozen=True, slots=True)
class FallRow:
    """Where a body came down, computed.

    ``body`` is ``stage-1``, ``fairing`` or ``remains-3`` (what was left in the flight of stage 3, payload
    included); ``probability`` that there was such a fall at all.
    """

    body: str
    probability: float
    centre: LonLat
    semi_major_km: float
    semi_minor_km: float
    azimuth_deg: float
    containment: float
    area_km2: float
    ring: tuple[LonLat, ...]
    ring_half: tuple[LonLat, ...]
    samples: tuple[LonLat, ...]
    first_time_s: float
    last_time_s: float
    inside_announced: float | None


@dataclass(frozen=True, slots=True)
class SeaState:
    """Wind and current that what floats drifts with; ``assumed`` where nobody told them."""

    wind_mps: float
    wind_from_deg: float
    wind_sd_mps: float
    current_mps: float
    current_towards_deg: float
    current_sd_mps: float
    assumed: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DriftArea:
    """Where a body floats some hours after lift-off, if it does: 90 % (``ring``) and 50 % of what still does.

    ``stranded`` is the share that has come ashore by then.
    """

    body: str
    hours: float
    centre: LonLat
    semi_major_km: float
    semi_minor_km: float
    azimuth_deg: float
    ring: tuple[LonLat, ...]
    ring_half: tuple[LonLat, ...]
    stranded: float


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A class of objects and a task, with the least and greatest chance by both rules of interpretability."""

    object_class: str
    task: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Imaging:
    """What the camera on board could show, every figure a range.

    ``altitude_is`` says whose heights these are: ``published``, ``computed`` or ``planned``.
    """

    camera: str
    altitude_low_km: float
    altitude_high_km: float
    altitude_is: str
    off_nadir_deg: float
    gsd_low_m: float
    gsd_high_m: float
    niirs_low: float
    niirs_high: float
    niirs_error: float
    seen: tuple[SeenRow, ...]
    evidence: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChainRow:
    """The sampler beside the bank: that it converged, and how far its means lie from those of the bank."""

    steps: int
    walkers: int
    autocorrelation_steps: float
    scale_reduction: float
    apart: float  # largest difference of a mean, in posterior standard deviations


@dataclass(frozen=True, slots=True)
class PathBand:
    """The path of the flights that are left, at times (s): mean place, height with its 90 % band."""

    time_s: tuple[float, ...]
    longitude_deg: tuple[float, ...]
    latitude_deg: tuple[float, ...]
    altitude_km: tuple[float, ...]
    low_km: tuple[float, ...]
    high_km: tuple[float, ...]
    range_km: tuple[float, ...]
    flown_s: float  # median end of powered flight
    flown_low_s: float
    flown_high_s: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One number of a claim against the flights: residual and tension in sigma, ``None`` for a yes or no."""

    what: str  # "time" | "distance" | "longitude" | "inside" | "orbit" | "stage" ...
    unit: str
    fact: float | None
    tolerance: float
    model: float
    model_sd: float
    residual: float | None
    agrees: float | None  # probability that the claim is right
    tension: float | None


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim with its words, its sources and what the flights say about it."""

    key: str
    kind: str
    label: Words
    published: Words
    speaker: Words | None
    spoken_utc: datetime | None
    answers: str | None  # the question that these words answer
    count: int | None  # of a claim that only counts
    date: date | None
    confidence: str
    sources: tuple[str, ...]
    contradicts: tuple[str, ...]
    revises: str | None
    revised_by: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    influence: float | None  # largest shift of a figure without it, in posterior standard deviations
    influence_on: str | None

    @property
    def fits(self) -> bool | None:
        """Whether the flights agree with it: within 2 sigma, or likelier than not; ``None``: no number."""
        if not self.comparisons:
            return None
        return all(
            abs(row.residual) <= 2.0 if row.residual is not None else (row.agrees or 0.0) >= 0.5
            for row in self.comparisons
        )


@dataclass(frozen=True, slots=True)
class HypothesisRow:
    """A statement weighed against its opposite; ``bound`` marks a factor that is only known to be beyond."""

    key: str
    label: Words
    before: float
    after: float
    bayes_factor: float
    log10_error: float
    bound: bool


@dataclass(frozen=True, slots=True)
class LearnedRow:
    """A quantity of the scenario before and after the facts."""

    path: str
    label: Words
    prior_mean: float
    prior_sd: float
    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A fact nobody published and the share of the uncertainty of the search that it would remove.

    ``what`` is ``end_s``, ``fall:BODY`` or the path of a quantity, whose words are in ``label``.
    """

    what: str
    label: Words
    removes: float


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A warning as it was given."""

    system: Words
    area: Words
    country: str | None
    raised_utc: datetime
    lifted_utc: datetime | None
    asked: int | None
    confirmed: int | None
    damage: Words | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change to the page."""

    utc: datetime
    correction: bool
    text: Words


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A question that only a source answers."""

    question: Words
    answer: Words
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """Everything a bulletin shows."""

    key: str
    title: Words
    about: Words
    vehicle: str
    payload: str
    site: str
    site_lonlat: LonLat
    stages: int
    lift_off_utc: datetime  # mean of the flights that are left
    lift_off_s: float  # the same after ``launch.utc`` of the scenario, from which facts count
    lift_off_sd_s: float
    zone_label: str
    zone_offset_h: float
    outcomes: tuple[OutcomeRow, ...]
    orbit: float
    path: PathBand
    falls: tuple[FallRow, ...]
    places: tuple[PlaceRow, ...]
    places_height_km: tuple[float | None, ...]
    debris_on_land: float
    debris_below: float | None
    announced: tuple[AnnouncedZone, ...]
    claims: tuple[ClaimRow, ...]
    objects: tuple[tuple[str, str, float], ...]  # claim key, body, probability
    hypotheses: tuple[HypothesisRow, ...]
    learned: tuple[LearnedRow, ...]
    missing: tuple[MissingRow, ...]
    warnings: tuple[WarningRow, ...]
    changes: tuple[ChangeRow, ...]
    answers: tuple[AnswerRow, ...]
    unknown: tuple[Words, ...]
    next_attempt: NextAttempt | None
    upcoming: Upcoming | None
    imaging: Imaging | None
    sea: SeaState
    drift: tuple[DriftArea, ...]
    chain: ChainRow | None
    sources: tuple[Source, ...]
    credits: tuple[str, ...]
    run: ExplainRun
