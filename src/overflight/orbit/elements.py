"""Mean elements for SGP4, as a TLE or an OMM states them, and series of them.

The elements are those of SGP4 (Kozai mean motion, TEME axes of date, constants of WGS-72) and mean
nothing to another theory: F. R. Hoots and R. L. Roehrich, Spacetrack Report No. 3 (1980); D. A. Vallado,
P. Crawford, R. Hujsak and T. S. Kelso, AIAA 2006-6753.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import degrees, pi
from typing import TYPE_CHECKING

import numpy as np

from overflight.earth.orientation import MJD_0, julian_date
from overflight.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from sgp4.api import Satrec

__all__ = ["SGP4_WORDS", "ElementSeries", "ElementSet"]

WGS72_MU_KM3PS2, WGS72_RADIUS_KM = 398600.8, 6378.135
SGP4_WORDS = {
    1: "the mean eccentricity leaves 0 to 1",
    2: "the mean motion falls below zero",
    3: "the perturbed eccentricity leaves 0 to 1",
    4: "the semi-latus rectum falls below zero",
    5: "the elements are those of a sub-orbital path",
    6: "the satellite has decayed",
}
"""What SGP4's error codes mean (``sgp4.api.SGP4_ERRORS``)."""
_DAY_0 = datetime(1858, 11, 17, tzinfo=UTC)
_SGP4_DAY_0 = 2433281.5  # 1949 December 31 00:00, from which sgp4init counts days, rounded as there


@dataclass(frozen=True, slots=True)
class ElementSet:
    """One set. Epoch as Julian date in UTC in two parts; angles rad; mean motion (Kozai) rad/min.

    ``bstar`` is in inverse Earth radii; ``ndot_rev_day2`` and ``nddot_rev_day3`` are what a TLE prints
    (half the first and a sixth of the second derivative), which SGP4 does not use.
    """

    name: str
    catalogue_number: int
    designator: str
    epoch_jd: float
    epoch_fraction: float
    mean_motion_radpmin: float
    eccentricity: float
    inclination_rad: float
    node_rad: float
    perigee_rad: float
    mean_anomaly_rad: float
    bstar: float
    ndot_rev_day2: float = 0.0
    nddot_rev_day3: float = 0.0
    revolution: int = 0
    set_number: int = 0
    where: str = field(default="", compare=False)
    """File and line it comes from, for messages."""

    @property
    def epoch_utc(self) -> datetime:
        """Epoch as an instant, to the microsecond."""
        days = self.epoch_jd - MJD_0
        return _DAY_0 + timedelta(days=days, microseconds=round(self.epoch_fraction * 86400e6))

    @property
    def label(self) -> str:
        """Name with the catalogue number, or the number alone."""
        return f"{self.name} ({self.catalogue_number})" if self.name else str(self.catalogue_number)

    @property
    def revolutions_per_day(self) -> float:
        """Mean motion (Kozai) in revolutions per day."""
        return self.mean_motion_radpmin * 1440.0 / (2.0 * pi)

    @property
    def period_s(self) -> float:
        """Time of a revolution."""
        return 60.0 * 2.0 * pi / self.mean_motion_radpmin

    @property
    def brouwer_motion_radpmin(self) -> float:
        """Mean motion of Brouwer from that of Kozai: the un-Kozai step of SGP4 (Spacetrack Report No. 3)."""
        k2, xke = 5.413080e-4, 0.07436691613317
        cos_i, e2 = np.cos(self.inclination_rad), self.eccentricity**2
        a1 = (xke / self.mean_motion_radpmin) ** (2.0 / 3.0)
        d = 1.5 * k2 * (3.0 * cos_i**2 - 1.0) / (1.0 - e2) ** 1.5
        d1 = d / a1**2
        a0 = a1 * (1.0 - d1 / 3.0 - d1**2 - 134.0 / 81.0 * d1**3)
        return float(self.mean_motion_radpmin / (1.0 + d / a0**2))

    @property
    def mean_axis_km(self) -> float:
        """Brouwer mean semi-major axis."""
        return float((WGS72_MU_KM3PS2 / (self.brouwer_motion_radpmin / 60.0) ** 2) ** (1.0 / 3.0))

    @property
    def mean_heights_km(self) -> tuple[float, float]:
        """Perigee and apogee of the mean ellipse over the equatorial radius; the real heights differ by 10
        km.
        """
        a, e = self.mean_axis_km, self.eccentricity
        return a * (1.0 - e) - WGS72_RADIUS_KM, a * (1.0 + e) - WGS72_RADIUS_KM

    @property
    def is_deep_space(self) -> bool:
        """Whether SGP4 adds lunar and solar terms: period of 225 minutes or more."""
        return 2.0 * pi / self.brouwer_motion_radpmin >= 225.0

    def age_days(self, instant: datetime) -> float:
        """Return days from the epoch to an instant; negative before the epoch."""
        jd, fraction = julian_date(instant)
        return (jd - self.epoch_jd) + (fraction - self.epoch_fraction)

    def satrec(self) -> Satrec:
        """Return the propagator of these elements with the constants of WGS-72.

        Raises
        ------
        InputError : elements that SGP4 cannot start from
        """
        from sgp4.api import WGS72, Satrec

        satrec = Satrec()
        satrec.sgp4init(
            WGS72, "i", 0, (self.epoch_jd + self.epoch_fraction) - _SGP4_DAY_0, self.bstar,
            self.ndot_rev_day2 * 2.0 * pi / 1440.0**2, self.nddot_rev_day3 * 2.0 * pi / 1440.0**3,
            self.eccentricity, self.perigee_rad, self.inclination_rad, self.mean_anomaly_rad,
            self.mean_motion_radpmin, self.node_rad,
        )  # fmt: skip
        satrec.jdsatepoch, satrec.jdsatepochF = self.epoch_jd, self.epoch_fraction
        if satrec.error:
            raise InputError(
                self.where or self.label, "elements",
                found=f"a set that SGP4 cannot start from: {SGP4_WORDS.get(satrec.error, satrec.error)}",
                allowed="the elements of an orbit", remedy="Use an earlier set, or check the numbers.",
            )  # fmt: skip
        return satrec


@dataclass(frozen=True, slots=True)
class ElementSeries(Sequence[ElementSet]):
    """Sets of a file, by satellite and epoch; two of one satellite and epoch are one, the later in the
    file.
    """

    sets: tuple[ElementSet, ...]
    where: str = ""

    def __getitem__(self, index):  # noqa: ANN001  (one set, or a tuple of them)
        return self.sets[index]

    def __len__(self) -> int:
        return len(self.sets)

    def __iter__(self) -> Iterator[ElementSet]:
        return iter(self.sets)

    @classmethod
    def of(cls, sets: Sequence[ElementSet], where: str) -> ElementSeries:
        """Return the series of sets in any order."""
        found = {(s.catalogue_number, s.epoch_jd + s.epoch_fraction): s for s in sets}
        ordered = sorted(found.values(), key=lambda s: (s.catalogue_number, s.epoch_jd, s.epoch_fraction))
        return cls(tuple(ordered), where)

    @property
    def satellites(self) -> dict[int, str]:
        """Catalogue numbers with the label of each."""
        return {s.catalogue_number: s.label for s in self.sets}

    def of_satellite(self, catalogue_number: int) -> ElementSeries:
        """Return the sets of one satellite."""
        return ElementSeries(
            tuple(s for s in self.sets if s.catalogue_number == catalogue_number), self.where
        )

    def known_at(self, instant: datetime) -> ElementSet:
        """Return the newest set whose epoch is not after an instant; the oldest if there is none."""
        earlier = [s for s in self.sets if s.age_days(instant) >= -1e-8]  # to a millisecond
        return earlier[-1] if earlier else self.sets[0]

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row a set, angles in degrees."""
        import pandas as pd

        return pd.DataFrame(
            {
                "name": [s.name for s in self.sets],
                "catalogue_number": [s.catalogue_number for s in self.sets],
                "epoch_utc": [s.epoch_utc for s in self.sets],
                "revolutions_per_day": [s.revolutions_per_day for s in self.sets],
                "eccentricity": [s.eccentricity for s in self.sets],
                "inclination_deg": [degrees(s.inclination_rad) for s in self.sets],
                "node_deg": [degrees(s.node_rad) for s in self.sets],
                "perigee_deg": [degrees(s.perigee_rad) for s in self.sets],
                "mean_anomaly_deg": [degrees(s.mean_anomaly_rad) for s in self.sets],
                "bstar": [s.bstar for s in self.sets],
            }
        )

    def _repr_html_(self) -> str:
        return self.to_dataframe().to_html(index=False)
