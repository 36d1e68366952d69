"""The drafts of the launch of 24 August 2023, as the places concerned would get them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from shapely import box

from overflight.errors import InputError
from overflight.warning.alert import MsgType, ResponseType, Severity, Status, Urgency
from overflight.warning.cap.compose import compose
from overflight.warning.drafts import PREPARED, ConcernedPlace, Draft, LaunchFacts, plan_drafts
from overflight.warning.names import Language, PlaceName, Words
from overflight.warning.templates import COUNTRY_WORDS, MessageKind, VehicleWord

KST = timezone(timedelta(hours=9))
OKINAWA = PlaceName("沖縄県", "JP", en="Okinawa")
INCHEON = PlaceName("인천광역시", "KR", en="Incheon")
KUMEJIMA = ConcernedPlace(
    "47361",
    PlaceName("久米島町", "JP", en="Kumejima Town"),
    OKINAWA,
    box(126.7, 26.3, 126.8, 26.4),
    552.0,
    598.0,
)
MIYAKOJIMA = ConcernedPlace(
    "47214",
    PlaceName("宮古島市", "JP", en="Miyakojima City"),
    OKINAWA,
    box(125.2, 24.7, 125.5, 24.9),
    578.4,
    620.9,
)
ONGJIN = ConcernedPlace(
    "23320", PlaceName("옹진군", "KR", en="Ongjin-gun"), INCHEON, box(124.6, 37.9, 124.8, 38.0), 150.0, 185.0
)
PLACES = (MIYAKOJIMA, ONGJIN, KUMEJIMA)
LAUNCH = LaunchFacts(
    key="malligyong-1-2",
    lift_off=datetime(2023, 8, 24, 3, 50, 30, tzinfo=KST),
    origin=COUNTRY_WORDS["KP"],
    vehicle=VehicleWord.SATELLITE_ROCKET,
    passed_to={"JP": Words("太平洋", "the Pacific", "태평양")},
)


def drafts(places: Sequence[ConcernedPlace] = PLACES) -> tuple[Draft, ...]:
    return plan_drafts(LAUNCH, places, zone_offset_h=9.0)


def by_kind(country: str) -> dict[MessageKind, Draft]:
    return {draft.kind: draft for draft in drafts() if draft.country == country}


def test_five_drafts_for_each_country_in_order_of_passage() -> None:
    assert [(draft.country, draft.kind) for draft in drafts()] == [
        (country, kind) for country in ("KR", "JP") for kind in PREPARED
    ]
    names = [draft.file_name for draft in drafts()]
    assert names[:2] == ["kr-1-launch.xml", "kr-2-overflight.xml"]
    assert names[-1] == "jp-5-retraction.xml"
    assert len(set(names)) == 10


def test_no_place_no_draft() -> None:
    assert drafts(()) == ()


def test_nothing_here_can_be_taken_for_an_alert() -> None:
    for draft in drafts():
        alert = draft.alert
        assert alert.status is Status.DRAFT
        assert alert.sender.endswith(".example.invalid")
        assert alert.note is not None
        for phrase in ("not an official warning", "公的な警報ではありません", "공식 경보가 아닙니다"):
            assert phrase in alert.note
        for info in alert.infos:
            assert "not an official warning" in info.sender_name


def test_meaning_of_each_kind() -> None:
    japan = {kind: draft.alert for kind, draft in by_kind("JP").items()}
    launch, overflight = japan[MessageKind.LAUNCH], japan[MessageKind.OVERFLIGHT]
    assert launch.msg_type is MsgType.ALERT
    assert overflight.references == (launch.as_reference(),)
    for alert in (launch, overflight):
        assert alert.infos[0].response_types == (ResponseType.SHELTER,)
        assert alert.infos[0].urgency is Urgency.IMMEDIATE
    for kind in (MessageKind.ALL_CLEAR, MessageKind.WILL_NOT_ARRIVE, MessageKind.RETRACTION):
        alert = japan[kind]
        assert alert.references == (launch.as_reference(), overflight.as_reference())
        assert alert.infos[0].response_types == (ResponseType.ALL_CLEAR,)
        assert alert.infos[0].severity is Severity.MINOR
        assert alert.sent > overflight.sent > launch.sent
    assert japan[MessageKind.RETRACTION].msg_type is MsgType.CANCEL


def test_times_are_local_and_bracket_the_passage() -> None:
    info = by_kind("JP")[MessageKind.OVERFLIGHT].alert.info("ja")
    assert info.onset == datetime(2023, 8, 24, 3, 59, 42, tzinfo=KST)
    assert info.onset.isoformat() == "2023-08-24T03:59:42+09:00"
    parameters = dict(info.parameters)
    assert parameters["overflight:passage:47214"] == "2023-08-24T04:00:08+09:00/2023-08-24T04:00:50+09:00"
    assert info.expires is not None
    assert info.expires > datetime(2023, 8, 24, 4, 0, 51, tzinfo=KST)


def test_another_zone_for_another_country() -> None:
    made = plan_drafts(LAUNCH, PLACES, zone_offset_h=9.0, zone_offsets_h={"KR": 8.5})
    korea, japan = made[0].alert, made[-1].alert
    assert korea.sent.utcoffset() == timedelta(hours=8.5)
    assert japan.sent.utcoffset() == timedelta(hours=9)
    assert "at about 03:20" in korea.info("en").description


def test_areas_carry_rings_and_codes_alike_in_every_language() -> None:
    alert = by_kind("JP")[MessageKind.LAUNCH].alert
    areas = [info.areas for info in alert.infos]
    assert [area.description for (area,) in areas] == [
        "沖縄県久米島町、宮古島市",
        "Kumejima Town and Miyakojima City in Okinawa",
        "오키나와현 구메지마정, 미야코지마시",
    ]
    assert all(area.geocodes == (("JISX0402", "47361"), ("JISX0402", "47214")) for (area,) in areas)
    assert len({area.polygons for (area,) in areas}) == 1
    assert len(areas[0][0].polygons) == 2
    assert by_kind("KR")[MessageKind.LAUNCH].alert.infos[0].areas[0].geocodes == ()


def test_one_area_for_each_region() -> None:
    yoron = ConcernedPlace(
        "46535",
        PlaceName("与論町", "JP", en="Yoron Town"),
        PlaceName("鹿児島県", "JP", en="Kagoshima"),
        box(128.4, 27.0, 128.5, 27.1),
        570.0,
        580.0,
    )
    info = drafts((KUMEJIMA, yoron))[0].alert.info("ja")
    assert [area.description for area in info.areas] == ["沖縄県久米島町", "鹿児島県与論町"]


def test_the_same_input_gives_the_same_bytes_and_another_input_another_name() -> None:
    first = [compose(draft.alert) for draft in drafts()]
    assert first == [compose(draft.alert) for draft in drafts(PLACES[::-1])]
    identifiers = {draft.alert.identifier for draft in drafts()}
    assert len(identifiers) == 10
    later = replace(KUMEJIMA, last_time_s=700.0)
    assert not identifiers & {draft.alert.identifier for draft in drafts((later, MIYAKOJIMA))}


def test_fewer_languages_may_be_asked_for() -> None:
    made = plan_drafts(LAUNCH, PLACES, zone_offset_h=9.0, languages=[Language.KOREAN])
    assert {tuple(info.language for info in draft.alert.infos) for draft in made} == {("ko",)}


@pytest.mark.parametrize("times", [(float("nan"), 600.0), (552.0, float("inf")), (600.0, 500.0)])
def test_a_place_without_a_passage_is_refused(times: tuple[float, float]) -> None:
    place = replace(KUMEJIMA, first_time_s=times[0], last_time_s=times[1])
    with pytest.raises(InputError, match=r"places\.47361"):
        drafts((place,))


def test_lift_off_is_an_instant() -> None:
    naive = replace(LAUNCH, lift_off=LAUNCH.lift_off.replace(tzinfo=None))
    with pytest.raises(InputError, match="lift_off"):
        plan_drafts(naive, PLACES, zone_offset_h=9.0)
