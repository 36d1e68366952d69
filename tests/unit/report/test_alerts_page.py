"""The page on public alerts: it says what happened, what was replayed, and never the one as the other."""

from __future__ import annotations

from overflight.record.alerts import load_alerts
from overflight.record.replays import Spread, load_replays
from overflight.report.alerts_page import lead_sentence, minutes_of, render_alerts_page, span_of

ALERTS, REPLAYS = load_alerts(), load_replays()


def test_times_in_words():
    assert minutes_of(None) == "never"
    assert minutes_of(Spread(60, 90, 120, 5), 5) == "1.5 min (1.0–2.0)"
    assert minutes_of(Spread(90, 90, 90, 1), 5) == "1.5 min, 1 of 5 flights"
    assert (span_of((3, 3)), span_of((3, 4))) == ("3 min", "3–4 min")


def test_every_alert_is_on_it_with_its_sources_and_faults():
    page = render_alerts_page(ALERTS, REPLAYS)
    for alert in ALERTS:
        assert alert.key in page
        assert all(source.split("?")[0] in page for source in alert.source)
    assert page.count("<b>Wrong:</b>") == sum(alert.wrong is not None for alert in ALERTS)
    assert page.count("Not replayed: see below.") == len(REPLAYS.not_replayed)
    assert "http" not in page.replace("http://www.w3.org", "")


def test_the_lead_compares_only_what_was_replayed():
    assert lead_sentence([a for a in ALERTS if a.key in REPLAYS.not_replayed], REPLAYS).startswith("None")
    assert "instead of 34 min on 31\u00a0May\u00a02023" in lead_sentence(ALERTS, REPLAYS)
