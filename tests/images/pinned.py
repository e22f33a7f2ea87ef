"""The one matplotlib whose pictures tests compare: the extra dev brings it, and .ci/run insists on it."""

import os
import tomllib
from pathlib import Path

import matplotlib as mpl
import pytest

SETTINGS = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = SETTINGS["project"]["optional-dependencies"]["dev"]
(PINNED,) = (
    needed.partition("==")[2] for needed in NEEDED if needed.startswith("matplotlib==")
)  # another draws letters and ticks elsewhere
MUST_COMPARE = "RICHARDSON_PICTURES"  # set by .ci/run: pictures that were not compared are then a failure

is_pinned = mpl.__version__ == PINNED
with_pinned = pytest.mark.skipif(
    not is_pinned and MUST_COMPARE not in os.environ,
    reason=f"the pictures are those of matplotlib {PINNED}, which the extra dev brings; this is {mpl.__version__}",
)
