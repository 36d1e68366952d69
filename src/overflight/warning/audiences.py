"""Who is addressed: people on land, boats, aircraft, partner agencies; and what craft are told.

A boat cannot go into a cellar.  Boats and aircraft are told the same facts as the places they are near, in
messages, areas and threads of their own, with what they can do: the Japanese of the instruction to
vessels follows the Japan Coast Guard's notices at launches (take note of what follows, do not approach
fallen objects, report them).  Their area is the water, or the air, at least twelve nautical miles around the
places, without the places' codes, so that no town's receiver takes it for its own.

Partner agencies are told what people are told, in messages of scope Restricted that go to no public channel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from overflight.warning.alert import MAX_RING_POINTS, AlertArea
from overflight.warning.names import Language, PlaceName, Words, place_list
from overflight.warning.templates import MessageKind, Template

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

AROUND_DEG = 0.2
"""Twelve nautical miles, the width of a territorial sea (UNCLOS article 3), as degrees of latitude."""


class Audience(StrEnum):
    """Whom a message addresses."""

    PEOPLE = "people"
    BOATS = "boats"
    AIRCRAFT = "aircraft"
    PARTNERS = "partners"


RESTRICTION = "Partner agencies of the sender only; not for publication"
"""What a message of scope Restricted says of whom it is for."""


def audience_of(thread: str) -> Audience:
    """Return whom the messages of a thread address: ``JP`` people, ``JP:boats`` boats."""
    return Audience(thread.partition(":")[2] or Audience.PEOPLE)


@dataclass(frozen=True, slots=True)
class _Craft:
    """The words of one kind of craft."""

    name: Words
    where: Words  # takes {places}
    act: Words
    after: Words


CRAFT = {
    Audience.BOATS: _Craft(
        Words("船舶", "vessels", "선박"),
        Words("{places}の周辺海域", "the waters around {places}", "{places} 주변 해역"),
        Words(
            "船舶は、今後の情報に留意するとともに、落下物を認めた場合は、近づくことなく、海上保安機関に通報して下さい。",
            "Vessels: watch for further information; do not approach fallen objects; report them to the "
            "coast guard.",
            "선박은 추가 안내에 유의하고, 낙하물을 발견하면 접근하지 말고 해양경찰에 신고해 주시기 바랍니다.",
        ),
        Words(
            "落下物を認めた場合は、近づくことなく、海上保安機関に通報して下さい。",
            "Do not approach fallen objects; report them to the coast guard.",
            "낙하물을 발견하면 접근하지 말고 해양경찰에 신고해 주시기 바랍니다.",
        ),
    ),
    Audience.AIRCRAFT: _Craft(
        Words("航空機", "aircraft", "항공기"),
        Words("{places}の周辺空域", "the airspace around {places}", "{places} 주변 공역"),
        Words(
            "航空機は、今後の情報に留意するとともに、管制機関の指示に従って下さい。",
            "Aircraft: watch for further information and follow the instructions of air traffic control.",
            "항공기는 추가 안내에 유의하고 관제기관의 지시에 따라 주시기 바랍니다.",
        ),
        Words(
            "引き続き、管制機関の指示に従って下さい。",
            "Keep following the instructions of air traffic control.",
            "계속해서 관제기관의 지시에 따라 주시기 바랍니다.",
        ),
    ),
}

_K, _JA, _EN, _KO = MessageKind, Language.JAPANESE, Language.ENGLISH, Language.KOREAN

_SAID: dict[tuple[MessageKind, Language], tuple[str, str, str, str]] = {
    (_K.LAUNCH, _JA): (
        "ロケット発射情報（[name]）",
        "ロケット発射。[name]は注意して下さい。",
        "{launch_time}頃、{origin}から{rocket}が発射されたものとみられます。対象は、[where]です。",
        "[act]",
    ),
    (_K.LAUNCH, _EN): (
        "Rocket launch ([name])",
        "Rocket launched: notice to [name].",
        "A {rocket} appears to have been launched from {origin} at about {launch_time}. Concerned: [where].",
        "[act]",
    ),
    (_K.LAUNCH, _KO): (
        "로켓 발사 정보 ([name])",
        "로켓 발사. [name] 주의.",
        "{launch_time}경 {origin}에서 {rocket}이 발사된 것으로 보입니다. 대상은 [where]입니다.",
        "[act]",
    ),
    (_K.OVERFLIGHT, _JA): (
        "ロケット上空通過予測（[name]）",
        "まもなくロケット通過。[name]は注意して下さい。",
        "{launch_time}頃に{origin}から発射された{rocket}は、{passage}、[where]を通過するものとみられます。",
        "[act]",
    ),
    (_K.OVERFLIGHT, _EN): (
        "Rocket overflight forecast ([name])",
        "Rocket about to pass: notice to [name].",
        "The {rocket} launched from {origin} at about {launch_time} is expected to pass {passage} over or "
        "near [where].",
        "[act]",
    ),
    (_K.OVERFLIGHT, _KO): (
        "로켓 상공 통과 예측 ([name])",
        "곧 로켓 통과. [name] 주의.",
        "{launch_time}경 {origin}에서 발사된 {rocket}이 {passage} [where] 부근을 통과할 것으로 보입니다.",
        "[act]",
    ),
    (_K.ALL_CLEAR, _JA): (
        "ロケット通過情報（[name]）",
        "ロケット通過。[name]への注意の呼びかけを解除します。",
        "{launch_time}頃に{origin}から発射された{rocket}は、{passed}ものとみられます。"
        "[where]の注意の呼びかけを解除します。",
        "[after]",
    ),
    (_K.ALL_CLEAR, _EN): (
        "Rocket passed ([name])",
        "Rocket passed. The notice to [name] is lifted.",
        "The {rocket} launched from {origin} at about {launch_time} appears to have passed {passed}. The "
        "notice is lifted for [where].",
        "[after]",
    ),
    (_K.ALL_CLEAR, _KO): (
        "로켓 통과 정보 ([name])",
        "로켓 통과. [name] 주의 요청을 해제합니다.",
        "{launch_time}경 {origin}에서 발사된 {rocket}은 {passed} 것으로 보입니다. "
        "[where]의 주의 요청을 해제합니다.",
        "[after]",
    ),
    (_K.WILL_NOT_ARRIVE, _JA): (
        "ロケット関連情報（[name]）",
        "[name]への注意の呼びかけを解除します。",
        "{launch_time}頃に{origin}から発射された{rocket}は、{country}には飛来しないものとみられます。"
        "[where]の注意の呼びかけを解除します。",
        "[after]",
    ),
    (_K.WILL_NOT_ARRIVE, _EN): (
        "Rocket will not arrive ([name])",
        "The notice to [name] is lifted.",
        "The {rocket} launched from {origin} at about {launch_time} is not expected to come to {country}. "
        "The notice is lifted for [where].",
        "[after]",
    ),
    (_K.WILL_NOT_ARRIVE, _KO): (
        "로켓 관련 정보 ([name])",
        "[name] 주의 요청을 해제합니다.",
        "{launch_time}경 {origin}에서 발사된 {rocket}은 {country}에는 날아오지 않을 것으로 보입니다. "
        "[where]의 주의 요청을 해제합니다.",
        "[after]",
    ),
    (_K.COME_DOWN, _JA): (
        "ロケット落下情報（[name]）",
        "[name]への注意の呼びかけを解除します。",
        "{launch_time}頃に{origin}から発射された{rocket}は、落下の途中まで観測されており、"
        "既に落下したものとみられます。[where]の注意の呼びかけを解除します。",
        "[after]",
    ),
    (_K.COME_DOWN, _EN): (
        "Rocket fallen ([name])",
        "The notice to [name] is lifted.",
        "The {rocket} launched from {origin} at about {launch_time} was seen falling until it was out of "
        "sight and must have come down by now. The notice is lifted for [where].",
        "[after]",
    ),
    (_K.COME_DOWN, _KO): (
        "로켓 낙하 정보 ([name])",
        "[name] 주의 요청을 해제합니다.",
        "{launch_time}경 {origin}에서 발사된 {rocket}은 낙하 도중까지 관측되었으며 이미 낙하한 것으로 "
        "보입니다. [where]의 주의 요청을 해제합니다.",
        "[after]",
    ),
    (_K.RETRACTION, _JA): (
        "訂正情報（[name]）",
        "訂正。先程の情報は誤りでした。取り消します。",
        "{issued_time}に[where]の[name]へ伝達したロケットに関する情報は、誤りでした。この情報を取り消します。",
        "通常の運航に戻って差し支えありません。",
    ),
    (_K.RETRACTION, _EN): (
        "Correction ([name])",
        "Correction. The earlier notice was an error and is withdrawn.",
        "The rocket notice sent at {issued_time} to [name] in [where] was an error. It is withdrawn.",
        "Normal operation can be resumed.",
    ),
    (_K.RETRACTION, _KO): (
        "정정 정보 ([name])",
        "정정. 앞서 보낸 정보는 잘못된 것으로, 취소합니다.",
        "{issued_time}에 [where]의 [name]에 보낸 로켓 관련 정보는 잘못된 것입니다. 이 정보를 취소합니다.",
        "정상 운항으로 돌아가셔도 됩니다.",
    ),
}
"""Event, headline, description and instruction; words in brackets are those of the craft."""


def craft_template(audience: Audience, kind: MessageKind, language: Language) -> Template:
    """Return the sentences for boats or aircraft; the short form is headline's facts and what to do."""
    craft = CRAFT[audience]
    words = {name: getattr(craft, name)[language] for name in ("name", "where", "act", "after")}

    def filled(text: str) -> str:
        for name, word in words.items():
            text = text.replace(f"[{name}]", word)
        return text

    event, headline, description, instruction = (filled(text) for text in _SAID[kind, language])
    gap = " " if language is not Language.JAPANESE else ""
    return Template(event, headline, description, instruction, f"{description}{gap}{instruction}")


def craft_areas(
    places: Sequence[tuple[PlaceName, PlaceName | None, BaseGeometry]],
    audience: Audience,
    languages: Sequence[Language],
) -> dict[Language, tuple[AlertArea, ...]]:
    """Return the one area around some places: never less than ``AROUND_DEG`` of latitude from their shore."""
    rings = _around([geometry for _, _, geometry in places])
    named = [(name, region) for name, region, _ in places]
    where = CRAFT[audience].where
    return {
        language: (AlertArea(where[language].format(places=place_list(named, language)), rings),)
        for language in languages
    }


def _around(geometries: Sequence[BaseGeometry]) -> tuple[tuple[tuple[float, float], ...], ...]:
    from shapely import box, unary_union

    wide = []
    for geometry in geometries:
        for part in getattr(geometry, "geoms", [geometry]):
            _, south, _, north = part.bounds
            stretch = max(math.cos(math.radians(max(abs(south), abs(north)))), 0.05)
            # a buffer's corners lie on the circle, its edges inside: 1.02 covers eight segments a quarter
            wide.append(part.convex_hull.buffer(1.02 * AROUND_DEG / stretch, quad_segs=8))
    joined = unary_union(wide).intersection(box(-180.0, -90.0, 180.0, 90.0))
    rings = []
    for part in getattr(joined, "geoms", [joined]):
        outline = part.exterior if len(part.exterior.coords) <= MAX_RING_POINTS else part.convex_hull.exterior
        step = 0.005
        while len(outline.coords) > MAX_RING_POINTS:  # outwards, so that nothing is lost
            outline = part.convex_hull.buffer(step).simplify(step).exterior
            step *= 2.0
        rings.append(tuple((round(x, 4), round(y, 4)) for x, y in outline.coords))
    return tuple(rings)
