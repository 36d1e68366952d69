"""RocketPy's side of bench_rocketpy.py: flies one sounding rocket when told to and prints the seconds.

Runs in an environment of its own; reads ``3`` or ``6`` (degrees of freedom) line by line from standard input.
"""

import json
import sys
import time
import warnings

from rocketpy import Environment, Flight, PointMassMotor, PointMassRocket, Rocket, SolidMotor

warnings.filterwarnings("ignore")
DRAG = [[m, c] for m, c in json.loads(sys.argv[1])]

environment = Environment(latitude=39.66, longitude=124.705, elevation=100)
environment.set_atmospheric_model(type="standard_atmosphere")
environment.max_expected_height = 80_000

point = PointMassRocket(
    radius=0.1, mass=60, center_of_mass_without_motor=0, power_off_drag=DRAG, power_on_drag=DRAG
)
point.add_motor(
    PointMassMotor(thrust_source=12_000, dry_mass=10, propellant_initial_mass=48, burn_time=12), position=0
)

motor = SolidMotor(
    thrust_source=lambda t: 12_000 if t < 12 else 0, dry_mass=10, dry_inertia=(5, 5, 0.1), nozzle_radius=0.06,
    grain_number=5, grain_density=1750, grain_outer_radius=0.0892, grain_initial_inner_radius=0.03,
    grain_initial_height=0.2473, grain_separation=0.005, grains_center_of_mass_position=0.8,
    center_of_dry_mass_position=0.8, nozzle_position=0, burn_time=12, throat_radius=0.03,
    coordinate_system_orientation="nozzle_to_combustion_chamber",
)  # fmt: skip
rigid = Rocket(
    radius=0.1, mass=60, inertia=(60, 60, 0.5), power_off_drag=DRAG, power_on_drag=DRAG,
    center_of_mass_without_motor=2.5, coordinate_system_orientation="tail_to_nose",
)  # fmt: skip
rigid.add_motor(motor, position=0)
rigid.add_nose(length=0.6, kind="von karman", position=4.2)
rigid.add_trapezoidal_fins(n=4, root_chord=0.4, tip_chord=0.2, span=0.25, position=0.5)

for line in sys.stdin:
    three = line.strip() == "3"
    kind = {"simulation_mode": "3 DOF"} if three else {}
    rocket = point if three else rigid
    begin = time.process_time()
    flight = Flight(
        rocket=rocket,
        environment=environment,
        rail_length=10,
        inclination=84,
        heading=190,
        max_time=900,
        **kind,
    )
    spent = time.process_time() - begin
    out = {"seconds": spent, "apogee_m": float(flight.apogee), "time_s": float(flight.t_final)}
    out["propellant_kg"] = float(rocket.motor.propellant_initial_mass)
    print(json.dumps(out), flush=True)
