"""Three plan reports for the page tests. All figures are illustrative; only the places are real.

``sohae()`` is full and shaped like the reference event, ``taiki()`` goes east across the 180th
meridian with nothing lost, ``andoya()`` is as bare as a report may be and crosses the North Pole.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from scipy.interpolate import PchipInterpolator

from overflight.report.values import (
    AlertDraft,
    AnnouncedZone,
    DropZone,
    FactRow,
    HeightBand,
    LonLat,
    NoticeText,
    OrbitReached,
    Outcome,
    PlaceRow,
    PlanReport,
    RunInfo,
    Source,
    Spread,
    Statement,
    TimelineEvent,
    Track,
)
from pages.sample_risk import risk

KM_PER_DEG = 111.2
RUN = RunInfo(
    version="0.1.0",
    run_id="7f3a91c25d0e",
    computed_utc=datetime(2023, 8, 23, 18, 12, tzinfo=UTC),
    seed=20230824,
    flights=1000,
    flights_failed=214,
    fragments_per_breakup=220,
    fragments=47_080,
    engine="threads",
    method=(
        "Illustrative figures for tests of the page. Three-degree-of-freedom flight over the rotating WGS 84 "
        "Earth with J2, US Standard Atmosphere 1976, wind profile, drag by Mach number, staging at depletion."
    ),
)


def offset(
    centre: LonLat, along_km: np.ndarray, across_km: np.ndarray, azimuth_deg: float
) -> tuple[LonLat, ...]:
    """Return points at distances along and across an azimuth from a centre, on a local plane."""
    turn = np.radians(azimuth_deg)
    north = along_km * np.cos(turn) - across_km * np.sin(turn)
    east = along_km * np.sin(turn) + across_km * np.cos(turn)
    lon = centre[0] + east / KM_PER_DEG / np.cos(np.radians(centre[1]))
    lat = centre[1] + north / KM_PER_DEG
    return tuple((float((a + 180) % 360 - 180), float(b)) for a, b in zip(lon, lat, strict=True))


def ellipse(centre: LonLat, major_km: float, minor_km: float, azimuth_deg: float) -> tuple[LonLat, ...]:
    turn = np.linspace(0, 2 * np.pi, 73)
    return offset(centre, major_km * np.cos(turn), minor_km * np.sin(turn), azimuth_deg)


def box(
    centre: LonLat, half_along_km: float, half_across_km: float, azimuth_deg: float
) -> tuple[LonLat, ...]:
    along, across = np.array([1, 1, -1, -1, 1]), np.array([1, -1, -1, 1, 1])
    return offset(centre, half_along_km * along, half_across_km * across, azimuth_deg)


def smooth_track(
    name: str, kind: str, rows: list[tuple[float, float, float, float]], step_s: float = 5.0
) -> Track:
    """Return a track through (time, longitude, latitude, height)."""
    table = np.array(rows)
    table[:, 1] = np.degrees(np.unwrap(np.radians(table[:, 1])))
    times = np.append(np.arange(table[0, 0], table[-1, 0], step_s), table[-1, 0])
    lon, lat, height = (PchipInterpolator(table[:, 0], table[:, i])(times) for i in (1, 2, 3))
    lon = (lon + 180) % 360 - 180
    return Track(
        name, kind, *(tuple(float(v) for v in column) for column in (times, lon, lat, np.maximum(height, 0)))
    )


def fall_track(
    name: str, start: tuple[float, float, float, float], end: tuple[float, float, float], top_km: float
) -> Track:
    """Return a fall from (time, lon, lat, height) over a top to (time, lon, lat) at the surface."""
    share = np.linspace(0, 1, 60)
    rise = start[3] * (1 - share**2) + 4 * (top_km - 0.6 * start[3]) * share * (1 - share)
    lon = start[1] + share * ((end[1] - start[1] + 180) % 360 - 180)
    columns = (
        start[0] + share * (end[0] - start[0]),
        (lon + 180) % 360 - 180,
        start[2] + share * (end[2] - start[2]),
        rise,
    )
    return Track(name, "fall", *(tuple(float(v) for v in column) for column in columns))


def drop_zone(
    body: str, centre: LonLat, axes_km: tuple[float, float, float], times: tuple[float, float], **more
) -> DropZone:
    """Return a computed zone with scattered impacts."""
    major, minor, azimuth = axes_km
    scatter = np.random.default_rng(len(body)).normal(size=(140, 2)) / 3.03
    samples = offset(centre, major * scatter[:, 0], minor * scatter[:, 1], azimuth)
    values = {
        "condition": "all flights in which it separates",
        "announced_key": None,
        "announced_centre": None,
        "containment": 0.99,
        "contained": 0.987,
        "impacts": 972,
        "inside_announced": None,
        "overlaps_announced": None,
        "centre_offset_km": None,
        "agreement": "Cannot be said. No zone was announced",
    }
    return DropZone(
        body=body, centre=centre, semi_major_km=major, semi_minor_km=minor, azimuth_deg=azimuth,
        ring=ellipse(centre, major, minor, azimuth), ring_half=ellipse(centre, major / 2.6, minor / 2.6, azimuth),
        samples=samples, first_time_s=times[0], last_time_s=times[1], **(values | more),
    )  # fmt: skip


def place(
    code: str,
    names: tuple[str, str | None],
    where: LonLat,
    population: int,
    closest: tuple[float, str, float],
    p_over: float,
    **more,
) -> PlaceRow:
    """Return a place drawn as a small octagon."""
    distance, side, time = closest
    values = {
        "country": "JP", "region": "Okinawa", "population_source": "e-Stat, 2020 census, preliminary",
        "p_impact_line": 0.8 * p_over, "p_impact_line_se": (0.8 * p_over * (1 - 0.8 * p_over) / 1000) ** 0.5,
        "p_debris": 0.0, "p_debris_se": 0.0, "p_debris_below": 3.2e-6, "first_time_s": time - 9, "last_time_s": time + 11,
    }  # fmt: skip
    turn = np.linspace(0, 2 * np.pi, 9)
    radius = more.pop("radius_km", 5.0)
    return PlaceRow(
        code=code, name=names[0], name_en=names[1], population=population, longitude_deg=where[0], latitude_deg=where[1],
        rings=(offset(where, radius * np.cos(turn), radius * np.sin(turn), 20),), closest_km=distance, closest_side=side,
        closest_time_s=time, p_over=p_over,
        p_over_se=(p_over * (1 - p_over) / 1000) ** 0.5, **(values | more),
    )  # fmt: skip


SOHAE_PATH = [
    (0, 124.705, 39.66, 0), (60, 124.70, 39.6, 9), (127, 124.58, 39.25, 58), (190, 124.25, 38.1, 130),
    (300, 123.95, 35.6, 268), (430, 124.45, 31.9, 380), (600, 126.15, 25.6, 470), (655, 126.85, 23.4, 485),
    (800, 128.9, 16.9, 498), (960, 131.2, 9.9, 501),
]  # fmt: skip


def sohae() -> PlanReport:
    """Return the full report."""
    whole = smooth_track("Rocket", "planned", SOHAE_PATH)
    flown_to = next(i for i, time in enumerate(whole.time_s) if time >= 655)
    flown = Track(
        "Rocket",
        "flown",
        *(
            column[: flown_to + 1]
            for column in (whole.time_s, whole.longitude_deg, whole.latitude_deg, whole.altitude_km)
        ),
    )
    later = Track(
        "Rocket",
        "planned",
        *(
            column[flown_to:]
            for column in (whole.time_s, whole.longitude_deg, whole.latitude_deg, whole.altitude_km)
        ),
    )
    sides = [
        (
            np.interp(t, whole.time_s, whole.longitude_deg),
            np.interp(t, whole.time_s, whole.latitude_deg),
            4 + 0.11 * t,
        )
        for t in range(0, 961, 60)
    ]
    band = tuple((float(lon + half / 98), float(lat)) for lon, lat, half in sides) + tuple(
        (float(lon - half / 98), float(lat)) for lon, lat, half in sides[::-1]
    )
    return PlanReport(
        orbit=OrbitReached(
            786, 0.55, 0.01, 0.99, 786, (690, 708, 741), 120,
            (Spread("Perigee", "km", 451, 489, 497), Spread("Apogee", "km", 496, 512, 566), Spread("Inclination", "°", 97.31, 97.42, 97.55), Spread("Period", "min", 94.21, 94.46, 94.91)),
        ),
        title="Chollima-1 with Malligyong-1, second launch",
        vehicle="Chollima-1", site="Sohae", site_lonlat=(124.705, 39.66),
        lift_off_utc=datetime(2023, 8, 23, 18, 50, tzinfo=UTC),
        lift_off_note="South Korea gives 03:50, Japan 03:51; both are kept.",
        zone_label="KST = JST", zone_offset_h=9.0,
        headline="If all goes well, nothing falls on land: the rocket passes between Okinawa and Miyako at 04:00.",
        lede="Parts come down at sea in three places: two near their announced zones, one about 90 km off. If the third stage is lost, as happened, its fragments reach the Philippine Sea. About 1 flight in 90,000 would hurt someone.",
        key_figures=(
            ("04:00", "passage between Okinawa and Miyako, JST (19:00 UTC), ± 45 s"),
            ("5 of 84", "towns with 2 % or more chance to lie within 50 km of the path"),
            ("9,839", "people living there, census 2020"),
            ("3 in 100,000", "chance that any part reaches land, 90 % of runs between 1 and 6"),
            ("1.1 × 10⁻⁵", "expected casualties in this flight"),
            ("1,000", "flights computed, 214 with a failure; seed 20230824"),
        ),
        timeline=(
            TimelineEvent(0, None, "Lift-off from Sohae.", "South Korea gives 03:50, Japan 03:51; both are kept.", 1, 124.705, 39.66, 0),
            TimelineEvent(127, None, "", "Stage 1 separates at 58 km.", None, 124.58, 39.25, 58),
            TimelineEvent(190, None, "Passes 33 km west of Baengnyeong,", "height 130 km.", 2, 124.25, 38.1, 130),
            TimelineEvent(300, None, "", "Stage 2 separates at 268 km. The bend to the south-east begins.", None, 123.95, 35.6, 268),
            TimelineEvent(430, None, "West of Ieodo,", "height 380 km.", 3, 124.45, 31.9, 380),
            TimelineEvent(480, 725, "", "Stage 1, then the fairing halves, fall into the Yellow Sea and the East China Sea."),
            TimelineEvent(600, None, "Between Okinawa and Miyako,", "50 km west of Kumejima, height 470 km.", 4, 126.15, 25.6, 470),
            TimelineEvent(655, None, "Third stage lost", "in this run: the termination system fires in error. The true moment was never published.", 5, 126.85, 23.4, 485),
            TimelineEvent(865, None, "Stage 2 falls", "455 km east of Samar.", 6, 129.3, 14.1, 0),
            TimelineEvent(960, 1620, "", "Fragments of the third stage, if lost, reach the sea."),
        ),
        tracks=(
            flown, later,
            fall_track("Stage 1", (127, 124.58, 39.25, 58), (498, 123.4, 36.0), 95),
            fall_track("Fairing", (210, 124.15, 37.7, 155), (640, 123.3, 33.4), 165),
            fall_track("Stage 2", (300, 123.95, 35.6, 268), (865, 129.3, 14.0), 350),
        ),
        band=band,
        band_times=tuple((float(np.interp(t, whole.time_s, whole.longitude_deg)), float(np.interp(t, whole.time_s, whole.latitude_deg)), float(t)) for t in range(60, 960, 60)),
        outcomes=(
            Outcome("orbit", "Orbit reached", 0.55, 0.38, 0.71, "Nothing falls outside the three zones.", False, False, 786),
            Outcome("stage2", "Failure of stage 2 or its ignition", 0.18, 0.09, 0.31, "Falls into the Yellow Sea or the East China Sea.", False, True, 80),
            Outcome("stage3", "Failure of stage 3, or termination in error", 0.15, 0.07, 0.27, "Falls into the Philippine Sea.", True, True, 70),
            Outcome("stage1", "Failure of stage 1", 0.09, 0.03, 0.19, "Falls near the site or into the Yellow Sea.", False, True, 44),
            Outcome("low", "Orbit too low, returns within days", 0.03, 0.0, 0.09, "Where is open.", False, True, 20),
        ),
        places=(
            place("47361", ("久米島町", "Kumejima"), (126.77, 26.34), 7201, (50, "E", 582), 0.50, radius_km=6),
            place("47356", ("渡名喜村", "Tonaki"), (127.14, 26.37), 348, (88, "E", 584), 0.11, radius_km=2),
            place("47354", ("座間味村", "Zamami"), (127.30, 26.22), 892, (93, "E", 589), 0.08, radius_km=3),
            place("47353", ("渡嘉敷村", "Tokashiki"), (127.36, 26.19), 717, (102, "E", 590), 0.05, radius_km=3),
            place("47355", ("粟国村", "Aguni"), (127.22, 26.58), 681, (106, "E", 579), 0.03, radius_km=2),
            place("47214", ("宮古島市", "Miyakojima"), (125.31, 24.78), 52962, (123, "W", 608), 0.012, radius_km=10, p_debris=4.2e-7, p_debris_se=1.9e-7),
            place("47357", ("南大東村", "Minamidaito"), (131.24, 25.84), 1286, (480, "E", 596), 0.0, radius_km=3, first_time_s=None, last_time_s=None),
        ),
        places_note="Towns whose land lies within 50 km of the ground track in at least 1 of 100 flights, in order of chance.",
        width_km=50,
        announced=(
            AnnouncedZone("z1", "Stage 1 zone", "Stage 1", box((123.5, 36.1), 55, 28, 175), "Worked back from distances in the press, ± 40 km.", ("s4",)),
            AnnouncedZone("z2", "Fairing zone", "Fairing, two halves", box((123.2, 33.7), 110, 35, 178), "Worked back from distances in the press, ± 60 km.", ("s4",)),
            AnnouncedZone("z3", "Stage 2 zone", "Stage 2", box((128.7, 13.5), 160, 55, 165), "Worked back from distances in the press, ± 120 km.", ("s4",)),
        ),
        drop_zones=(
            drop_zone("Stage 1", (123.4, 36.0), (70, 27, 176), (480, 520), announced_key="z1", announced_centre=(123.5, 36.1), inside_announced=0.96, overlaps_announced=True, centre_offset_km=14, agreement="Yes. The areas share most of their ground"),
            drop_zone("Fairing, two halves", (123.3, 33.4), (140, 52, 176), (485, 720), announced_key="z2", announced_centre=(123.2, 33.7), inside_announced=0.78, overlaps_announced=True, centre_offset_km=35, agreement="In part. One half drifts"),
            drop_zone("Stage 2", (129.4, 14.0), (185, 60, 163), (840, 900), announced_key="z3", announced_centre=(128.7, 13.5), inside_announced=0.52, overlaps_announced=True, centre_offset_km=90, agreement="In part. The centre lies off"),
            drop_zone("Third stage, if lost", (133.0, 2.0), (2300, 140, 163), (960, 2600), shape="band", containment=0.9, contained=0.903, condition="flights in which it is terminated", impacts=15400, planned=False),
        ),
        facts=(
            FactRow("Lift-off", "B", ("s1", "s2"), "03:50 to 03:51", "03:50:00, taken as given", -0.5, "Fits.", True),
            FactRow("Passes west of Baengnyeong", "B", ("s5",), "33 km", "33.4 ± 6 km", 0.1, "Fits.", True),
            FactRow("Passes between Okinawa and Miyako", "B", ("s2",), "about 04:00", "04:00:00 ± 45 s", 0.0, "Fits.", True),
            FactRow("First object falls", "B", ("s6",), "03:58, about 300 km west of the peninsula", "03:57:40 to 03:58:50, 270 km", 0.4, "Fits stage 1.", True),
            FactRow("Second object falls", "B", ("s6",), "03:59, about 350 km west", "03:57:55 to 04:02:10, 290 km", -1.2, "Fits the fairing if the minute is the end of the radar track.", True),
            FactRow("Third object falls", "B", ("s6",), "04:05, 600 km east of the Philippines", "04:04:25 ± 50 s, 455 km", -2.6, "The minute fits stage 2; the distance does not. Kept as it is.", False),
            FactRow("Stays within its zones", "C", ("s9",), "all parts inside", "78 % inside", -5.5, "Sources disagree; the model cannot settle it.", False, ("Outside the announced zones",)),
            FactRow("Outside the announced zones", "B", ("s5", "s6"), "Japan: all three. South Korea: near them", "45 % of runs have all three outside", None, "Sources disagree; the model cannot settle it.", None, ("Stays within its zones",)),
        ),
        statements=(
            Statement("known", "Lift-off between 03:50 and 03:51 from the new pad at Sohae.", ("s1", "s2")),
            Statement("known", "Passed 33 km west of Baengnyeong.", ("s5",)),
            Statement("known", "The launching side admitted the failure at 06:15.", ("s9",)),
            Statement("estimated", "Masses, thrust and burn times: a fit to the published facts, with the spread they leave."),
            Statement("estimated", "Announced zones: worked back from distances in the press, ± 40 to 120 km.", ("s4",)),
            Statement("unknown", "When the termination system fired."),
            Statement("unknown", "Whether parts fell outside the zones: Japan says all three, South Korea says near them.", ("s5", "s6")),
        ),
        sources=(
            Source("s1", "South Korean Joint Chiefs of Staff, through Yonhap and Kyodo, 24 Aug 2023"),
            Source("s2", "Japan Ministry of Defense, through NTV and TBS, 24 Aug 2023"),
            Source("s4", "Distances of the zones: Tongil News, Money Today, May and August 2023"),
            Source("s5", "Joint Chiefs of Staff briefing, through Nocut News"),
            Source("s6", "Fall points by the Ministry of Defense, through Kyodo and NHK"),
            Source("s9", "KCNA statement 06:15, through JTBC and Yonhap TV"),
        ),
        notices=(
            NoticeText("mariners", "All planned falls", "notices/mariners.txt", "DRAFT FROM AN ANALYSIS, NOT IN FORCE.\nNAVAREA [ ] [ ]/[ ].\nYELLOW SEA.\n1. HAZARDOUS OPERATIONS, ROCKET LAUNCHING\n   231820Z AUG 23 TO 231945Z AUG 23\n   IN AREAS BOUND BY:\n   A. 36-06.00N 123-30.00E, 35-29.00N 123-25.00E,\n      35-30.00N 123-03.00E, 36-08.00N 123-11.00E.\n2. CANCEL THIS MSG 232045Z AUG 23.\n"),
        ),
        alerts=(
            AlertDraft("overflight", "alerts/overflight.xml", (
                ("ja", "ミサイル通過。ミサイル通過。", "先程のミサイルは、4時00分頃、沖縄地方から太平洋へ通過したものとみられます。\n不審な物を発見した場合には、決して近寄らず、直ちに警察、消防や海上保安庁に連絡して下さい。"),
                ("en", "Missile passed.", "The missile is believed to have passed over Okinawa toward the Pacific Ocean at about 04:00.\nIf you find anything suspicious, do not go near it; tell the police or fire service."),
                ("ko", "미사일 통과. 미사일 통과.", "미사일은 4시 00분경 오키나와 지방에서 태평양으로 통과한 것으로 보입니다.\n수상한 물체를 발견하면 접근하지 말고 즉시 경찰이나 소방에 연락하십시오."),
            ), ("Kumejima", "Tonaki", "Zamami")),
            AlertDraft("all_clear", "alerts/all_clear.xml", (
                ("ja", "避難の呼びかけを解除します。", "先程の避難の呼びかけを解除します。"),
                ("en", "The call to take shelter is lifted.", "The call to take shelter is lifted."),
                ("ko", "대피 요청을 해제합니다.", "앞서 발령한 대피 요청을 해제합니다."),
            ), ("Kumejima",)),
        ),
        credits=("Municipal boundaries: MLIT National Land Numerical Information, processed", "Population: e-Stat, 2020 census, preliminary", "Contains data from GeoNames, CC BY 4.0"),
        run=RUN,
        risk=risk(),
        height_bands=(HeightBand("Third stage, if lost", 0.9, (655.0, 800.0, 960.0, 1200.0, 1620.0), (485.0, 440.0, 250.0, 0.0, 0.0), (485.0, 500.0, 500.0, 420.0, 0.0)),),
    )  # fmt: skip


def great_circle(
    start: LonLat, azimuth_deg: float, distances_km: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes along a great circle."""
    lon0, lat0, turn, arc = (
        np.radians(start[0]),
        np.radians(start[1]),
        np.radians(azimuth_deg),
        distances_km / 6371.0,
    )
    lat = np.arcsin(np.sin(lat0) * np.cos(arc) + np.cos(lat0) * np.sin(arc) * np.cos(turn))
    lon = lon0 + np.arctan2(
        np.sin(turn) * np.sin(arc) * np.cos(lat0), np.cos(arc) - np.sin(lat0) * np.sin(lat)
    )
    return (np.degrees(lon) + 180) % 360 - 180, np.degrees(lat)


def ascent(start: LonLat, azimuth_deg: float, far_km: float, last_s: float, top_km: float) -> Track:
    """Return a planned ascent along a great circle."""
    times = np.linspace(0, last_s, 150)
    share = times / last_s
    lon, lat = great_circle(start, azimuth_deg, far_km * share**1.8)
    height = top_km * np.sin(np.pi / 2 * share**0.8)
    return Track(
        "Rocket", "planned", *(tuple(float(v) for v in column) for column in (times, lon, lat, height))
    )


def taiki() -> PlanReport:
    """Return a launch to the east from Taiki, across the 180th meridian, with nothing lost."""
    site: LonLat = (143.45, 42.5)
    rocket = ascent(site, 95, 5200, 780, 520)
    lon1, lat1 = great_circle(site, 95, np.array([620.0, 3900.0]))
    first, second = (float(lon1[0]), float(lat1[0])), (float(lon1[1]), float(lat1[1]))
    return PlanReport(
        title="Two-stage small launcher, example", vehicle="Example vehicle", site="Taiki Aerospace Research Field", site_lonlat=site,
        lift_off_utc=datetime(2024, 6, 30, 14, 55, 30, tzinfo=UTC), lift_off_note="Chosen for the example.",
        zone_label="JST", zone_offset_h=9.0,
        headline="If all goes well, both spent stages fall into the open Pacific, and no town lies under the path.",
        lede="The path leaves land within the first minute. The second stage comes down near the date line.",
        key_figures=(("620 km", "from the coast to the centre of the first fall"), ("below 1 in 10,000", "chance that a part reaches land"), ("2.3 × 10⁻⁶", "expected casualties")),
        timeline=(
            TimelineEvent(0, None, "Lift-off from Taiki.", "", 1, *site, 0),
            TimelineEvent(160, None, "Stage 1 separates", "at 95 km.", 2, rocket.longitude_deg[31], rocket.latitude_deg[31], 95),
            TimelineEvent(430, 520, "Stage 1 falls", "into the Pacific.", 3, *first, 0),
            TimelineEvent(780, None, "Orbit.", "520 km high.", 4, rocket.longitude_deg[-1], rocket.latitude_deg[-1], 520),
            TimelineEvent(1250, 1500, "Stage 2 falls", "near the date line.", 5, *second, 0),
        ),
        tracks=(rocket, fall_track("Stage 1", (160, rocket.longitude_deg[31], rocket.latitude_deg[31], 95), (480, *first), 140)),
        band=(), band_times=(),
        outcomes=(
            Outcome("nominal", "Orbit reached", 0.92, None, None, "Stages fall into their zones.", False, False, 460),
            Outcome("failure", "Failure in flight", 0.08, None, None, "Falls into the Pacific.", False, True, 40),
        ),
        places=(
            place("01641", ("大樹町", "Taiki"), (143.28, 42.50), 5436, (0, "W", 4), 1.0, region="Hokkaido", radius_km=14, p_debris=0.0021, p_debris_se=0.0007, p_debris_below=None),
            place("01642", ("広尾町", "Hiroo"), (143.25, 42.28), 6387, (17, "S", 20), 0.994, region="Hokkaido", radius_km=10),
            place("01644", ("幕別町", "Makubetsu"), (143.35, 42.85), 25766, (33, "N", 10), 0.4, region="Hokkaido", radius_km=10),
        ),
        places_note="Towns within 50 km of the path at any moment of the flight.", width_km=50,
        announced=(
            AnnouncedZone("a", "Area A", "Stage 1", box(first, 110, 45, 98), "Example.", ()),
            AnnouncedZone("b", "Area B", "Stage 2", box(second, 320, 90, 112), "Example.", ()),
        ),
        drop_zones=(
            drop_zone("Stage 1", first, (80, 30, 98), (430, 520), announced_key="a", announced_centre=first, inside_announced=0.99, overlaps_announced=True, centre_offset_km=4, agreement="Yes."),
            drop_zone("Stage 2", second, (240, 60, 112), (1250, 1500), announced_key="b", announced_centre=second, inside_announced=0.98, overlaps_announced=True, centre_offset_km=12, agreement="Yes."),
        ),
        facts=(), statements=(Statement("estimated", "Every figure: typed in for an example."),), sources=(), alerts=(), credits=(), run=RUN,
    )  # fmt: skip


def andoya() -> PlanReport:
    """Return the barest report: a path over the pole, no facts, no places, no drop zones."""
    site: LonLat = (16.02, 69.29)
    return PlanReport(
        title="Polar flight, example", vehicle="Example vehicle", site="Andøya", site_lonlat=site,
        lift_off_utc=datetime(2025, 3, 30, 10, 30, tzinfo=UTC), lift_off_note="Chosen for the example.",
        zone_label="CEST", zone_offset_h=2.0, headline="The rocket crosses the pole; nothing was computed to fall.", lede="An example.",
        key_figures=(), timeline=(TimelineEvent(0, None, "Lift-off from Andøya.", "", 1, *site, 0),),
        tracks=(ascent(site, 358, 4300, 640, 500),), band=(), band_times=(), outcomes=(), places=(), places_note="No place was looked at.",
        width_km=50, announced=(), drop_zones=(), facts=(), statements=(), sources=(), alerts=(), credits=(), run=RUN,
    )  # fmt: skip


SAMPLES = {"sohae": sohae, "taiki": taiki, "andoya": andoya}
