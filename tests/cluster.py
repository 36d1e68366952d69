"""A Dask cluster of real processes on this machine: a scheduler and workers that can be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

START_S = 60.0


class Cluster:
    """A scheduler and its workers; ``address`` is what ``--engine`` takes."""

    def __init__(self, folder: Path, allowed_failures: int = 3) -> None:
        self._folder, self._file = folder, folder / "scheduler.json"
        self._started: list[subprocess.Popen[bytes]] = []
        self._scheduler = self._start(
            "dask_scheduler", "--port", "0", "--scheduler-file", str(self._file),
            environment={"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures)},
        )  # fmt: skip
        try:
            self._wait(
                lambda: self._file.exists() and self._file.read_text().rstrip().endswith("}"), "the scheduler"
            )
        except BaseException:
            self.stop()
            raise
        self.tcp: str = json.loads(self._file.read_text())["address"]
        self.address = self.tcp.replace("tcp://", "dask://")

    def add_worker(self, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        """Start a worker of one thread and wait until the scheduler has it."""
        before = len(self.workers())
        options = ["--nthreads", "1", "--memory-limit", "0", "--local-directory", str(self._folder)]
        self._start("dask_worker", self.tcp, *options, *arguments, environment=environment)
        self._wait(lambda: len(self.workers()) > before, "a worker")

    def workers(self) -> dict[str, int]:
        """Return the process of each worker by its address."""
        from distributed import Client

        with Client(self.tcp, set_as_default=False, timeout=START_S) as client:
            return client.run(os.getpid)

    def kill_one_worker(self) -> None:
        os.kill(min(self.workers().values()), signal.SIGKILL)

    def kill_scheduler(self) -> None:
        self._scheduler.kill()
        self._scheduler.wait()

    def stop(self) -> None:
        """End every process this cluster started, with the workers their nannies started."""
        for process in self._started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, program: str, *arguments: str, environment: Mapping[str, str] | None = None):
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.{program}",
            "--host",
            "127.0.0.1",
            "--no-dashboard",
        ]
        with open(self._folder / f"{program}-{len(self._started)}.log", "wb") as log:
            process = subprocess.Popen(
                [*command, *arguments],
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
            )
        self._started.append(process)
        return process

    def _wait(self, ready, what: str) -> None:
        give_up = time.monotonic() + START_S
        while not ready():
            for process in self._started:
                assert process.poll() is None, f"{what} did not start: see {self._folder}"
            assert time.monotonic() < give_up, f"{what} did not start in {START_S:.0f} s: see {self._folder}"
            time.sleep(0.1)


@contextmanager
def cluster(folder: Path, workers: int = 2, allowed_failures: int = 3) -> Iterator[Cluster]:
    """Yield a running cluster; every process it started ends with the block."""
    made = None
    try:
        made = Cluster(folder, allowed_failures)
        for _ in range(workers):
            made.add_worker()
        yield made
    finally:
        if made is not None:
            made.stop()
