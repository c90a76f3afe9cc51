"""Time intervals hold what Alertmanager takes them to hold, and are written as they were read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from alertmanager_configs.intervals import TimeInterval, read_time_interval, write_time_interval
from alertmanager_configs.loading import load
from alertmanager_configs.mute_timings import (
    MuteTiming,
    read_mute_timing,
    write_mute_timing,
)
from alertmanager_configs.problems import Problems
from alertmanager_configs.writing import dump
from tests.alertmanager_configs.random_setups import mute_timings


def _interval(text: str) -> TimeInterval:
    problems = Problems()
    interval = read_time_interval(load(text).data, (), problems)
    assert problems.errors == []
    return interval


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("{}", "2024-01-01 00:00", None),
        ("times: [{start_time: 09:00, end_time: 17:00}]", "2024-01-01 09:00", "2024-01-01 17:00"),
        ("times: [{start_time: 23:00, end_time: 24:00}]", "2024-01-01 23:59", "2024-01-02 00:00"),
        ("times: []", None, "2024-01-01 09:00"),
        ("weekdays: ['monday:Friday']", "2024-01-05 00:00", "2024-01-06 00:00"),
        ("weekdays: [sunday]", "2024-01-07 12:00", "2024-01-08 12:00"),
        ("days_of_month: ['-1']", "2024-02-29 12:00", "2024-02-28 12:00"),
        ("days_of_month: ['-31:-30']", "2024-01-01 12:00", "2024-02-01 12:00"),
        ("days_of_month: ['29:31']", "2024-02-29 12:00", "2023-02-28 12:00"),
        ("days_of_month: ['15:-1']", "2023-02-28 12:00", "2023-02-14 12:00"),
        # 31 March has only 23 hours in Berlin, so Alertmanager counts 30 whole days.
        ("days_of_month: ['-1']\nlocation: Europe/Berlin", "2024-03-30 12:00", "2024-03-31 12:00"),
        ("days_of_month: ['-1']\nlocation: Europe/Berlin", "2024-10-31 12:00", "2024-10-30 12:00"),
        ("days_of_month: ['-1']\nlocation: UTC", "2024-03-31 12:00", "2024-03-30 12:00"),
        ("months: ['february:4']", "2024-04-01 12:00", "2024-05-01 12:00"),
        ("months: [13]", None, "2024-01-01 12:00"),
        ("years: ['2024:2025', 2030]", "2030-01-01 12:00", "2026-01-01 12:00"),
        ("location: Europe/Berlin\nyears: [2025]", "2024-12-31 23:00", "2024-12-31 22:59"),
        (
            "location: Europe/Berlin\ntimes: [{start_time: 09:00, end_time: 10:00}]",
            "2024-07-01 07:30",
            "2024-01-01 07:30",
        ),
        ("weekdays: [monday]\nmonths: [1]", "2024-01-01 12:00", "2024-02-01 12:00"),
    ],
)
def test_moments(text: str, inside: str | None, outside: str | None) -> None:
    interval = _interval(text)
    if inside:
        assert interval.contains(_moment(inside))
    if outside:
        assert not interval.contains(_moment(outside))


@given(mute_timings)
def test_what_is_written_is_read_back(timing: MuteTiming) -> None:
    problems = Problems()
    read = read_mute_timing(load(dump(write_mute_timing(timing))).data, (), problems)
    assert problems.errors == []
    for interval in read.time_intervals:
        interval.path = ()
    assert read == timing


def test_texts_stay_as_they_were_written() -> None:
    text = (
        "times:\n- start_time: '09:00'\n  end_time: '17:00'\nweekdays:\n- Monday:FRIDAY\n"
        "months:\n- '01:3'\nlocation: Europe/Berlin\n"
    )
    assert dump(write_time_interval(_interval(text))) == text


def test_a_mute_timing_holds_what_one_of_its_intervals_holds() -> None:
    timing = MuteTiming("x", [_interval("years: [2024]"), _interval("years: [2026]")])
    assert timing.contains(_moment("2026-05-05 05:05"))
    assert not timing.contains(_moment("2025-05-05 05:05"))
    assert not MuteTiming("empty").contains(_moment("2025-05-05 05:05"))
