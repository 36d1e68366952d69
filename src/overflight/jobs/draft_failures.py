"""How likely a drafted launch is to fail: from the record of launches before it, else labelled estimates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from overflight.errors import InputError
from overflight.exposure.places import load_places
from overflight.record.load import load_record
from overflight.scenario.template import vehicle_class

__all__ = ["FailureSource", "failure_source"]

RULE = "14 CFR A417.25(b)(5)(iii)"
NEAR_DEG = 0.3
"""How far off the packaged land a pad may lie: coasts are drawn coarsely, and pads stand on them."""


@dataclass(frozen=True, slots=True)
class FailureSource:
    """Where failure probabilities come from: ``record`` is the key of a plan's ``vehicle.record``, None for
    the estimates of the class; ``country`` of the pad, where it is known."""

    country: str | None
    record: str | None
    said: str

    @property
    def remark(self) -> str:
        """What is said of it, one sentence without its stop."""
        return f"chances of failing: {self.said}"

    def vehicle(self, like: str, *, first_deg: float, then_deg: float) -> str:
        """Return the tables of the class, its estimates left out where the record stands for them."""
        text = vehicle_class(like, first_deg=first_deg, then_deg=then_deg)
        if self.record is None:
            return text
        text = re.sub(r"^probability = .*\n", "", text, flags=re.MULTILINE)
        return text.replace("[vehicle]\n", f'[vehicle]\nrecord = "{self.record}"\n', 1)


def failure_source(
    site_latlon_deg: tuple[float, float], before: datetime, like: str, told: str | None
) -> FailureSource:
    """Return the source for a launch from a pad.

    ``told`` is the vehicle's key in the record, where the reader knows it; otherwise the launches of the
    pad's country before this one stand for it.

    Raises
    ------
    InputError : a vehicle that the record does not know
    """
    record, country = load_record(), _country(site_latlon_deg)
    if told is not None:
        if told not in record.vehicles:
            raise InputError(
                "--record", found=f'"{told}"', allowed=", ".join(record.vehicles),
                remedy="Name a vehicle of `overflight record`, or leave it out.",
            )  # fmt: skip
        said = f"by {RULE}, from the flights of {told} in the record before this launch"
        return FailureSource(country, told, said)
    alike = record.select(country=country, before=before) if country else ()
    if len(alike):
        count = f"{len(alike)} launch{'es' if len(alike) > 1 else ''}"
        said = f"by {RULE}, from the {count} of {country} in the record before this one, for vehicles alike"
        return FailureSource(country, like, f"{said}; name the vehicle with --record if it is known")
    where = f"of {country}" if country else "of this pad's country"
    return FailureSource(country, None, f"estimates of the class; the record holds no launch {where} before")


def _country(site_latlon_deg: tuple[float, float]) -> str | None:
    """Return the country whose land is nearest to a pad, None far from all."""
    import shapely

    places, pad = load_places(), shapely.Point(site_latlon_deg[1], site_latlon_deg[0])
    found = places.tree.query_nearest(pad, max_distance=NEAR_DEG)
    return places[int(found[0])].country if len(found) else None
