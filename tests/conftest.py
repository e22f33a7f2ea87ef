"""What every test stands on: an empty cache of its own, steady examples, no window on a screen."""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ["MPLBACKEND"] = "agg"
if "RICHARDSON_CACHE_DIR" not in os.environ:  # a user's cache must neither help nor suffer
    _cache = tempfile.mkdtemp(prefix="richardson-tests-")
    os.environ["RICHARDSON_CACHE_DIR"] = _cache
    atexit.register(shutil.rmtree, _cache, ignore_errors=True)

settings.register_profile(
    "steady",
    deadline=None,  # the first example of a model compiles it
    derandomize=True,  # a red run must be red again
    suppress_health_check=[HealthCheck.too_slow],  # the same compilation
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _figures_closed() -> Iterator[None]:
    """No figure outlives its test."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
