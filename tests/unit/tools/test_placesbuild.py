"""The making of the packaged places: cutting outlines, joining names and codes, counting people."""

from __future__ import annotations

import io
import struct
import sys
import zipfile

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from overflight.exposure.place import Place
from overflight.exposure.places import load_places, place_credits
from support import ROOT, SOURCE

sys.path.insert(0, str(ROOT / "tools"))

from placesbuild import archives, census_jp, japan, korea, notes, population, taiwan, topology, world

GRID = 1e-4


def coverage(*shapes, rank=None, gap_km2=0.0):
    return topology.make_coverage(list(shapes), rank or [0] * len(shapes), GRID, gap_km2)


class TestTopology:
    def test_neighbours_drawn_apart_share_their_border(self):
        # The same border, drawn with other vertices on each side: an overlap here, a sliver there.
        left = Polygon([(0, 0), (1, 0), (1.002, 0.5), (1, 1), (0, 1)])
        right = Polygon([(2, 0), (2, 1), (1, 1), (0.998, 0.7), (1.003, 0.2), (1, 0)])
        assert left.intersection(right).area > 0
        assert box(0, 0, 2, 1).difference(left.union(right)).area > 0
        cut = coverage(left, right, gap_km2=50.0)
        assert shapely.coverage_is_valid(cut)
        assert shapely.is_valid(cut).all()
        assert cut[0].intersection(cut[1]).area == 0.0
        assert shapely.union_all(cut).equals(box(0, 0, 2, 1))

    def test_a_wide_gap_stays(self):
        ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
        assert coverage(ring, box(5, 5, 6, 6), gap_km2=100.0)[0].area == pytest.approx(8.0)

    def test_the_sea_is_no_gap(self):
        # A bay 0.01 degrees wide, open to the sea, between two places.
        left, right = box(0, 0, 1, 1), box(1.01, 0, 2, 1)
        cut = coverage(left, right, gap_km2=1e6)
        assert shapely.area(cut) == pytest.approx([1.0, 0.99])

    def test_a_village_is_cut_out_of_the_city_drawn_over_it(self):
        city, village = box(0, 0, 3, 3), box(1, 1, 2, 2)
        for shapes in ((city, village), (village, city)):
            cut = coverage(*shapes)
            assert sorted(shapely.area(cut)) == pytest.approx([1.0, 8.0])

    def test_the_better_source_wins(self):
        small_but_worse, better = box(1, 1, 2, 2), box(0, 0, 3, 3)
        cut = coverage(small_but_worse, better, rank=[1, 0])
        assert cut[0].is_empty
        assert cut[1].area == pytest.approx(9.0)

    def test_all_vertices_lie_on_the_grid(self):
        cut = coverage(
            Polygon([(0, 0), (1 / 3, 1 / 7), (0.1, 1 / 3)]), Polygon([(0, 0.2), (0.5, 0), (0.5, 0.3)])
        )
        steps = shapely.get_coordinates(cut) / GRID
        assert np.abs(steps - np.rint(steps)).max() < 1e-6

    @pytest.mark.parametrize("seed", range(5))
    def test_random_cells_fit_together(self, seed):
        # Cells of a Voronoi diagram, each shaken on its own by up to 30 grid steps.
        random = np.random.default_rng(seed)
        points = shapely.MultiPoint(random.uniform(0, 1, (40, 2)))
        cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=box(0, 0, 1, 1)))
        corners = [shapely.get_coordinates(cell)[:-1] for cell in cells]
        shaken = [topology.united([Polygon(xy + random.uniform(-0.003, 0.003, xy.shape))]) for xy in corners]
        cut = coverage(*shaken, gap_km2=5.0)
        assert shapely.is_valid(cut).all()
        assert shapely.coverage_is_valid(cut)
        assert shapely.area(cut) == pytest.approx(shapely.area(cells), rel=0.1, abs=1e-3)
        simple = topology.simplify_coverage(cut, 0.01)
        assert shapely.coverage_is_valid(simple)
        assert shapely.get_num_coordinates(simple).sum() <= shapely.get_num_coordinates(cut).sum()

    def test_no_island_is_lost_by_simplifying(self):
        round_island = shapely.Point(5, 5).buffer(0.02)
        place = MultiPolygon([box(0, 0, 1, 1), round_island])
        (simple,) = topology.simplify_coverage(np.array([place], dtype=object), 0.5)
        assert len(simple.geoms) == 2

    def test_islets_go_but_never_a_whole_place(self):
        place = MultiPolygon([box(0, 0, 0.1, 0.1), box(1, 0, 1.001, 0.001)])
        assert len(topology.drop_islets(place, 0.1).geoms) == 1
        assert topology.drop_islets(place, 1e6).area == pytest.approx(0.01)

    def test_parts_drawn_over_each_other_are_one(self):
        geometry = {"type": "MultiPolygon", "coordinates": [
            [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]], [[[0.5, 0.5], [1, 0.5], [1, 1], [0.5, 0.5]]]]}  # fmt: skip
        assert topology.shape(geometry).area == pytest.approx(4.0)

    def test_a_bowtie_is_repaired(self):
        bowtie = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
        assert topology.shape(bowtie).is_valid
        assert topology.shape(bowtie).area == pytest.approx(2.0)

    def test_area(self):
        assert topology.area_km2(np.array([box(0, 59.5, 1, 60.5)])) == pytest.approx(111.195**2 / 2, rel=1e-3)


class TestJapan:
    @pytest.mark.parametrize(
        ("parts", "name"),
        [
            (["釧路市釧路", "釧路市阿寒"], "釧路市"),
            (["郡山市", "郡山市湖南"], "郡山市"),
            (["佐世保市（宇久地域を除く）", "佐世保市（宇久地域）"], "佐世保市"),
            (["与謝野町旧加悦町", "与謝野町旧岩滝町"], "与謝野町"),
            (["東みよし町三好地域", "東みよし町三加茂地域"], "東みよし町"),
        ],
    )
    def test_local_names_are_joined(self, parts, name):
        assert japan.local_name(parts) == name

    def test_names_of_two_municipalities_are_refused(self):
        with pytest.raises(ValueError, match="no municipality"):
            japan.local_name(["釧路市", "北見市"])

    @pytest.mark.parametrize(
        ("parts", "name"),
        [
            (["Eastern Osaki City", "Western Osaki City"], "Osaki City"),
            (["Koriyama City", "Konan, Koriyama City"], "Koriyama City"),
            (["Sasebo City (Excluding Uku Area)", "Sasebo City (Uku Area)"], "Sasebo City"),
            (["Imaichi, Nikko City", "Nikko, Nikko City"], "Nikko City"),
        ],
    )
    def test_english_names_are_joined(self, parts, name):
        assert japan.english_name(parts) == name

    def test_prefectures_stand_in_the_order_of_their_codes(self):
        assert len(japan.PREFECTURES) == 47
        assert japan.PREFECTURES[46 - 1] == ("鹿児島県", "Kagoshima")

    def test_typed_counts(self):
        southern = {code: people for code, people in census_jp.PEOPLE.items() if code[:2] in ("46", "47")}
        assert len(southern) == 84
        assert sum(southern.values()) == 1_468_410 + 1_589_206
        assert southern["47201"] == 317_832


class TestKorea:
    @pytest.mark.parametrize(
        ("code", "name", "now"),
        [
            ("11290", "서울시성북구", ("11290", "성북구")),
            ("11215", "광진구", ("11215", "광진구")),
            ("41111", "수원시장안구", ("41110", "수원시")),
            ("48120", "창원시", ("48120", "창원시")),
            ("44130", "천안시", ("44130", "천안시")),
            ("41285", "일산동구", ("41280", "고양시")),
            ("43710", "청원군", ("43110", "청주시")),
            ("28170", "남구", ("28177", "미추홀구")),
            ("28720", "옹진군", ("28720", "옹진군")),
            ("36110", "세종시", ("36110", "세종특별자치시")),
        ],
    )
    def test_units_as_they_are_now(self, code, name, now):
        assert korea.unit_now(code, name) == now

    def test_geopackage_header(self):
        wkb = shapely.to_wkb(box(0, 0, 1, 1))
        header = b"GP\x00" + bytes([0b0000_0011]) + struct.pack("<i4d", 5179, 0, 1, 0, 1)
        assert shapely.from_wkb(korea.geopackage_wkb(header + wkb)).equals(box(0, 0, 1, 1))
        with pytest.raises(ValueError, match="GeoPackage"):
            korea.geopackage_wkb(wkb)


def test_topojson_arcs_are_decoded_and_joined():
    topology_ = {
        "transform": {"scale": [0.5, 2.0], "translate": [10.0, 20.0]},
        "arcs": [[[0, 0], [2, 0], [0, 1]], [[0, 0], [0, 1], [2, 0]]],
    }
    arcs = taiwan.decoded_arcs(topology_)
    assert arcs[0].tolist() == [[10, 20], [11, 20], [11, 22]]
    square = taiwan.rings({"type": "Polygon", "arcs": [[0, ~1]]}, arcs)
    assert square["coordinates"] == [[[[10, 20], [11, 20], [11, 22], [10, 22], [10, 20]]]]


@pytest.mark.parametrize(
    ("about", "country"),
    [
        ({"iso_a2": "KP", "adm0_a3": "PRK", "adm1_code": "PRK-1"}, "KP"),
        ({"iso_a2": "-1", "adm0_a3": "IOA", "adm1_code": "IOA-2652"}, "CX"),
        ({"iso_a2": "-1", "adm0_a3": "SOL", "adm1_code": "SOL+00?"}, "SO"),
        ({"iso_a2": "-1", "adm0_a3": "PGA", "adm1_code": "PGA+00?"}, None),
    ],
)
def test_countries(about, country):
    assert world.country_of(about) == country


def test_archives_inside_a_library_are_found():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.json", "[1]")
    library = b"\x7fELF" + b"PK\x05\x06 no archive " + inner.getvalue() + b"\x00PK\x03\x04" + inner.getvalue()
    assert list(archives.embedded_files(library)) == [("a.json", b"[1]")] * 2


def test_sources_are_pinned():
    for source in archives.SOURCES:
        assert len(source.sha256) == 64
        assert source.version in source.file
        assert source.credit in archives.CREDITS


def test_the_pages_beside_the_data_are_those_of_the_data():
    data = SOURCE / "exposure" / "data"
    assert place_credits() == archives.CREDITS
    assert (data / "places.LICENSES.md").read_text(encoding="utf-8") == notes.licences()
    size_bytes = (data / "places.zip").stat().st_size
    assert size_bytes < 4_000_000
    assert (data / "README.md").read_text(encoding="utf-8") == notes.readme(load_places(), size_bytes)


def test_a_changed_archive_is_refused(tmp_path):
    source = archives.SOURCES[0]
    (tmp_path / source.file).write_bytes(b"something else")
    with pytest.raises(SystemExit, match="sha256"):
        archives.fetch(source, tmp_path)


def place(code, geometry, name="", name_en=None, country="JP"):
    return Place(code, name or code, name_en, country, None, None, None, MultiPolygon([geometry]))


def town(name, longitude_deg, latitude_deg, people, country="JP", other_names=()):
    return population.Town(name, frozenset(other_names), country, longitude_deg, latitude_deg, people)


class TestPeople:
    miyako = place("47214", box(125.2, 24.7, 125.4, 24.9), "宮古島市", "Miyakojima City")

    def test_a_quarter_is_not_added_to_its_city(self):
        towns = [town("Miyakojima", 125.28, 24.80, 54_908), town("Hirara", 125.283, 24.80, 34_354)]
        (found,) = population.by_name([self.miyako], towns, "JP")
        assert (found.population, found.population_source) == (54_908, population.SAME_NAME)

    def test_without_a_place_of_the_name_nothing_is_known(self):
        (found,) = population.by_name([self.miyako], [town("Hirara", 125.283, 24.80, 34_354)], "JP")
        assert (found.population, found.population_source) == (None, None)

    def test_the_local_name_will_do(self):
        towns = [town("Elsewhere", 125.3, 24.8, 10, other_names=["宮古島"])]
        assert population.by_name([self.miyako], towns, "JP")[0].population == 10

    def test_a_town_of_the_name_elsewhere_is_another_one(self):
        assert (
            population.by_name([self.miyako], [town("Miyakojima", 130.0, 24.8, 9)], "JP")[0].population
            is None
        )

    def test_what_was_counted_stays(self):
        counted = population.counted([self.miyako], {"47214": 52_962}, "census", country="JP")
        again = population.by_name(counted, [town("Miyakojima", 125.28, 24.80, 54_908)], "JP")
        assert (again[0].population, again[0].population_source) == (52_962, "census")

    def test_codes_of_another_country_are_not_mistaken(self):
        (found,) = population.counted([self.miyako], {"47214": 1}, "census", country="KR")
        assert found.population is None

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Ōmiya-shi", "Oomiya City"),
            ("Shimbashi", "Shinbashi"),
            ("Kōchi-shi", "Kouchi"),
            ("Tsushima", "Tusima"),
        ],
    )
    def test_spellings_of_one_name(self, one, other):
        assert population.spelling(one) == population.spelling(other)

    def test_spellings_of_two_names(self):
        assert population.spelling("Naha") != population.spelling("Nago")

    def test_parts_of_a_large_town_are_left_out(self):
        # 3,000,000 people fill a disc of 18 km: 0.1 degrees away is a part, 0.3 degrees away a town.
        towns = [
            town("City", 0.5, 0.5, 3_000_000),
            town("Part", 0.6, 0.5, 900_000),
            town("Town", 0.8, 0.5, 50_000),
        ]
        people, number = population.town_people([place("a", box(0, 0, 1, 1))], towns)
        assert people.tolist() == [3_050_000]
        assert number.tolist() == [3]

    def test_people_outside_towns_are_shared_out(self):
        divisions = [place("a", box(0, 0, 1, 1)), place("b", box(1, 0, 2, 1)), place("c", box(2, 0, 3, 1))]
        towns = [town("A", 0.5, 0.5, 600), town("B", 1.2, 0.5, 100), town("BB", 1.8, 0.5, 100)]
        assert population.divided(divisions, towns, 1100) == pytest.approx([600 + 100, 200 + 200, 0])

    def test_towns_never_have_more_people_than_their_country(self):
        divisions = [place("a", box(0, 0, 1, 1)), place("b", box(1, 0, 2, 1))]
        towns = [town("A", 0.5, 0.5, 600), town("B", 1.5, 0.5, 200)]
        assert population.divided(divisions, towns, 400) == pytest.approx([300, 100])

    def test_estimates_are_rounded_and_say_so(self):
        divisions = [place("a", box(0, 0, 1, 1), country="XX"), place("b", box(1, 0, 2, 1), country="XX")]
        towns = [town("A", 0.5, 0.5, 123_456, "XX"), town("B", 1.5, 0.5, 200, "XX")]
        found = population.shared_out(divisions, towns, {"XX": 123_656}, leave=())
        assert [p.population for p in found] == [123_000, 200]
        assert all(p.population_source.startswith("estimate") for p in found)
        assert population.shared_out(divisions, towns, {"XX": 123_656}, leave=("XX",)) == divisions

    def test_a_country_in_one_place_has_all_its_people(self):
        (found,) = population.shared_out(
            [place("XX", box(0, 0, 1, 1), country="XX")], [], {"XX": 12_345}, leave=()
        )
        assert (found.population, found.population_source) == (12_345, population.WHOLE_COUNTRY)
