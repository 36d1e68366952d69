"""`overflight warmup`: compile the kernels once."""

from __future__ import annotations

from overflight.cli.options import Quiet
from overflight.cli.problems import handled

__all__ = ["warmup"]


def warmup(quiet: Quiet = False) -> None:
    """Compile all kernels into the cache folder."""
    with handled():
        from overflight.cli.progress import progress_shown
        from overflight.jobs.warmup import warmup as compile_kernels

        with progress_shown(quiet=quiet) as progress:
            compile_kernels(progress)
