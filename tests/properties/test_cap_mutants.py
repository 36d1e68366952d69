"""Valid alerts, broken in one way at random: no rule-breaker is accepted, and none crashes the check.

Each breaker knows by its construction which rule it breaks and in which profile; nothing is asked of the
checker to decide that.  The everyday run takes a few hundred mutants, `make campaign` 2,000 a breaker.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capfakes import GOOD, SENT, signed, signer
from overflight.warning.cap.check import check_alert
from overflight.warning.cap.findings import Layer, Profile, Verdict
from overflight.warning.cap.keys import Trust
from overflight.warning.cap.verify import verify

FEW = settings(
    max_examples=settings().max_examples if os.environ.get("HYPOTHESIS_PROFILE") == "campaign" else 30
)

Draw = Callable[[st.SearchStrategy], object]
CAP, DESK = Profile.CAP, Profile.DESK
LEAVES = re.compile(r"<(\w+)>([^<>]*)</\1>")
ONE_BY_ONE = ("identifier", "sender", "sent", "status", "msgType", "scope", "event", "category", "urgency",
              "severity", "certainty", "areaDesc", "valueName", "value", "mimeType", "resourceDesc")  # fmt: skip
INSTANTS = ("sent", "effective", "expires")
TEXTS = ("headline", "description", "instruction", "event", "senderName", "areaDesc")


def one_of(draw: Draw, *choices: str) -> str:
    return draw(st.sampled_from(choices))  # type: ignore[return-value]


def replaced(draw: Draw, name: str, by: Callable[[str], str] | str, xml: str = GOOD) -> str:
    """Replace the text of one of the elements of a name."""
    spans = [m.span(1) for m in re.finditer(f"<{name}>([^<]*)</{name}>", xml)]
    begin, end = draw(st.sampled_from(spans))  # type: ignore[misc]
    return xml[:begin] + (by if isinstance(by, str) else by(xml[begin:end])) + xml[end:]


def words(draw: Draw, alphabet: str = "abcXYZ019-_", least: int = 1) -> str:
    return draw(st.text(alphabet, min_size=least, max_size=12))  # type: ignore[return-value]


def drop_required(draw: Draw) -> str:
    name = one_of(draw, *ONE_BY_ONE)
    return re.sub(f"<{name}>[^<]*</{name}>", "", GOOD, count=1)


def wrong_value(draw: Draw) -> str:
    name = one_of(
        draw, "status", "msgType", "scope", "category", "urgency", "severity", "certainty", "responseType"
    )
    good = re.findall(f"<{name}>([^<]*)<", GOOD)[0]
    return replaced(
        draw, name, one_of(draw, words(draw) + "?", good.lower(), f" {good}", "", good + "\u200b")
    )


def wrong_instant(draw: Draw) -> str:
    wrong = one_of(
        draw, "2023-08-24T04:07:00Z", "2023-08-24T04:07:00", "2023-08-24 04:07:00+09:00", "2023-08-24T04:07:00,09:00",
        "2023-02-30T04:07:00+09:00", "2023-08-24T04:07:00.5+09:00", "2023-08-24T25:07:00+09:00", "1692817620",
        "2023-08-24T04:07+09:00", "20230824T040700+0900", "２０２３-08-24T04:07:00+09:00", "0000-08-24T04:07:00+09:00",
        "2023-08-24T04:07:61+09:00", "2023-08-24T04:07:00+15:00",
    )  # fmt: skip
    return replaced(draw, one_of(draw, *INSTANTS), wrong)


def second_element(draw: Draw) -> str:
    name = one_of(draw, "identifier", "status", "urgency", "expires", "headline", "areaDesc", "references")
    return re.sub(f"(<{name}>[^<]*</{name}>)", r"\1\1", GOOD, count=1)


def out_of_order(draw: Draw) -> str:
    leaf = one_of(draw, "sent", "urgency", "expires", "status", "areaDesc")
    found = re.search(f"\\s*<{leaf}>[^<]*</{leaf}>", GOOD)
    assert found
    end = "</area>" if leaf == "areaDesc" else "</info>" if leaf in ("urgency", "expires") else "</alert>"
    return GOOD.replace(found[0], "", 1).replace(end, found[0] + end, 1)


def foreign_element(draw: Draw) -> str:
    tag = "x" + words(draw, "abc")
    after = one_of(draw, "</scope>", "</event>", "</areaDesc>", "</valueName>")
    return GOOD.replace(after, f"{after}<{tag}>{words(draw)}</{tag}>", 1)


def other_namespace(draw: Draw) -> str:
    return GOOD.replace("cap:1.2", one_of(draw, "cap:1.1", "cap:1.0", "cap:1.3", "cap:1.2 ", "CAP:1.2", ""))


def not_well_formed(draw: Draw) -> str:
    at = draw(st.integers(45, len(GOOD) - 3))
    return one_of(
        draw, GOOD[:at], GOOD.replace("</info>", "", 1), GOOD + GOOD, GOOD.replace("<scope>", "<scope", 1)
    )


def doctype(draw: Draw) -> str:
    inside = one_of(
        draw, "", " SYSTEM 'http://192.0.2.1/x.dtd'", " [<!ENTITY x 'y'>]", " PUBLIC '-//x' 'file:///x'"
    )
    before = one_of(draw, "", "<!-- c -->", "<?pi x?>", "\n\n", "<!-- <!DOCTYPE x> -->")
    return GOOD.replace("<alert", f"{before}<!DOCTYPE alert{inside}><alert", 1)


def bad_token(draw: Draw) -> str:
    letter = one_of(draw, " ", ",", "&lt;", "&amp;", "\t", "\n", "\u3000", "\u00a0")
    return replaced(draw, one_of(draw, "identifier", "sender"), words(draw) + letter + words(draw))


def empty_text(draw: Draw) -> str:
    name = one_of(draw, "identifier", "sender", "event", "areaDesc", "valueName", "mimeType", "resourceDesc")
    return replaced(draw, name, one_of(draw, "", " ", "\n\t", "<!-- x -->"))


def no_references(draw: Draw) -> str:
    xml = replaced(draw, "msgType", one_of(draw, "Update", "Cancel", "Ack", "Error"))
    return re.sub(
        "<references>[^<]*</references>", one_of(draw, "", "<references/>", "<references> </references>"), xml
    )


def bad_reference(draw: Draw) -> str:
    wrong = one_of(
        draw, "test.0001", "desk@civil.example,test.0001", "desk@civil.example test.0001 2023-08-24T03:54:00+09:00",
        ",test.0001,2023-08-24T03:54:00+09:00", "desk@civil.example,test.0001,yesterday",
        "desk@civil.example,test.0001,2023-08-24T03:54:00Z", "desk@civil.example,test.0001,2023-08-24T03:54:00+09:00,x",
        "desk@civil.example,test.0002,2023-08-24T04:07:00+09:00", "desk@civil.example,test.0001,2023-08-24T04:07:01+09:00",
        "desk@civil.example,test.0001,2023-13-24T03:54:00+09:00",
    )  # fmt: skip
    good = "desk@civil.example,test.0001,2023-08-24T03:54:00+09:00"
    return replaced(draw, "references", one_of(draw, wrong, f"{good} {wrong}", f"{wrong} {good}"))


def scope_without_its_part(draw: Draw) -> str:
    return replaced(draw, "scope", one_of(draw, "Restricted", "Private"))


def late_expiry(draw: Draw) -> str:
    seconds = draw(st.integers(0, 10**7))
    assert isinstance(seconds, int)
    time = SENT - timedelta(seconds=seconds)
    return replaced(draw, "expires", time.isoformat(timespec="seconds"))


def wrong_ring(draw: Draw) -> str:
    pairs = ["26.9,127.6", "26.9,128.4", "26.0,128.0", "26.0,127.4"]
    at = draw(st.integers(0, 3))
    assert isinstance(at, int)
    number = one_of(
        draw, "NaN", "inf", "1e1", "", "26.0.1", "0x1a", "26,0", "９", "+-1", "26°", "90.001", "-91"
    )
    swapped = [",".join(reversed(pair.split(","))) for pair in pairs]
    crossing = [pairs[0], pairs[2], pairs[1], pairs[3]]
    broken = [*pairs[:at], f"{number},127.9", *pairs[at + 1 :]]
    joined = [pair.replace(",", one_of(draw, ";", ", ", " ", ",,")) for pair in pairs]
    flat = [f"26.9,{127 + k / 10}" for k in (0, 1, 2, 1)]
    ring: list[str] = draw(  # type: ignore[assignment]
        st.sampled_from(
            [pairs, [*swapped, swapped[0]], [*crossing, crossing[0]], [*broken, broken[0]], [*joined, joined[0]],
             [pairs[0], pairs[1], pairs[0]], [pairs[0]] * 5, [*flat, flat[0]], [], [pairs[0]], [*pairs, "26.9,127.60001"]]
        )
    )  # fmt: skip
    return replaced(draw, "polygon", one_of(draw, " ", "\n").join(ring))


def wrong_circle(draw: Draw) -> str:
    wrong = ("24.8,125.3", "24.8 125.3 30", "24.8,125.3,30", "24.8,125.3 -1", "24.8,125.3 NaN", "125.3,24.8 30",
             "24.8,125.3 30 km", "24.8,125.3 3e1", "24.8,125.3 99999", "", "24.8,180.1 3")  # fmt: skip
    return replaced(draw, "circle", one_of(draw, *wrong))


def height_upside_down(draw: Draw) -> str:
    if draw(st.booleans()):
        return GOOD.replace("<altitude>0</altitude>", "", 1)
    return replaced(draw, "ceiling", "-5")


def wrong_content(draw: Draw) -> str:
    name, text = draw(  # type: ignore[misc]
        st.sampled_from(
            [("derefUri", "dGVzdA="), ("derefUri", "%%%"), ("digest", "0" * 40), ("derefUri", "dGVzdQ==")]
        )
    )
    return replaced(draw, name, text)


def no_expiry(draw: Draw) -> str:
    return re.sub("<expires>[^<]*</expires>", "", GOOD, count=one_of(draw, "1", "2") == "1")


def expiry_far_away(draw: Draw) -> str:
    return replaced(draw, "expires", one_of(draw, "2023-09-24T05:07:00+09:00", "9999-12-31T23:59:59+00:00"))


def no_area(draw: Draw) -> str:
    found = re.findall(r"<area>.*?</area>", GOOD, re.DOTALL)
    return GOOD.replace(draw(st.sampled_from(found)), "")  # type: ignore[arg-type]


def nowhere(draw: Draw) -> str:
    parts = r"<(polygon|circle)>[^<]*</\1>|<geocode>.*?</geocode>|<(altitude|ceiling)>[^<]*</\2>"
    return re.sub(parts, "", GOOD)


def many_points(draw: Draw) -> str:
    count = draw(st.integers(100, 300))
    assert isinstance(count, int)
    ring = [
        f"{26 + k * 1e-4:.4f},{127 + (k % 2) * 1e-3 + (0 if k < count // 2 else 0.1):.4f}"
        for k in range(count)
    ]
    ring = [f"{20 + k * 0.01:.2f},100" for k in range(count - 1)] + [f"{20 + count * 0.01:.2f},101"]
    return replaced(draw, "polygon", " ".join([*ring, ring[0]]))


def markup(draw: Draw) -> str:
    mark = one_of(draw, "&lt;b&gt;x&lt;/b&gt;", "&lt;script src='x'&gt;", "&lt;br/&gt;", "&amp;nbsp;", "&lt;!-- x",
                  "&amp;#x202e;", "<![CDATA[<img src=x onerror=y>]]>")  # fmt: skip
    return replaced(draw, one_of(draw, *TEXTS), lambda text: text + mark)


def hidden_letters(draw: Draw) -> str:
    letter = one_of(draw, "\u202e", "\u2066", "\u202d", "\u200b", "\ufeff", "\ue000", "&#x85;", "\U000e0041")
    return replaced(draw, one_of(draw, *TEXTS), lambda text: text[:1] + letter + text[1:])


def real_that_says_drill(draw: Draw) -> str:
    actual = GOOD.replace("試験", "情報").replace("TEST", "Notice").replace("<status>Test", "<status>Actual")
    word = one_of(
        draw,
        "訓練",
        "これは訓練です",
        "テスト放送",
        "試験",
        "This is a test",
        "DRILL",
        "exercise",
        "훈련입니다",
        "시험",
    )
    return replaced(draw, one_of(draw, *TEXTS[:5]), lambda text: f"{text} {word}", actual)


def drill_that_says_real(draw: Draw) -> str:
    word = one_of(
        draw,
        "This is not a drill",
        "THIS IS NOT A TEST",
        "これは訓練ではありません",
        "訓練ではない",
        "훈련이 아닙니다",
        "실제 상황",
    )
    status = one_of(draw, "Exercise", "Test")
    xml = GOOD.replace("<status>Test", f"<status>{status}").replace("試験", "訓練").replace("TEST", "DRILL")
    return replaced(draw, one_of(draw, *TEXTS[:5]), lambda text: f"{text} {word}", xml)


def drill_unmarked(draw: Draw) -> str:
    status = one_of(draw, "Exercise", "Test")
    unmarked = GOOD.replace("<status>Test", f"<status>{status}")
    return unmarked.replace(*((("試験", "情報"),) if draw(st.booleans()) else (("TEST", "Notice"),))[0])


def languages_disagree(draw: Draw) -> str:
    name, other = draw(  # type: ignore[misc]
        st.sampled_from(
            [("severity", "Extreme"), ("urgency", "Immediate"), ("certainty", "Likely"), ("category", "Met"),
             ("responseType", "Monitor"), ("expires", "2023-08-24T05:08:00+09:00"), ("value", "47214"),
             ("effective", "2023-08-24T04:06:00+09:00"), ("circle", "24.8,125.3 31"), ("altitude", "1"),
             ("polygon", "26.9,127.6 26.9,128.4 26.0,128.0 26.0,127.5 26.9,127.6")]
        )
    )  # fmt: skip
    if name == "value":
        return GOOD.replace("<value>47207", f"<value>{other}", 1)
    return replaced(draw, name, other)


def others_reference(draw: Draw) -> str:
    return replaced(draw, "references", f"{words(draw)}@other.example,test.0001,2023-08-24T03:54:00+09:00")


def stale_or_early(draw: Draw) -> str:
    days = draw(st.integers(2, 4000))
    assert isinstance(days, int)
    early = draw(st.booleans())
    moved = SENT + timedelta(days=-days if not early else days)
    xml = re.sub(r"<(effective|expires)>[^<]*</\1>", "", GOOD).replace(
        "2023-08-24T03:54:00", "2001-08-24T03:54:00"
    )
    return replaced(draw, "sent", moved.isoformat(timespec="seconds"), xml)


def two_answers(draw: Draw) -> str:
    other = one_of(draw, "Shelter", "Evacuate", "Execute")
    return GOOD.replace("</responseType>", f"</responseType><responseType>{other}</responseType>")


def bad_web(draw: Draw) -> str:
    return replaced(
        draw,
        "web",
        one_of(draw, "javascript:x()", "www.desk.example", "file:///x", "//desk.example", "http://"),
    )


def hidden_value(draw: Draw) -> str:
    return replaced(
        draw, one_of(draw, "headline", "sender", "polygon"), lambda text: text[:2] + "<!-- x -->" + text[2:]
    )


BREAKERS = [
    (CAP, breaker)
    for breaker in (drop_required, wrong_value, wrong_instant, second_element, out_of_order, foreign_element,
                    other_namespace, not_well_formed, doctype, bad_token, empty_text, no_references, bad_reference,
                    scope_without_its_part, late_expiry, wrong_ring, wrong_circle, height_upside_down, wrong_content)
] + [
    (DESK, breaker)
    for breaker in (no_expiry, expiry_far_away, no_area, nowhere, many_points, markup, hidden_letters,
                    real_that_says_drill, drill_that_says_real, drill_unmarked, languages_disagree, others_reference,
                    stale_or_early, two_answers, bad_web, hidden_value)
]  # fmt: skip


def test_the_alert_to_be_broken_is_accepted() -> None:
    assert check_alert(GOOD.encode(), CAP).verdict is Verdict.ACCEPT
    assert check_alert(GOOD.encode(), DESK).verdict is Verdict.ACCEPT


@pytest.mark.parametrize(("profile", "breaker"), BREAKERS, ids=lambda part: getattr(part, "__name__", part))
@FEW
@given(data=st.data())
def test_no_rule_breaker_is_accepted(
    profile: Profile, breaker: Callable[[Draw], str], data: st.DataObject
) -> None:
    xml = breaker(lambda strategy: data.draw(strategy)).encode()
    found = check_alert(xml, profile, SENT)
    assert found.verdict is Verdict.REJECT, xml.decode()
    faults = [finding for finding in found.findings if not finding.is_warning]
    assert all(finding.path.startswith("/") and finding.rule and finding.message for finding in faults)
    if profile is DESK:  # valid CAP all the same: only the desk refuses it
        assert {finding.layer for finding in faults} & {Layer.PROFILE, Layer.POLICY}
        assert check_alert(xml, DESK, SENT).verdict is Verdict.REJECT
    assert check_alert(xml, DESK, SENT).verdict is Verdict.REJECT


@given(
    st.lists(st.tuples(st.integers(0, len(GOOD.encode()) - 1), st.integers(0, 255)), min_size=1, max_size=6)
)
def test_bytes_changed_at_random_never_crash_the_check(changes: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD.encode())
    for at, byte in changes:
        data[at] = byte
    found = check_alert(bytes(data), DESK, SENT)
    assert all(finding.message and finding.path for finding in found.findings)


@given(st.integers(0, len(signed()) - 1), st.integers(1, 255))
def test_no_changed_byte_of_a_signed_alert_changes_what_is_accepted(at: int, flip: int) -> None:
    honest = verify(signed(), Trust((signer().certificate,)))
    data = bytearray(signed())
    data[at] ^= flip
    found = verify(bytes(data), Trust((signer().certificate,)))
    assert found.verdict is Verdict.REJECT or found.content == honest.content


ALLOWED = [
    ("<references>", "<references>\n  "),
    ("26.9,127.6 26.9,128.4", "26.9,127.6\n\t26.90,128.400"),
    ("<circle>24.8,125.3 30</circle>", "<circle>24.8,125.3 0</circle>"),
    ("<web>https://desk.example/1</web>", ""),
    ("<instruction>Overflight notice</instruction>", "<instruction/>"),
    ("+09:00</expires>", "+09:00</expires><!-- a comment -->"),
    ('<?xml version="1.0" encoding="UTF-8"?>', "\ufeff"),
    ("<scope>Public</scope>", "<scope>Restricted</scope><restriction>partners</restriction>"),
    ("<scope>Public</scope>", '<scope>Private</scope><addresses>"a b" c</addresses>'),
    ("<headline>TEST</headline>", "<headline>TEST: winds &lt; 5 m/s &amp; rain, Q&amp;A</headline>"),
    (
        "<headline>TEST</headline>",
        "<headline>TEST \u200e\u0627\u062e\u062a\u0628\u0627\u0631 \u200f</headline>",
    ),
    ("<severity>Minor</severity>", "<severity><![CDATA[Minor]]></severity>"),
]


@pytest.mark.parametrize(("old", "new"), ALLOWED)
def test_what_is_unusual_but_right_is_accepted(old: str, new: str) -> None:
    assert old in GOOD
    xml = GOOD.replace(old, new)
    assert check_alert(xml.encode(), DESK, SENT).verdict is Verdict.ACCEPT, check_alert(
        xml.encode(), DESK, SENT
    )


@pytest.mark.parametrize(
    "ring",
    [
        "52,179 52,-179 51,-179 51,179 52,179",  # over the antimeridian
        "0,0 0,4 4,4 4,0 2,0 3,1 1,1 2,0 0,0",  # touches itself
        "10,10 10,10 10,11 11,11 11,10 10,10",  # a point twice in a row
        "-90,-180 -90,180 90,180 90,-180 -90,-180",
    ],
)
def test_rings_that_are_unusual_but_right_are_accepted(ring: str) -> None:
    xml = re.sub("<polygon>[^<]*</polygon>", f"<polygon>{ring}</polygon>", GOOD)
    assert check_alert(xml.encode(), DESK, SENT).verdict is Verdict.ACCEPT, check_alert(
        xml.encode(), DESK, SENT
    )


@pytest.mark.parametrize(
    "text",
    [
        "Exercise extreme caution outdoors.",
        "A missile test was announced.",
        "試験発射された",
        "測試",
        "시험발사한",
        "Contest, latest, greatest",
    ],
)
def test_ways_of_speaking_are_no_drill(text: str) -> None:
    actual = GOOD.replace("試験", "情報").replace("TEST", "Notice").replace("<status>Test", "<status>Actual")
    xml = actual.replace("<instruction>Overflight notice", f"<instruction>{text}")
    assert check_alert(xml.encode(), DESK, SENT).verdict is Verdict.ACCEPT, check_alert(
        xml.encode(), DESK, SENT
    )
