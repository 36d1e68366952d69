"""The packaged places, held against published areas, names and counts; and the table they come in."""

from __future__ import annotations

import csv
import dataclasses
import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely import MultiPolygon, Polygon, box

from overflight.exposure import places_packed
from overflight.exposure.places import Place, Places, _packed, load_places, place_credits
from overflight.exposure.places_packed import QUANTUM_DEG, pack_places, unpack_places
from support import shared_path

WGS84 = Geod(ellps="WGS84")


def area_km2(geometry) -> float:
    return (
        sum(abs(WGS84.geometry_area_perimeter(shapely.orient_polygons(part))[0]) for part in geometry.geoms)
        / 1e6
    )


@pytest.fixture(scope="module")
def places() -> Places:
    return load_places()


@pytest.fixture(scope="module")
def japan() -> Places:
    return load_places(["JP"])


class TestJapan:
    def test_every_municipality_is_in(self, japan):
        assert len(japan) == 1718 + 23  # municipalities and special wards, Ministry of Internal Affairs 2020
        assert {place.scheme for place in japan} == {"JIS X 0402"}
        prefectures = {place.code[:2]: place.region for place in japan}
        assert len(prefectures) == 47
        assert (prefectures["01"], prefectures["13"], prefectures["47"]) == ("北海道", "東京都", "沖縄県")

    def test_names_agree_with_the_official_table(self, japan):
        path = shared_path("geodata", "jp_municipality_codes_jisx0402.csv")
        with path.open(encoding="utf-8") as file:
            official = {
                r["code"][:5]: (r["prefecture"], r["city"]) for r in csv.DictReader(file) if r["city"]
            }
        ours = {place.code: (place.region, place.name) for place in japan}
        assert set(ours) == set(official)
        differing = {code for code, names in ours.items() if names != official[code]}
        assert differing == {"39405"}  # 檮原町, written 梼原町 in the table

    @pytest.mark.parametrize(
        ("prefecture", "published_km2"),
        [("47", 2281), ("46", 9187), ("01", 78421), ("13", 2194)],  # GSI area statistics 2020, rounded
    )
    def test_area_of_prefectures(self, japan, prefecture, published_km2):
        area = sum(area_km2(place.geometry) for place in japan if place.code.startswith(prefecture))
        assert area == pytest.approx(published_km2, rel=0.03)

    def test_people_of_okinawa_and_kagoshima(self, japan):
        rows = [place for place in japan if place.code[:2] in ("46", "47")]
        assert len(rows) == 84
        assert {place.population_source for place in rows} == {"2020 census, preliminary counts (e-Stat)"}
        assert sum(place.population or 0 for place in rows if place.code[:2] == "47") == 1_468_410
        assert sum(place.population or 0 for place in rows if place.code[:2] == "46") == 1_589_206

    def test_people_agree_with_the_census(self, japan):
        path = shared_path("geodata", "jp_municipality_population_2020_prelim.csv")
        with path.open(encoding="utf-8-sig") as file:
            census = {row["area_code"]: row["population"] for row in csv.DictReader(file)}
        ratio = [p.population / int(census[p.code]) for p in japan if p.population and census.get(p.code)]
        assert len(ratio) == 1740  # Futaba was empty
        assert np.median(ratio) == pytest.approx(1.0, abs=0.005)
        assert min(ratio) > 0.67
        assert max(ratio) < 1.5

    def test_nobody_is_counted_twice(self, japan):
        # GeoNames lists Miyakojima (54,908) and, inside it, Hirara (34,354).
        assert japan.find("JP-47214").population == 52_962
        assert sum(place.population or 0 for place in japan) == pytest.approx(126_226_568, rel=0.02)

    def test_codes_of_the_weather_service(self, japan):
        assert japan.find("JP-46215").codes("JMA class20") == ("4621501", "4621502")
        assert japan.find("JP-47207").codes("JMA class20") == ("4720700",)
        assert japan.find("JP-47207").codes("JIS X 0402") == ("47207",)
        assert all(code[:2] == place.code[:2] for place in japan for code in place.codes("JMA class20"))

    def test_a_village_inside_a_city_is_cut_out_of_it(self, japan):
        kariwa, kashiwazaki = japan.find("JP-15504"), japan.find("JP-15205")
        assert area_km2(kariwa.geometry) == pytest.approx(26.3, rel=0.05)
        assert shapely.intersection(kariwa.geometry, kashiwazaki.geometry).area == 0.0


@pytest.mark.parametrize(
    ("key", "longitude_deg", "latitude_deg"),
    [
        ("JP-47358", 131.30, 25.945),  # Kitadaito
        ("JP-47357", 131.235, 25.84),  # Minamidaito
        ("JP-47382", 122.99, 24.455),  # Yonaguni
        ("JP-47381", 123.785, 24.06),  # Hateruma
        ("JP-47355", 127.23, 26.59),  # Aguni
        ("JP-47375", 124.70, 24.655),  # Tarama
        ("JP-13402", 139.765, 32.46),  # Aogashima
        ("KR-28720", 124.71, 37.96),  # Baengnyeong
        ("KR-28720", 125.70, 37.667),  # Yeonpyeong
        ("KR-50130", 126.268, 33.119),  # Marado
        ("KR-28185", 126.65, 37.39),  # Songdo, reclaimed from the sea
        ("TW-10014160", 121.55, 22.05),  # Lanyu
        ("PH-BTN", 121.97, 20.45),  # Batan
        ("GU", 144.8, 13.45),
        ("KP-03", 124.705, 39.66),  # Sohae
        ("KP-01", 125.75, 39.03),  # Pyongyang
        ("JP-01641", 143.43, 42.5),  # Taiki
    ],
)
def test_small_islands_and_known_points(places, key, longitude_deg, latitude_deg):
    assert [place.key for place in places.at(longitude_deg, latitude_deg)] == [key]


def test_nobody_lives_at_sea(places):
    assert len(places.at(125.9, 25.5)) == 0  # between Okinawa and Miyako


class TestWholeWorld:
    def test_places_fit_together(self, places):
        assert shapely.is_valid(places.geometries).all()
        assert shapely.coverage_is_valid(places.geometries)

    def test_neighbours_do_not_overlap(self, places):
        near = load_places(["JP", "KR", "TW", "KP"])
        one, other = near.tree.query(near.geometries, predicate="overlaps")
        assert len(one) == len(other) == 0

    def test_coordinates(self, places):
        west, south, east, north = np.array(
            [*places.bounds_deg.min(axis=0)[:2], *places.bounds_deg.max(axis=0)[2:]]
        )
        assert west >= -180.0 and east <= 180.0 and south >= -90.0 and north <= 90.0
        some = shapely.get_coordinates(places.geometries[::40])
        assert np.array_equal(np.round(some, 4), some), "not on the grid"

    def test_keys_are_unique(self, places):
        assert len({place.key for place in places}) == len(places)
        assert len({place.code for place in places}) < len(places), "codes alone are not"

    def test_korea(self):
        korea = load_places(["KR"])
        assert len(korea) == 229
        assert sum(place.population or 0 for place in korea) == pytest.approx(51_829_136, rel=1e-5)
        ongjin = korea.find("KR-28720")
        assert (ongjin.name, ongjin.name_en, ongjin.region) == ("옹진군", "Ongjin-gun", "인천광역시")
        assert ongjin.codes("KOSTAT") == ("23320",)

    def test_taiwan_and_the_philippines(self, places):
        assert len(places.select(["TW"])) == 368
        people = [place.population for place in places.select(["PH"])]
        assert None not in people
        assert sum(people) == pytest.approx(112_729_484, rel=2e-3)  # census 2024

    def test_local_names(self, places):
        names = {key: places.find(key).name for key in ("KP-03", "CN-HL", "RU-SAK", "HK", "TW-10014160")}
        assert names == {
            "KP-03": "평안북도",
            "CN-HL": "黑龙江省",
            "RU-SAK": "Сахалинская область",
            "HK": "香港",
            "TW-10014160": "蘭嶼鄉",
        }

    def test_what_nobody_counted_says_so(self, places):
        for place in places:
            assert (place.population is None) == (place.population_source is None), place.key
            assert place.population is None or place.population > 0
        pyongyang = places.find("KP-01")
        assert pyongyang.population_source.startswith("estimate")
        total = sum(place.population or 0 for place in places.select(["KP"]))
        assert total == pytest.approx(25_549_819, rel=0.01)  # GeoNames, the country

    def test_every_country_is_there(self, places):
        countries = {place.country for place in places}
        assert {"JP", "KP", "US", "FJ", "KI", "TV", "NR", "AQ", "XK"} <= countries
        assert len(countries) > 235

    def test_credits(self, places):
        lines = place_credits()
        assert lines == places.credits == load_places(["KR"])[:3].credits
        for owner in (
            "気象庁",
            "국토지리정보원",
            "통계청",
            "內政部",
            "Natural Earth",
            "geonames.org",
            "e-Stat",
        ):
            assert any(owner in line for line in lines), owner


class TestSelection:
    def test_by_country_and_box(self, places):
        okinawa = load_places(["JP"], bbox=(122.0, 24.0, 132.0, 27.5))
        assert {"JP-47358", "JP-47382", "JP-47201", "JP-46535"} <= {place.key for place in okinawa}
        assert all(place.country == "JP" for place in okinawa)
        assert list(okinawa) == list(places.select(["JP"], (122.0, 24.0, 132.0, 27.5)))

    def test_the_box_meets_the_outline_not_its_bounds(self):
        sea = (123.90, 24.15, 123.92, 24.17)  # among the islands of Taketomi
        assert len(load_places(["JP"], bbox=sea)) == 0
        assert len(unpack_places(_packed(), ["JP"], sea)) == 1

    def test_box_across_the_180th_meridian(self):
        across = load_places(bbox=(177.0, -20.0, -178.0, -12.0))
        assert {place.country for place in across} == {"FJ", "WF"}
        assert all(place.country == "RU" for place in load_places(bbox=(178.0, 62.0, -175.0, 70.0)))

    def test_places_on_both_sides_are_cut(self, places):
        chukotka = places.find("RU-CHU")
        assert tuple(np.round(chukotka.geometry.bounds[::2], 3)) == (-180.0, 180.0)
        assert max(part.bounds[2] - part.bounds[0] for part in chukotka.geometry.geoms) < 30.0

    def test_one_country_as_text(self, places):
        assert len(places.select("JP")) == len(load_places("JP")) == 1741

    def test_nothing_there(self):
        assert len(load_places(["JP"], bbox=(0.0, 0.0, 1.0, 1.0))) == 0


def place(code: str, geometry, **more) -> Place:
    blank = {"name": code, "name_en": None, "country": None, "region": None}
    people = {"population": None, "population_source": None}
    return Place(code=code, geometry=MultiPolygon([geometry]), **{**blank, **people, **more})


class TestTable:
    two = Places(
        (place("a", box(0, 0, 1, 1), population=5), place("b", box(1, 0, 2, 1), country="XX")), ("who",)
    )

    def test_it_is_a_sequence(self):
        assert len(self.two) == 2
        assert [p.code for p in self.two] == ["a", "b"]
        assert self.two[-1].key == "XX-b"
        assert isinstance(self.two[:1], Places)
        assert self.two[:1].credits == ("who",)

    def test_it_does_not_change(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            self.two.rows = ()
        with pytest.raises(dataclasses.FrozenInstanceError):
            self.two[0].population = 6
        with pytest.raises(ValueError, match="read-only"):
            self.two.geometries[0] = None
        with pytest.raises(ValueError, match="read-only"):
            self.two.bounds_deg[0] = 0.0

    def test_points(self):
        assert [p.code for p in self.two.at(0.5, 0.5)] == ["a"]
        assert [p.code for p in self.two.at(1.0, 0.5)] == ["a", "b"]
        assert self.two.find("nowhere") is None

    def test_frame(self):
        frame = self.two.to_dataframe()
        assert frame["key"].tolist() == ["a", "XX-b"]
        assert str(frame["population"].dtype) == "Int64"
        assert frame["population"].isna().tolist() == [False, True]

    def test_html(self):
        html = Places((place("<b>", box(0, 0, 1, 1), population=1234),) * 12)._repr_html_()
        assert "&lt;b&gt;" in html and "<b>" not in html
        assert "1,234" in html and "unknown" in html and "12 places" in html and "and 2 more" in html


class TestPacking:
    hole = Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (1, 2), (2, 2), (2, 1)]])
    rows = (
        place("a", hole, population=7, population_source="counted", other_codes=(("s", "1"), ("s", "2"))),
        dataclasses.replace(place("b", box(-180, -90, -179.9999, -89.9)), geometry=MultiPolygon([box(9, 9, 10, 10), hole])),
        place("ç", box(179.5, 89.5, 180, 90), country="JP", region="県", region_en="Ken", name_en="C"),
    )  # fmt: skip

    def test_back_as_they_were(self):
        again = unpack_places(pack_places(self.rows, ["credit"]))
        assert again.rows == self.rows
        assert again.credits == ("credit",)

    def test_the_same_places_are_the_same_bytes(self):
        assert pack_places(self.rows, []) == pack_places(self.rows, [])

    def test_some_of_them(self):
        packed = pack_places(self.rows, [])
        assert unpack_places(packed, ["JP"]).rows == self.rows[2:]
        assert unpack_places(packed, bbox=(9.5, 9.5, 11, 11)).rows == self.rows[1:2]
        assert unpack_places(packed, bbox=(170, 80, -170, 90)).rows == self.rows[2:]
        assert unpack_places(packed, []).rows == ()

    @given(
        st.lists(
            st.tuples(st.integers(-1_799_000, 1_799_000), st.integers(-899_000, 899_000)),
            min_size=1,
            max_size=8,
        )
    )
    def test_any_place_on_the_grid(self, corners):
        rows = tuple(
            place(str(i), box(x / 10_000, y / 10_000, (x + 3) / 10_000, (y + 7) / 10_000))
            for i, (x, y) in enumerate(corners)
        )
        assert unpack_places(pack_places(rows, [])).rows == rows

    def test_rounded_to_the_grid(self):
        rough = place("a", box(0.123456, 0.0, 1.0, 1.0))
        corner = unpack_places(pack_places([rough], []))[0].geometry.bounds[0]
        assert corner == pytest.approx(0.123456, abs=QUANTUM_DEG / 2)

    def test_another_format_is_refused(self, monkeypatch):
        monkeypatch.setattr(places_packed, "FORMAT", 99)
        newer = pack_places(self.rows, [])
        monkeypatch.undo()
        with pytest.raises(ValueError, match="format 99"):
            unpack_places(newer)


def test_outlines_agree_with_the_ministry(japan):
    """Outlines against those of the land ministry (N03, simplified) for the two southern prefectures."""
    path = shared_path("geodata", "jp_municipalities_46_47.geojson")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    wrong = []
    for feature in features:
        ours = japan.find(f"JP-{feature['properties']['code5']}")
        if ours is None:
            assert feature["properties"]["code5"] == "none"
            continue
        theirs = shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"])))
        shared = shapely.intersection(ours.geometry, theirs).area / shapely.union(ours.geometry, theirs).area
        wrong += [(ours.name, round(shared, 2))] if shared < 0.8 else []
    assert wrong == []
