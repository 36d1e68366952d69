from datetime import UTC, datetime

import pytest

from overflight.errors import InputError
from overflight.record.load import Record, load_record, parse_event, read_record

AUGUST = datetime(2023, 8, 23, 18, 50, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record()


def test_every_north_korean_satellite_launch_is_there_with_a_source(record):
    days = [event.key for event in record.select(country="KP")]
    assert days == [
        "kp-1998-08-31", "kp-2009-04-05", "kp-2012-04-13", "kp-2012-12-12", "kp-2016-02-07",
        "kp-2023-05-31", "kp-2023-08-24", "kp-2023-11-21", "kp-2024-05-27",
    ]  # fmt: skip
    assert record.failures == 6
    assert all(event.source and event.confidence in "ABCD" for event in record)
    assert all(event.failed_stage is not None for event in record if event.failed)


def test_a_launch_is_not_its_own_past(record):
    before = record.select(vehicle="chollima-1", before=AUGUST)
    assert [event.key for event in before] == ["kp-2023-05-31"]
    after = record.select(vehicle="chollima-1", before=datetime(2024, 1, 1, tzinfo=UTC))
    assert (len(after), after.failures) == (3, 2)


def test_a_folder_of_ones_own_is_read_and_checked(tmp_path, record):
    text = """schema_version = 1
key = "xx-1"
vehicle = "x"
vehicle_name = "X"
country = "XX"
site = "S"
utc = 2020-01-01T00:00:00+09:00
outcome = "failure"
failed_stage = 1
confidence = "C"
[[source]]
confidence = "C"
text = "somebody"
"""
    (tmp_path / "a.toml").write_text(text)
    (event,) = read_record(tmp_path)
    assert event.utc == datetime(2019, 12, 31, 15, tzinfo=UTC)
    (tmp_path / "b.toml").write_text(text)
    with pytest.raises(InputError, match="a second time"):
        read_record(tmp_path)
    with pytest.raises(InputError, match=r"no \*\.toml file"):
        read_record(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('outcome = "failure"', 'outcome = "success"', "a success beside a failed stage"),
        ('outcome = "failure"', 'outcome = "partly"', "outcome: found 'partly'"),
        ("utc = 2020-01-01T00:00:00Z", "utc = 2020-01-01T00:00:00", "utc"),
        ("failed_stage = 1", "failed_stage = 0", "failed_stage: found 0"),
        ('site = "S"', "", "site: found nothing"),
        ('key = "xx-1"', 'key = "xx-1"\ncolour = "red"', "colour"),
        ("schema_version = 1", "schema_version = ", "TOML in UTF-8"),
    ],
)
def test_a_wrong_file_is_refused_with_its_key(old, new, said):
    text = """schema_version = 1
key = "xx-1"
vehicle = "x"
vehicle_name = "X"
country = "XX"
site = "S"
utc = 2020-01-01T00:00:00Z
outcome = "failure"
failed_stage = 1
confidence = "C"
source = [{confidence = "C", text = "somebody"}]
"""
    assert parse_event(text.encode(), "x.toml").failed
    with pytest.raises(InputError) as error:
        parse_event(text.replace(old, new).encode(), "x.toml")
    assert said in str(error.value) and "x.toml" in str(error.value)
