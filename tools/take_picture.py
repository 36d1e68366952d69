"""Take the picture of the README: the head of the page that ``make demo`` writes, in Chromium.

Run after ``make demo``: ``python tools/take_picture.py``.  Needs Chromium and Pillow.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "out" / "malligyong-1-2023-08-24" / "index.html"
PICTURE = ROOT / "docs" / "images" / "plan.png"
WIDTH, HEIGHT = 1180, 1180


def main() -> int:
    """Write the picture; say what is missing."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or not PAGE.exists():
        print("needs Chromium, and the page of `make demo`", file=sys.stderr)
        return 1
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder, "shot.png")
        command = [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--window-size={WIDTH},{HEIGHT}", f"--user-data-dir={folder}/profile",
            "--virtual-time-budget=5000", f"--screenshot={shot}", PAGE.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        colours = Image.open(shot).convert("RGB")
        picture = colours.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    PICTURE.parent.mkdir(exist_ok=True)
    picture.save(PICTURE, optimize=True)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1e3:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
