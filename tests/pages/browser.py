"""A small client for a real Chromium, through the DevTools protocol.

``Browser`` starts one process with a fresh profile; ``Page`` is one tab.  A tab records every request
it makes and every error it meets, so a test can hold that there were none.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import websockets

T = TypeVar("T")

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--enable-unsafe-swiftshader", "--remote-debugging-port=0",
)  # fmt: skip


def find_chromium() -> str | None:
    """Return the path of a Chromium, or ``None``."""
    named = os.environ.get("CHROMIUM")
    return named or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


class Browser:
    """One Chromium process; use it as an asynchronous context manager."""

    def __init__(self, executable: str, *flags: str) -> None:
        self._executable, self._flags = executable, flags
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        profile = f"--user-data-dir={self._profile.name}"
        command = [self._executable, *FLAGS, *self._flags, profile, "about:blank"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        ports = Path(self._profile.name, "DevToolsActivePort")
        deadline = time.monotonic() + 60
        while not (ports.exists() and ports.read_text().count("\n")):
            if self._process.poll() is not None or time.monotonic() > deadline:
                await self.__aexit__(None, None, None)
                raise RuntimeError("Chromium did not open its debugging port within 60 s")
            await asyncio.sleep(0.05)
        port, path = ports.read_text().split()[:2]
        self._port = int(port)
        self._main = await websockets.connect(f"ws://127.0.0.1:{port}{path}", max_size=None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if hasattr(self, "_main"):
            await self._main.close()
        if self._process is not None:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(10)
        self._profile.cleanup()

    async def open(self, url: str, **settings: Any) -> Page:
        """Open a page in a new tab; see ``Page.open`` for the settings."""
        await self._main.send(
            json.dumps({"id": 1, "method": "Target.createTarget", "params": {"url": "about:blank"}})
        )
        target = json.loads(await self._main.recv())["result"]["targetId"]
        socket = await websockets.connect(
            f"ws://127.0.0.1:{self._port}/devtools/page/{target}", max_size=None
        )
        page = Page(socket)
        await page.open(url, **settings)
        return page


class Page:
    """One tab."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._loaded = asyncio.Event()
        self._reader = asyncio.create_task(self._read())
        self.requests: list[str] = []
        self.errors: list[str] = []

    async def _read(self) -> None:
        async for text in self._socket:
            message = json.loads(text)
            if "id" in message:
                self._waiting.pop(message["id"]).set_result(message)
            else:
                self._note(message["method"], message["params"])

    def _note(self, method: str, values: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requests.append(values["url"])
        elif method == "Page.loadEventFired":
            self._loaded.set()
        elif method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(values["exceptionDetails"])[:600])
        elif method == "Runtime.consoleAPICalled" and values["type"] in ("error", "assert", "warning"):
            self.errors.append(
                " ".join(str(item.get("value", item.get("description"))) for item in values["args"])
            )
        elif method == "Log.entryAdded" and values["entry"]["level"] in ("error", "warning"):
            self.errors.append(values["entry"]["text"])

    async def call(self, method: str, **values: Any) -> dict[str, Any]:
        """Send a command of the protocol and return its result."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"id": number, "method": method, "params": values}))
        answer = await asyncio.wait_for(self._waiting[number], 120)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    async def open(
        self,
        url: str,
        *,
        width: int = 1280,
        height: int = 900,
        script: bool = True,
        dark: bool = False,
        media: str = "",
    ) -> None:
        """Load a page of the given size, with or without script, by day or by night, for screen or print."""
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.call(f"{domain}.enable")
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 700,
        )
        await self.call("Emulation.setScriptExecutionDisabled", value=not script)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])
        await self.call("Page.navigate", url=url)
        await asyncio.wait_for(self._loaded.wait(), 120)

    async def value(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, awaited if it is a promise.

        The protocol may evaluate even where the page's own scripts are turned off.
        """
        answer = await self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:800])
        return answer["result"].get("value")

    async def until(self, expression: str, seconds: float = 60) -> None:
        """Wait until an expression is true."""
        deadline = time.monotonic() + seconds
        while not await self.value(expression):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not true within {seconds:g} s: {expression}")
            await asyncio.sleep(0.1)

    async def press(self, key: str, code: int) -> None:
        """Press and release a key."""
        for kind in ("rawKeyDown", "keyUp"):
            await self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code
            )

    async def picture(
        self, path: Path, *, whole: bool = True, clip: tuple[float, float, float, float] | None = None
    ) -> None:
        """Write a picture of the page, or of a part given as left, top, width, height."""
        values: dict[str, Any] = {"format": "png", "captureBeyondViewport": whole or clip is not None}
        if clip is not None:
            values["clip"] = dict(zip(("x", "y", "width", "height"), clip, strict=True)) | {"scale": 1}
        elif whole:
            size = (await self.call("Page.getLayoutMetrics"))["cssContentSize"]
            values["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        path.write_bytes(base64.b64decode((await self.call("Page.captureScreenshot", **values))["data"]))

    async def close(self) -> None:
        """Close the tab."""
        await self.call("Page.close")
        self._reader.cancel()
        await self._socket.close()


def with_browser(executable: str, work: Callable[[Browser], Awaitable[T]]) -> T:
    """Run work in a fresh browser and return its result."""

    async def run() -> T:
        async with Browser(executable) as browser:
            return await work(browser)

    return asyncio.run(run())
