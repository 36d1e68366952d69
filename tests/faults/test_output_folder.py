"""The output folder is complete or not there: full disk, limits, signals, foreign content."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import planfake
from overflight.cli import output
from overflight.cli.app import app
from overflight.cli.output import OutputFolder, UnusableOutput, is_ours, write_file
from pages.sample_report import andoya
from scenarios import SMALL
from support import ROOT, require

RUN = planfake.FILES["run.json"]


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """An empty folder to work in, with a scenario."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "launch.toml").write_text(SMALL)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def fake(monkeypatch) -> Callable[..., list[dict]]:
    """Installs a plan that takes no time and returns the list of what it is called with."""

    def install(**arguments) -> list[dict]:
        made = planfake.module(**{"report": andoya(), **arguments})
        monkeypatch.setitem(sys.modules, planfake.NAME, made)
        return made.calls

    return install


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return everything below a folder: files with content, folders as None."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")
    }


def written(target: Path) -> dict[str, bytes]:
    return {name: content for name, content in tree(target).items() if content is not None}


def put(target: Path | str, files=planfake.FILES, *, force: bool = False) -> None:
    with OutputFolder(target, force=force) as folder:
        folder.commit(files)


# what goes right


@pytest.mark.parametrize("name", ["out", "deep/er/out", "名前", "-out", "out put"])
def test_a_new_folder_holds_everything_and_nothing_else(place, name):
    put(name)
    assert written(place / name) == planfake.FILES
    assert {p.split("/")[0] for p in tree(place)} == {"launch.toml", name.split("/")[0]}


def test_an_empty_folder_is_filled(place):
    (place / "out").mkdir()
    put("out")
    assert written(place / "out") == planfake.FILES


def test_a_link_to_a_folder_stays_a_link(place):
    (place / "elsewhere").mkdir()
    (place / "out").symlink_to("elsewhere")
    put("out")
    put("out", force=True)
    assert (place / "out").is_symlink()
    assert written(place / "elsewhere") == planfake.FILES


def test_others_may_read_what_the_mask_lets_them(place):
    before = os.umask(0o027)
    try:
        put("out")
        write_file("new.toml", b"x")
    finally:
        os.umask(before)
    assert (place / "out").stat().st_mode & 0o777 == 0o750
    assert (place / "out" / "index.html").stat().st_mode & 0o777 == 0o640
    assert (place / "new.toml").stat().st_mode & 0o777 == 0o640


def test_force_replaces_an_earlier_run_and_leaves_nothing_of_it(place):
    put("out", {**planfake.FILES, "index.html": b"old"})
    (place / "out" / "index.html").write_bytes(b"old, and edited since")
    put("out", force=True)
    assert written(place / "out") == planfake.FILES
    assert set(tree(place)) - {"launch.toml"} == {f"out/{n}" for n in planfake.FILES} | {"out", "out/alerts"}


def test_leaving_without_commit_leaves_no_trace(place):
    before = tree(place)
    with OutputFolder("a/b/out", force=False):
        assert tree(place) != before
    assert tree(place) == before


# what is refused


def foreign_file(out: Path) -> None:
    put(out)
    (out / "notes.txt").write_text("mine")


def foreign_file_below(out: Path) -> None:
    put(out)
    (out / "alerts" / "sent.xml").write_text("mine")


def foreign_link(out: Path) -> None:
    put(out)
    (out / "photos").symlink_to("/")


def foreign_empty_folder(out: Path) -> None:
    put(out)
    (out / "backup").mkdir()


def foreign_link_for_our_folder(out: Path) -> None:
    put(out)
    shutil.rmtree(out / "alerts")
    (out / "alerts").symlink_to("/")


def only_foreign(out: Path) -> None:
    out.mkdir()
    (out / "thesis.tex").write_text("mine")


def another_run_json(out: Path) -> None:
    out.mkdir()
    (out / "run.json").write_text('{"made_by": "another program", "outputs_sha256": {}}')


def broken_run_json(out: Path) -> None:
    out.mkdir()
    (out / "run.json").write_text('{"made_by": "overflight plan"')


FOREIGN = [
    (foreign_file, "foreign content: notes.txt"),
    (foreign_file_below, "foreign content: alerts/sent.xml"),
    (foreign_link, "foreign content: photos"),
    (foreign_empty_folder, "foreign content: backup"),
    (foreign_link_for_our_folder, "foreign content: alerts"),
    (only_foreign, "foreign content: no run.json of ours"),
    (another_run_json, "foreign content: a run.json that is not ours"),
    (broken_run_json, "foreign content: a run.json that is not ours"),
    (lambda out: out.write_text("mine"), "found a file"),
]


@pytest.mark.parametrize(("make", "found"), FOREIGN, ids=[f[1].split(": ")[-1] for f in FOREIGN])
@pytest.mark.parametrize("force", [False, True])
def test_foreign_content_is_never_touched(place, make, found, force):
    make(place / "out")
    before = tree(place)
    with pytest.raises(UnusableOutput, match=found):
        put("out", force=force)
    assert tree(place) == before


def test_an_earlier_run_is_kept_without_force(place):
    put("out")
    before = tree(place)
    with pytest.raises(UnusableOutput, match="Add --force to replace them"):
        put("out", {**planfake.FILES, "index.html": b"new"})
    assert tree(place) == before


def test_foreign_content_that_appears_while_we_compute_is_kept(place):
    put("out")
    with pytest.raises(UnusableOutput, match="notes"), OutputFolder("out", force=True) as folder:
        (place / "out" / "notes.txt").write_text("mine")
        folder.commit(planfake.FILES)
    assert (place / "out" / "notes.txt").read_text() == "mine"
    assert {p for p in tree(place) if p.startswith(".")} == set()


@pytest.mark.parametrize("target", [".", "..", "/", "../here"])
def test_the_folder_one_works_in_is_refused(place, target):
    with pytest.raises(UnusableOutput, match="the folder you work in"):
        put(target, force=True)


def test_a_file_above_the_target_is_refused(place):
    before = tree(place)
    with pytest.raises(UnusableOutput, match="a file in the place of a folder"):
        put("launch.toml/out")
    assert tree(place) == before


@pytest.mark.parametrize("name", ["n" * 300, "a/" + "n" * 300, "/".join(["d" * 200] * 30)])
def test_a_name_that_is_too_long_leaves_no_parents(place, name):
    before = tree(place)
    with pytest.raises(UnusableOutput, match="a name that is too long"):
        put(name)
    assert tree(place) == before


@pytest.mark.parametrize("name", ["../escape.txt", "/tmp/escape.txt", "", "a/../../b"])
def test_a_result_never_leaves_its_folder(place, name):
    before = tree(place)
    with pytest.raises(ValueError, match="does not stay inside"):
        put("out", {name: b"x"})
    assert tree(place) == before


@pytest.mark.parametrize(
    ("content", "ours"),
    [
        (RUN, True),
        (b"", False),
        (b"null", False),
        (b"[1]", False),
        (b'{"made_by": 3, "outputs_sha256": {}}', False),
        (b'{"made_by": "overflight plan"}', False),
        (b'{"made_by": "overflight plan", "outputs_sha256": []}', False),
        (b"[" * 100_000, False),
        (b"\xff\xfe", False),
    ],
)
def test_what_counts_as_our_run_json(content, ours):
    assert is_ours(content) is ours


# disks


@pytest.fixture
def tiny_disk(tmp_path) -> Iterator[Path]:
    """A disk of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    mounted = mount and subprocess.run(command, capture_output=True).returncode == 0
    require(mounted, "mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


BIG = {**planfake.FILES, "scene.czml": bytes(200_000)}


def test_a_full_disk(tiny_disk, place):
    with pytest.raises(UnusableOutput, match=r"a full disk.*free space.*Nothing was written"):
        put(tiny_disk / "deep" / "out", BIG)
    assert tree(tiny_disk) == {}


def test_a_full_disk_keeps_the_earlier_run(tiny_disk, place):
    put(tiny_disk / "out")
    before = tree(tiny_disk)
    with pytest.raises(UnusableOutput, match="a full disk"):
        put(tiny_disk / "out", BIG, force=True)
    assert tree(tiny_disk) == before


def test_a_full_disk_through_the_command_line(tiny_disk, place, fake):
    fake(files=BIG)
    result = CliRunner().invoke(app, ["plan", "launch.toml", "-o", str(tiny_disk / "out")])
    assert result.exit_code == 2
    assert result.stdout == ""
    rows = result.stderr.strip().split("\n")
    assert rows[0] == f"error: {tiny_disk / 'out'}"
    assert [row.split(":")[0].strip() for row in rows[1:]] == ["found", "allowed", "remedy"]
    assert tree(tiny_disk) == {}


def test_a_new_scenario_on_a_full_disk(tiny_disk):
    (tiny_disk / "filler").write_bytes(bytes(60_000))
    with pytest.raises(UnusableOutput, match="a full disk"):
        write_file(tiny_disk / "new.toml", bytes(30_000))
    assert set(tree(tiny_disk)) == {"filler"}


def test_a_read_only_disk(tiny_disk, place):
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    with pytest.raises(UnusableOutput, match="a read-only disk"):
        put(tiny_disk / "out")
    with pytest.raises(UnusableOutput, match="a read-only disk"):
        write_file(tiny_disk / "new.toml", b"x")


CLI = f"""
import sys
sys.path.insert(0, {str(ROOT / "tests")!r})
import planfake
"""


def command_line(code: str, cwd: Path, *arguments: str, **options) -> subprocess.Popen[str]:
    """Start the command line in a process of its own, with a fake plan that ``code`` installs."""
    run = f"{CLI}{code}\nfrom overflight.cli import main\nsys.exit(main({list(arguments)!r}))\n"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", run], cwd=cwd, **pipes, **options)


def test_a_limit_on_the_size_of_files(place):
    code = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "planfake.install()"
    )
    process = command_line(code, place, "plan", "launch.toml", "-o", "a/out")
    _, message = process.communicate(timeout=60)
    assert process.returncode == 2, message
    assert "a limit on the size of files" in message and "Traceback" not in message
    assert set(tree(place)) == {"launch.toml"}


# signals


def wait_for(condition, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.02)


def stop_in_the_middle(process: subprocess.Popen[str], place: Path, kind: signal.Signals) -> str:
    wait_for(lambda: any(p.suffix == ".partial" for p in place.iterdir()) or process.poll() is not None)
    assert process.stderr.readline().startswith("Flying")
    process.send_signal(kind)
    return process.communicate(timeout=30)[1]


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_stopping_in_the_middle_leaves_nothing(place, kind):
    code = "planfake.install(work=planfake.slow_plan)"
    process = command_line(code, place, "plan", "launch.toml", "-o", "out")
    message = stop_in_the_middle(process, place, kind)
    assert process.returncode == 130
    assert (
        message.endswith("Interrupted; nothing half-written stays behind.\n") and "Traceback" not in message
    )
    assert set(tree(place)) == {"launch.toml"}


def test_stopping_in_the_middle_keeps_the_earlier_run(place):
    put("out")
    before = tree(place)
    code = "planfake.install(work=planfake.slow_plan)"
    process = command_line(code, place, "plan", "launch.toml", "-o", "out", "--force")
    stop_in_the_middle(process, place, signal.SIGINT)
    assert tree(place) == before


@pytest.mark.parametrize("step", ["fsync", "rename", "rmtree"])
def test_stopping_while_writing_is_all_or_nothing(place, step):
    """A signal at each step of writing: the folder is there in full, or not at all."""
    put("out", {**planfake.FILES, "index.html": b"old"})
    home = "shutil" if step == "rmtree" else "os"
    code = (
        f"import os, shutil, signal\nreal = {home}.{step}\n"
        "def stopped(*a, **k):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(*a, **k)\n"
        f"def plan_done(**_): {home}.{step} = stopped\n"
        "planfake.install(work=plan_done)\n"
    )
    process = command_line(code, place, "plan", "launch.toml", "-o", "out", "--force", "--json")
    _, message = process.communicate(timeout=60)
    assert process.returncode == 130, message
    page = (place / "out" / "index.html").read_bytes()
    assert page == (b"old" if step == "fsync" else planfake.FILES["index.html"])
    assert set(written(place / "out")) == set(planfake.FILES)
    assert {p.name for p in place.iterdir()} == {"launch.toml", "out"}


def test_a_failing_rename_puts_the_earlier_run_back(place, monkeypatch):
    put("out", {**planfake.FILES, "index.html": b"old"})
    before = tree(place)
    real, calls = os.rename, []

    def refuse_the_second(source, target):
        calls.append(source)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        real(source, target)

    monkeypatch.setattr(output.os, "rename", refuse_the_second)
    with pytest.raises(UnusableOutput, match="Input/output error"):
        put("out", force=True)
    assert tree(place) == before


# the command line around it


def test_a_run_that_goes_right(place, fake):
    calls = fake()
    result = CliRunner().invoke(app, ["plan", "launch.toml", "-o", "out", "--flights", "7", "--seed", "3"])
    assert result.exit_code == 0, result.stderr
    assert written(place / "out") == planfake.FILES
    assert result.stdout.endswith(f"\nOpen {Path('out', 'index.html')}\n")
    (call,) = calls
    assert (call["flights"], call["seed"], call["fragments"], call["engine"]) == (7, 3, 200, "threads")
    assert call["scenario_bytes"] == SMALL.encode()
    assert call["computed_utc"].tzinfo is not None


def test_json_prints_run_json_alone(place, fake):
    fake()
    result = CliRunner().invoke(app, ["plan", "launch.toml", "-o", "out", "--json"])
    assert result.stdout == RUN.decode() + "\n"


def test_an_unexpected_error_writes_nothing_and_gives_a_hint(place, fake):
    def fail(**_):
        raise KeyError("a bug")

    fake(work=fail)
    result = CliRunner().invoke(app, ["plan", "launch.toml", "-o", "x/out"])
    assert result.exit_code == 1
    assert "KeyError: 'a bug'" in result.stderr and "OVERFLIGHT_TRACEBACK=1" in result.stderr
    assert set(tree(place)) == {"launch.toml"}


def test_the_output_is_checked_before_the_work(place, fake):
    calls = fake()
    (place / "out").mkdir()
    (place / "out" / "mine.txt").write_text("mine")
    result = CliRunner().invoke(app, ["plan", "launch.toml", "-o", "out", "--force"])
    assert result.exit_code == 2 and "foreign content" in result.stderr
    assert calls == []
