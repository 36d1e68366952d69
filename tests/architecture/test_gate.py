"""At the gate no skip hides anything; elsewhere a skip is a skip with its reason."""

from __future__ import annotations

import pytest

from support import ROOT

pytest_plugins = ["pytester"]

SUITE = """
import pytest
from support import require, shared_path

def test_server(): require(False, "no server here")
def test_there(): require(True, "never seen")
@pytest.mark.skipif(True, reason="an old habit")
def test_mark(): pass
def test_import(): pytest.importorskip("no_such_module_at_all")
def test_shared(): shared_path("no", "such", "folder")
@pytest.mark.xfail(reason="a known fault")
def test_known(): assert False
@pytest.mark.campaign
def test_long(): assert False
"""


@pytest.fixture
def run_suite(pytester, monkeypatch):
    for name in ("support.py", "conftest.py"):
        pytester.path.joinpath(name).write_text(ROOT.joinpath("tests", name).read_text("utf-8"), "utf-8")
    pytester.makepyfile(test_suite=SUITE)
    pytester.makeini("[pytest]\nmarkers = campaign: long\n")
    for name in ("REQUIRE_ALL", "OVERFLIGHT_REQUIRE_SHARED", "HYPOTHESIS_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, **environment: str):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rsf", *arguments)

    return run


def test_everyday_run_skips_with_reasons(run_suite):
    result = run_suite()
    result.assert_outcomes(passed=1, skipped=4, xfailed=1, deselected=1)
    result.stdout.fnmatch_lines(["*no server here*"])


def test_the_gate_fails_every_skip_but_shared_data(run_suite):
    result = run_suite(REQUIRE_ALL="1")
    result.assert_outcomes(passed=1, failed=2, errors=1, skipped=1, xfailed=1, deselected=1)
    result.stdout.fnmatch_lines(["*REQUIRE_ALL=1 allows no skip*no server here*"])


def test_shared_data_can_be_required_too(run_suite):
    result = run_suite(REQUIRE_ALL="1", OVERFLIGHT_REQUIRE_SHARED="1")
    result.assert_outcomes(passed=1, failed=3, errors=1, xfailed=1, deselected=1)


def test_a_whole_file_skipped_fails_the_gate(run_suite, pytester):
    pytester.makepyfile(
        test_file="from support import require\nrequire(False, 'no browser')\ndef test_a(): pass"
    )
    assert run_suite("test_file.py").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result = run_suite("test_file.py", REQUIRE_ALL="1")
    result.assert_outcomes(errors=1)


def test_the_campaign_runs_the_long_tests(run_suite):
    run_suite("--campaign").assert_outcomes(passed=1, skipped=4, xfailed=1, failed=1)
