"""Alerts, keys and certificates for the tests of CAP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from overflight.warning.cap.keys import Signer, load_signer, make_key
from overflight.warning.cap.sign import sign

BEGINS = datetime(2023, 1, 1, tzinfo=UTC)
SENT = datetime(2023, 8, 23, 19, 7, tzinfo=UTC)

_INFO = """
  <info>
    <language>{language}</language>
    <category>Safety</category>
    <event>{word}: {event}</event>
    <responseType>AllClear</responseType>
    <urgency>Past</urgency>
    <severity>Minor</severity>
    <certainty>Observed</certainty>
    <effective>2023-08-24T04:07:00+09:00</effective>
    <expires>2023-08-24T05:07:00+09:00</expires>
    <senderName>{word}</senderName>
    <headline>{word}</headline>
    <description>{event} ({word})</description>
    <instruction>{event}</instruction>
    <web>https://desk.example/1</web>
    <parameter><valueName>shortText</valueName><value>{word}</value></parameter>
    <resource><resourceDesc>map</resourceDesc><mimeType>text/plain</mimeType><size>4</size>
      <derefUri>dGVzdA==</derefUri><digest>a94a8fe5ccb19ba61c4c0873d391e987982fbbd3</digest></resource>
    <area>
      <areaDesc>{place}</areaDesc>
      <polygon>26.9,127.6 26.9,128.4 26.0,128.0 26.0,127.4 26.9,127.6</polygon>
      <circle>24.8,125.3 30</circle>
      <geocode><valueName>JISX0402</valueName><value>47207</value></geocode>
      <altitude>0</altitude>
      <ceiling>1000</ceiling>
    </area>
  </info>"""

GOOD = (
    """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>test.0002</identifier>
  <sender>desk@civil.example</sender>
  <sent>2023-08-24T04:07:00+09:00</sent>
  <status>Test</status>
  <msgType>Update</msgType>
  <scope>Public</scope>
  <note>TEST</note>
  <references>desk@civil.example,test.0001,2023-08-24T03:54:00+09:00</references>
  <incidents>launch-20230824</incidents>"""
    + _INFO.format(language="ja-JP", word="試験", event="上空通過情報", place="沖縄県")
    + _INFO.format(language="en-US", word="TEST", event="Overflight notice", place="Okinawa")
    + "\n</alert>\n"
)
"""A message that every profile accepts, with every part that can be broken."""


def signer(name: str = "Test desk", days: int = 730) -> Signer:
    return _signer(name, days)


@cache
def _signer(name: str, days: int) -> Signer:
    return load_signer(*make_key(name, BEGINS, days))


@cache
def signed(name: str = "Test desk") -> bytes:
    return sign(GOOD.encode(), signer(name), SENT + timedelta(seconds=1))
