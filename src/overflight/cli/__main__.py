"""``python -m overflight.cli``."""

from __future__ import annotations

import sys

from overflight.cli import main

sys.exit(main())
