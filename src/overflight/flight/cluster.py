"""The engine that works on a Dask cluster, by the address of its scheduler.

Bits hang on versions, so workers that run other ones are refused. A worker that dies takes nothing with
it: the scheduler keeps what every chunk needs and gives its chunks to another worker.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from importlib import metadata
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from overflight import __version__
from overflight.errors import EngineError, InputError

if TYPE_CHECKING:
    from distributed import Future

__all__ = ["DaskEngine", "versions"]

Item = TypeVar("Item")
Result = TypeVar("Result")

CONNECT_S = 8.0
FIRST_WORKER_S = 10.0
WITHOUT_WORKERS_S = 120.0
"""How long a run waits for a worker when all are gone, e.g. while a queue starts new ones."""

_LOOK_S = 2.0
_ONE_THREAD = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_REMEDY = "Install overflight[cluster] on every worker with the constraints file used here."


@cache
def versions() -> Mapping[str, str]:
    """Return what the bits of a result hang on: versions, this package's source, interpreter, platform."""
    root, source = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        source.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return {
        "overflight": __version__,
        "overflight source": source.hexdigest()[:12],
        "numba": metadata.version("numba"),
        "numpy": metadata.version("numpy"),
        "Python": "{}.{}".format(*sys.version_info),
        "platform": f"{platform.system()} {platform.machine()}",
    }


class DaskEngine:
    """Chunks side by side on the workers of a cluster; close it when done.

    Parameters
    ----------
    address : of the scheduler, e.g. ``tcp://10.0.0.5:8786``

    Raises
    ------
    InputError : no scheduler answers there, it has no worker, or a worker runs other versions
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = _connect(address)
        try:
            count = self._count_workers()
            _refuse_others(self._client, address)
        except BaseException:
            self.close()
            raise
        self.name = f"dask ({count} worker{'s' if count > 1 else ''})"

    def map(
        self,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        progress: Callable[[int, int], None] = lambda *_: None,
    ) -> list[Result]:
        """Return ``function(item)`` for every item, in order.

        Raises
        ------
        EngineError : the scheduler is lost, no worker comes back, or one item ends every worker it is given
        """
        from dask import config

        done: SimpleQueue[int] = SimpleQueue()
        results: list[Any] = [None] * len(items)
        with config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
            # sent once, and kept by the scheduler: a worker that dies cannot take it away
            shared = self._client.submit(_keep, function, pure=False)
            futures: list[Any] = self._client.map(
                _work, list(items), function=shared, expected=dict(versions()), pure=False
            )
        try:
            for index, future in enumerate(futures):
                future.add_done_callback(partial(_tell, done, index))
            count = 0
            while count < len(items):
                ready = self._next(done)
                for index, result in zip(ready, self._gather([futures[i] for i in ready]), strict=True):
                    results[index], futures[index] = result, None
                count += len(ready)
                progress(count, len(items))
        finally:
            self._cancel([shared, *(future for future in futures if future is not None)])
        return results

    def close(self) -> None:
        """Leave the cluster; it goes on without us."""
        self._client.close(timeout=CONNECT_S)

    def _count_workers(self) -> int:
        try:
            self._client.wait_for_workers(1, timeout=FIRST_WORKER_S)
        except TimeoutError:
            found = f"a scheduler that has had no worker for {FIRST_WORKER_S:.0f} s"
            remedy = f"Start some: dask worker {self._address} --nthreads 1"
            raise _unusable(self._address, found, "a scheduler with workers", remedy) from None
        return len(self._client.nthreads())

    def _next(self, done: SimpleQueue[int]) -> list[int]:
        """Return the indices of items that have finished, at least one; fail when nobody is left to do so."""
        looks = 0
        while True:
            try:
                ready = [done.get(timeout=_LOOK_S)]
                while not done.empty():
                    ready.append(done.get())
                return ready
            except Empty:
                looks = 0 if self._working() else looks + 1
                if looks * _LOOK_S > WITHOUT_WORKERS_S:
                    raise EngineError(
                        f"{self._address}: all workers are gone, and none has come for "
                        f"{WITHOUT_WORKERS_S:.0f} s. Start some, and run again."
                    ) from None

    def _working(self) -> bool:
        """Return whether the scheduler has a worker, as far as is known."""
        try:
            return bool(self._client.nthreads())
        except (OSError, TimeoutError):
            return True  # while the connection is tried again; if it is lost, futures are cancelled

    def _gather(self, futures: list[Future[Any]]) -> list[Any]:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker

        try:
            return self._client.gather(futures)
        except KilledWorker:
            raise EngineError(
                f"{self._address}: a chunk ended every worker that took it, as happens when memory runs out. "
                "Give workers more memory, or ask for fewer --flights or --fragments."
            ) from None
        except (CancelledError, OSError) as error:
            raise EngineError(
                f"{self._address}: the scheduler is lost ({type(error).__name__}). "
                "Nothing was written; start it, and run again."
            ) from None

    def _cancel(self, futures: list[Any]) -> None:
        with suppress(OSError, TimeoutError):  # the scheduler is lost, and the work with it
            self._client.cancel(futures, force=True)


def _connect(address: str) -> Any:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        remedy = "Install it: pip install 'overflight[cluster]'"
        raise _unusable(address, f"no {error.name} here", "Dask, for work on a cluster", remedy) from None
    try:
        with ThreadPoolExecutor(1) as thread:  # not here: a notebook has a loop running already
            thread.submit(asyncio.run, _shake_hands(address)).result()
        return Client(address, timeout=CONNECT_S, set_as_default=False, name="overflight")
    except Exception as error:  # what answers may be no scheduler, and say anything
        found = f"no Dask scheduler that answers within {CONNECT_S:.0f} s ({type(error).__name__})"
        remedy = "Check the address, or start one: dask scheduler"
        raise _unusable(address, found, "the address of a running scheduler", remedy) from None


async def _shake_hands(address: str) -> None:
    """Fail unless a scheduler answers; a client would wait for ever on a server that says nothing."""
    from distributed.comm.core import connect

    comm = await asyncio.wait_for(connect(address, timeout=CONNECT_S), CONNECT_S)
    await comm.close()


def _unusable(address: str, found: str, allowed: str, remedy: str) -> InputError:
    return InputError("--engine", address, found=found, allowed=allowed, remedy=remedy)


def _refuse_others(client: Any, address: str) -> None:
    """Refuse a cluster whose workers run other versions."""
    for worker, theirs in sorted(client.run(_prepared, on_error="return").items()):
        if isinstance(theirs, BaseException):
            found = f"worker {worker} without overflight ({type(theirs).__name__}: {theirs})"
            raise _unusable(address, found, f"overflight {__version__}, as here", _REMEDY)
        _refuse_other(theirs, versions(), address, worker)


def _refuse_other(theirs: Mapping[str, str], ours: Mapping[str, str], address: str, worker: str) -> None:
    other = [name for name in ours if theirs.get(name) != ours[name]]
    if other:
        found = f"worker {worker} with " + ", ".join(f"{name} {theirs.get(name)}" for name in other)
        allowed = ", ".join(f"{name} {ours[name]}" for name in other) + ", as here"
        raise _unusable(address, found, allowed, _REMEDY)


@cache
def _prepared() -> Mapping[str, str]:
    """Hold a worker's libraries to one thread, before they load; return its versions."""
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    return versions()


def _keep(function: Callable[[Item], Result]) -> Callable[[Item], Result]:
    return function


def _work(item: Item, function: Callable[[Item], Result], expected: Mapping[str, str]) -> Result:
    """Work off an item, unless this worker came later and runs other versions."""
    theirs = _prepared()
    if theirs != expected:
        from distributed import get_worker

        worker = get_worker()
        _refuse_other(theirs, expected, worker.scheduler.address, worker.address)
    return function(item)


def _tell(done: SimpleQueue[int], index: int, _future: object) -> None:
    done.put(index)
