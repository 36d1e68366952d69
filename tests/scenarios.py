"""A small valid scenario as text, made to be changed: every line that a test edits stands once."""

from __future__ import annotations

__all__ = ["SMALL", "edited"]

SMALL = """\
schema_version = 1
title = "Generic two-stage vehicle"

[launch]
utc = 2030-03-01T01:00:00Z
zone = "JST"
zone_offset_h = 9.0

[site]
name = "Example pad"
latitude_deg = 31.25
longitude_deg = 131.08
altitude_m = 100.0
country = "JP"

[vehicle]
name = "Example-2"
payload_kg = 200.0

[[vehicle.stage]]
name = "Stage 1"
dry_mass_kg = { value = 1600.0, sigma = 40.0 }
propellant_kg = { value = 22000.0, sigma = 100.0, source = "made-up" }
thrust_vacuum_n = 450000.0
isp_vacuum_s = 300.0
nozzle_exit_area_m2 = 0.7
engines = 1
reference_area_m2 = 2.2
separation_delay_s = 2.0
ballistic_kgpm2 = { value = 300.0, range = [120.0, 800.0], shape = "loguniform" }

[[vehicle.stage]]
name = "Stage 2"
dry_mass_kg = 450.0
propellant_kg = 4000.0
thrust_vacuum_n = 34000.0
isp_vacuum_s = 335.0
reference_area_m2 = 2.1
burn_time_s = 380.0
ignition_delay_s = { value = 3.0, range = [2.0, 4.0] }
ballistic_kgpm2 = 150.0

[vehicle.fairing]
mass_kg = 130.0
heat_flux_wpm2 = 1135.0
earliest_stage = 2
ballistic_kgpm2 = 30.0

[[flight_plan.steering]]
stage = 1
pitch_deg = 90.0
heading_deg = 105.0

[[flight_plan.steering]]
stage = 1
start_s = 10.0
pitch_deg = 89.0
pitch_end_deg = 64.6

[[flight_plan.steering]]
stage = 1
start_s = 50.0
mode = "gravity_turn"

[[flight_plan.steering]]
stage = 2
mode = "linear_tangent"
pitch_deg = 22.1
pitch_end_deg = -8.3
heading_deg = 106.0

[flight_plan.cut_off]
mean_altitude_km = 300.0

[termination]
fitted = true

[[failure]]
key = "stage-1-loss"
label = "Failure of stage 1"
mode = "explosion"
stage = 1
probability = { value = 0.04, range = [0.01, 0.1] }

[[failure]]
key = "stage-2-termination"
label = "Stage 2 lost to its termination system"
mode = "spurious_termination"
stage = 2
probability = 0.03
start_fraction = 0.2
end_fraction = 0.9

[wind]
altitude_m = [0.0, 5000.0, 12000.0]
speed_mps = [5.0, 20.0, 45.0]
from_deg = [270.0, 271.0, 272.0]

[[announced_zone]]
key = "zone-stage-1"
label = "Announced: stage 1"
body = "stage-1"
band = { azimuth_deg = 110.0, near_km = 900.0, far_km = 1400.0, half_width_km = 100.0 }

[[announced_zone]]
key = "zone-fairing"
label = "Announced: fairing"
body = "fairing"
ring_latlon_deg = [[29.0, 141.0], [27.0, 146.0], [25.0, 145.0], [27.0, 140.0], [29.0, 141.0]]

[[claim]]
kind = "launch-time"
key = "lift-off"
label = "Lift-off, as announced"
utc = 2030-03-01T01:00:10Z
tolerance_s = 60.0
confidence = "D"
source = "made-up"
published = "at 10:00"

[[claim]]
kind = "fall"
key = "splash"
label = "Stage 1 in the sea"
body = "stage-1"
utc = 2030-03-01T01:12:00Z
coast_country = ["JP"]
side = "east"
distance_km = 900.0
confidence = "C"
source = ["made-up"]
published = "900 km east of Japan"

[[claim]]
kind = "in-zone"
key = "in-zone"
label = "Fairing in its zone"
body = "fairing"
zone = "zone-fairing"
inside = true
confidence = "D"
source = "made-up"
published = "as planned"
contradicts = ["splash"]

[correlation]
paths = ["vehicle.stage.1.dry_mass_kg", "vehicle.stage.1.propellant_kg"]
matrix = [[1.0, 0.5], [0.5, 1.0]]

[[source]]
key = "made-up"
text = "Made up for the tests"
"""


def edited(*edits: tuple[str, str], text: str = SMALL) -> str:
    """Return the text with each ``(old, new)`` replaced; ``old`` must stand in it exactly once."""
    for old, new in edits:
        count = text.count(old)
        assert count == 1, f"{old!r} stands {count} times in the scenario"
        text = text.replace(old, new)
    return text
