"""`overflight bulletins`: the index page and the Atom feed of a folder of bulletins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from overflight.cli.problems import handled, say

__all__ = ["bulletins"]

_MARK = b'content="overflight bulletins"'


def bulletins(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", readable=False, help="Folder that holds the bulletins' folders."),
    ],
    base: Annotated[
        str, typer.Option(metavar="URL", help="Address of the folder, with its last slash, for the feed.")
    ] = "",
) -> None:
    """Read every bulletin below the folder; write index.html and feed.atom into it."""
    with handled():
        from overflight.cli.output import UnusableOutput, write_file
        from overflight.errors import InputError
        from overflight.report.bulletin_index import atom_feed, index_page

        found = [entry for path in sorted(folder.glob("*/run.json")) if (entry := _entry(path)) is not None]
        if not found:
            raise InputError(
                str(folder), found="no bulletin", allowed="folders that `overflight explain` wrote",
                remedy="Name the folder above them.",
            )  # fmt: skip
        index = folder / "index.html"
        if index.exists() and _MARK not in index.read_bytes():
            raise UnusableOutput(
                str(index),
                "a page that is not ours",
                "a new page, or an index of bulletins",
                "Move yours away.",
            )
        write_file(index, index_page(found).encode(), force=True)
        write_file(folder / "feed.atom", atom_feed(found, base).encode(), force=True)
        say(f"Wrote {index} and feed.atom: {len(found)} bulletin{'s' if len(found) > 1 else ''}.")


def _entry(path: Path) -> Any:
    """Return what the index says of a bulletin, None where the folder holds another result."""
    from overflight.report.bulletin_index import Entry

    try:
        run = json.loads(path.read_bytes())
        if run["made_by"] != "overflight explain":
            return None
        title, lead = run["bulletin"]["title"], run["lead"]
        titles = (title["text"], title["ja"] or title["text"], title["ko"] or title["text"])
        leads = tuple(" ".join(lead[code]) for code in ("en", "ja", "ko"))
        return Entry(run["bulletin"]["key"], path.parent.name, titles, leads, run["run"]["computed_utc"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
