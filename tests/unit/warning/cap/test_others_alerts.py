"""Alerts as other services write them, and broken ones of many kinds, typed small.

The manners are those of NWS and IPAWS (offsets, SAME codes), the Canadian NAAD (``-00:00``, several infos),
Meteoalarm (EMMA_ID), Japanese and Korean encodings; the texts are made up.
"""

from __future__ import annotations

import pytest

from overflight.warning.cap.check import check_alert
from overflight.warning.cap.findings import Layer, Profile, Verdict

CAP, DESK = Profile.CAP, Profile.DESK
RING = "36.1,-96.0 36.3,-96.0 36.3,-95.7 36.1,-95.7 36.1,-96.0"
CODE = "<geocode><valueName>SAME</valueName><value>040143</value></geocode>"
SIGNATURE = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"


def info(
    *, language: str = "en-US", headline: str = "Storm warning", area: str | None = None, more: str = "",
    expires: str = "2024-05-01T13:00:00-05:00", description: str = "Wind gusts of 60 mph.",
) -> str:  # fmt: skip
    where = f"<areaDesc>Tulsa</areaDesc><polygon>{RING}</polygon>{CODE}" if area is None else area
    return (
        f"<info><language>{language}</language><category>Met</category><event>Storm</event>"
        "<responseType>Shelter</responseType><urgency>Immediate</urgency><severity>Severe</severity>"
        f"<certainty>Observed</certainty><expires>{expires}</expires><headline>{headline}</headline>"
        f"<description>{description}</description>{more}<area>{where}</area></info>"
    )


def alert(
    infos: str | None = None, *, head: str = HEAD, identifier: str = "urn:oid:2.49.0.1.840.0.1", more: str = "",
    sender: str = "w-nws.webmaster@noaa.gov", sent: str = "2024-05-01T12:15:00-05:00", status: str = "Actual",
    kind: str = "Alert", tail: str = "",
) -> str:  # fmt: skip
    return (
        f'{head}<alert xmlns="{NAMESPACE}"><identifier>{identifier}</identifier><sender>{sender}</sender>'
        f"<sent>{sent}</sent><status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{more}"
        f"{info() if infos is None else infos}{tail}</alert>"
    )


def in_area(geometry: str) -> str:
    return alert(info(area=f"<areaDesc>A</areaDesc>{geometry}{CODE}"))


def encoded(name: str, codec: str, **words: str) -> bytes:
    return alert(info(**words), head=f'<?xml version="1.0" encoding="{name}"?>').encode(codec)


HONEST = {
    "plain": alert(),
    "offset -00:00": alert(info(expires="2024-05-01T18:15:00-00:00"), sent="2024-05-01T17:15:00-00:00"),
    "offset +14:00": alert(info(expires="2024-05-02T09:00:00+14:00"), sent="2024-05-02T07:15:00+14:00"),
    "prefixed names": alert(head="").replace("</", "\1").replace("<", "<c:").replace("\1", "</c:").replace("xmlns", "xmlns:c"),
    "UTF-16": encoded("UTF-16", "utf-16"),
    "UTF-8 with mark": b"\xef\xbb\xbf" + alert().encode(),
    "Shift_JIS": encoded("Shift_JIS", "shift_jis", language="ja-JP", headline="雷雨警報"),
    "EUC-KR": encoded("EUC-KR", "euc-kr", language="ko-KR", headline="호우 경보"),
    "no declaration": alert(head=""),
    "instructions and comments": alert(head=HEAD + "<?xml-stylesheet href='x.xsl'?><!-- x -->", more="<!-- x -->"),
    "schema location": alert().replace(
        "<alert", '<alert xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a http://x.example/"'
    ),
    "two references": alert(
        kind="Update", more="<references>w-nws.webmaster@noaa.gov,a,2024-05-01T12:00:00-05:00\n"
        "w-nws.webmaster@noaa.gov,b,2024-05-01T12:05:00-05:00</references>",
    ),
    "onset after expires": alert().replace("<expires>", "<onset>2024-05-02T12:15:00-05:00</onset><expires>"),
    "signature last": alert(tail=SIGNATURE),
    "a point as circle": in_area("<circle>32.9525,-115.5527 0</circle>"),
    "ring in lines": in_area("<polygon>\n36.1,-96.0\n\t36.3,-96.0\r\n36.3,-95.7\n36.1,-96.0\n</polygon>"),
    "ring over the antimeridian": in_area("<polygon>-17,179 -17,-179 -19,-179 -19,179 -17,179</polygon>"),
    "empty parameter": alert(info(more="<parameter><valueName>x</valueName><value/></parameter>")),
    "text in CDATA": alert(info(headline="<![CDATA[Wind & rain]]>")),
    "a missile test is no drill": alert(info(headline="Missile test: take shelter")),
    "caution is exercised": alert(info(description="Exercise extreme caution. Protests and contests are off.")),
    "tests of water": alert(info(description="Boil water until testing shows it is safe; samples tested positive.")),
    "Greek units": alert(info(description="Δv of 10 kΩ and 5 µm; Москва; Αθήνα")),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_honest_alerts_of_others_are_accepted(name):
    xml = HONEST[name]
    for profile in (CAP, DESK):
        found = check_alert(xml if isinstance(xml, bytes) else xml.encode(), profile)
        assert found.verdict is Verdict.ACCEPT, found


BROKEN = {
    "sent with Z": (alert(sent="2024-05-01T17:15:00Z"), Layer.SCHEMA, "/alert/sent"),
    "sent without offset": (alert(sent="2024-05-01T17:15:00"), Layer.SCHEMA, "/alert/sent"),
    "CAP 1.1": (alert().replace("cap:1.2", "cap:1.1"), Layer.SCHEMA, "/alert"),
    "in an envelope": (f"<e>{alert(head='')}</e>", Layer.SCHEMA, "/e"),
    "another type by xsi": (
        alert(status="Maybe").replace("<status", '<status xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:s="http://www.w3.org/2001/XMLSchema" i:type="s:string"'), Layer.SCHEMA, "/alert/status",
    ),
    "xml:id": (alert().replace("<alert", '<alert xml:id="a"'), Layer.SCHEMA, "/alert"),
    "signature before info": (alert(more=SIGNATURE), Layer.SCHEMA, "/alert/info[1]"),
    "info behind signature": (alert(tail=SIGNATURE + info()), Layer.SCHEMA, "/alert/info[2]"),
    "XInclude": (
        alert(info(headline='x<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>')),
        Layer.SCHEMA, "/alert/info[1]/headline",
    ),
    "DOCTYPE in UTF-16": (
        alert(head='<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE alert>').encode("utf-16"), Layer.SCHEMA, "/",
    ),
    "DOCTYPE in UTF-7": (
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE alert+AD4-' + alert(head="").encode(), Layer.SCHEMA, "/",
    ),
    "no-break space between points": (
        in_area(f"<polygon>{RING.replace(' ', chr(0xA0), 1)}</polygon>"), Layer.CAP, "/alert/info[1]/area[1]/polygon[1]",
    ),
    "second ring open": (
        in_area(f"<polygon>{RING}</polygon><polygon>1,1 1,2 2,2 2,1</polygon>"), Layer.CAP,
        "/alert/info[1]/area[1]/polygon[2]",
    ),
    "no-break space in circle": (in_area("<circle>1,1\u00a05</circle>"), Layer.CAP, "/alert/info[1]/area[1]/circle[1]"),
    "identifier with no-break space": (alert(identifier="a\u00a0"), Layer.CAP, "/alert/identifier"),
    "identifier with a space before it": (alert(identifier=" a"), Layer.CAP, "/alert/identifier"),
    "sender with a line feed behind it": (alert(sender="a@b\n"), Layer.CAP, "/alert/sender"),
    "event of wide spaces": (alert().replace(">Storm<", ">\u3000<"), Layer.CAP, "/alert/info[1]/event"),
    "references parted by no-break space": (
        alert(kind="Update", more="<references>a@b,1,2024-05-01T12:00:00-05:00\u00a0a@b,2,2024-05-01T12:00:00-05:00"
        "</references>"), Layer.CAP, "/alert/references",
    ),
    "size of a million digits": (
        alert(info(more=f"<resource><resourceDesc>a</resourceDesc><mimeType>b</mimeType><size>-{'9' * 10**6}</size>"
        "</resource>")), Layer.CAP, "/alert/info[1]/resource[1]/size",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_alerts_are_refused_where_they_are_broken(name):
    xml, layer, path = BROKEN[name]
    found = check_alert(xml if isinstance(xml, bytes) else xml.encode(), CAP)
    assert found.verdict is Verdict.REJECT
    assert (found.findings[0].layer, found.findings[0].path) == (layer, path)
    assert check_alert(xml if isinstance(xml, bytes) else xml.encode(), DESK).verdict is Verdict.REJECT


UNFIT = {
    "hidden in the identifier": (alert(identifier="a\u202e1"), "no-hidden-letters"),
    "Cyrillic in the sender": (alert(sender="desk@n\u043eaa.gov"), "no-hidden-letters"),
    "Cyrillic in a word": (alert(info(headline="Take shelt\u0435r")), "no-hidden-letters"),
    "TEST in Cyrillic and Latin": (alert(info(headline="THIS IS A T\u0415ST")), "status-words"),
    "TEST in wide letters": (alert(info(headline="ＴＥＳＴ")), "status-words"),
    "a test of the system": (alert(info(description="We do tests of the alert system.")), "status-words"),
    **{
        f"drill that says {words}": (alert(info(headline=f"EXERCISE: {words}"), status="Exercise"), "status-words")
        for words in ("ＴＨＩＳ ＩＳ ＮＯＴ Ａ ＤＲＩＬＬ", "this isn't a drill", "this isn’t a test",
                      "no exercise", "훈련 아님", "테스트가 아닙니다", "訓練でない", "这不是演习", "這不是一次演習")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", UNFIT)
def test_what_the_standard_allows_and_a_desk_does_not(name):
    xml, rule = UNFIT[name]
    assert check_alert(xml.encode(), CAP).verdict is Verdict.ACCEPT
    found = check_alert(xml.encode(), DESK)
    assert found.verdict is Verdict.REJECT
    assert rule in {finding.rule for finding in found.findings}


HUGE = {
    "rings without end": (in_area("<polygon>x</polygon>" * 12_000), "size"),
    "references without end": (
        alert(kind="Update", more=f"<references>{'a,b ' * 300_000}</references>"),
        "size",
    ),
    "a value cut by comments": (
        in_area(f"<polygon>{'1<!-- -->' * 40_000}</polygon>"),
        "CAP 1.2 section 3.2.4",
    ),
}


@pytest.mark.parametrize("name", HUGE)
def test_what_would_take_too_long_is_refused_soon(name):
    xml, rule = HUGE[name]
    assert check_alert(xml.encode(), DESK).findings[0].rule == rule
