"""What every test stands on: an empty cache of its own, steady examples, no window on a screen."""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ["MPLBACKEND"] = "agg"
if "RICHARDSON_CACHE_DIR" not in os.environ:  # a user's cache must neither help nor suffer
    _cache = tempfile.mkdtemp(prefix="richardson-tests-")
    os.environ["RICHARDSON_CACHE_DIR"] = _cache
    atexit.register(shutil.rmtree, _cache, ignore_errors=True)

LONG = (  # most need kernels of their own, each of which takes five to thirty seconds to compile once
    "docs/explanation/lanes.md",
    "docs/explanation/large-studies.md",
    "docs/explanation/proofs.md",
    "docs/explanation/replications.md",
    "docs/explanation/the-dilemma-in-equations.md",
    "docs/how-to/animation.md",
    "docs/how-to/basins.md",
    "docs/how-to/boundaries.md",
    "docs/how-to/chaos.md",
    "docs/how-to/cycles.md",
    "docs/how-to/discovery.md",
    "docs/how-to/from-laptop-to-cluster.md",
    "docs/how-to/many-nations.md",
    "docs/how-to/parameter-studies.md",
    "docs/how-to/resilience.md",
    "docs/how-to/sensitivity.md",
    "docs/how-to/shares.md",
    "docs/how-to/stability-maps.md",
    "docs/how-to/tipping.md",
    "docs/tutorials/for-applied-mathematicians.md",
    "docs/tutorials/for-political-scientists.md",
    "richardson/landscape/basins.py",
    "richardson/landscape/boundaries.py",
    "richardson/landscape/edges.py",
    "richardson/landscape/global_diagram.py",
    "richardson/landscape/lyapunov.py",
    "richardson/landscape/orbits.py",
    "richardson/landscape/overshoot.py",
    "richardson/landscape/poincare.py",
    "richardson/landscape/remedy.py",
    "richardson/landscape/resilience.py",
    "richardson/landscape/shares.py",
    "richardson/landscape/stability_map.py",
    "richardson/study/dynamics.py",
    "richardson/landscape/uncertainty.py",
    "richardson/plot/animate.py",
    "richardson/plot/basins.py",
    "richardson/plot/chaos.py",
    "richardson/plot/counts.py",
    "richardson/plot/cycle.py",
    "richardson/plot/diagnosis.py",
    "richardson/plot/discovery.py",
    "richardson/plot/global_diagram.py",
    "richardson/plot/locus.py",
    "richardson/plot/maps.py",
    "richardson/plot/resilience.py",
    "richardson/plot/shares.py",
    "richardson/plot/tipping.py",
    "richardson/study/discovery.py",
    "richardson/theory/balance.py",
    "richardson/theory/worlds.py",
    "tests/cli/test_demo.py",
    "tests/compiled/test_settle.py",
    "tests/continuation/test_cycles_branch.py",
    "tests/continuation/test_loci_codimension_two.py",
    "tests/landscape/test_attraction.py",
    "tests/landscape/test_basins.py",
    "tests/landscape/test_boundary.py",
    "tests/landscape/test_catching.py",
    "tests/landscape/test_census.py",
    "tests/landscape/test_critical_curve.py",
    "tests/landscape/test_edges.py",
    "tests/landscape/test_fenced.py",
    "tests/landscape/test_global_diagram.py",
    "tests/landscape/test_labelling.py",
    "tests/landscape/test_lyapunov.py",
    "tests/landscape/test_orbits.py",
    "tests/landscape/test_overshoot.py",
    "tests/landscape/test_poincare.py",
    "tests/landscape/test_remedy.py",
    "tests/landscape/test_resilience.py",
    "tests/landscape/test_shares.py",
    "tests/landscape/test_stability_map.py",
    "tests/landscape/test_tipping.py",
    "tests/plot/test_animate.py",
    "tests/plot/test_basins.py",
    "tests/plot/test_chaos.py",
    "tests/plot/test_global_diagram.py",
    "tests/plot/test_maps.py",
    "tests/plot/test_resilience.py",
    "tests/plot/test_shares.py",
    "tests/plot/test_tipping.py",
    "tests/published/test_equilibria_of_other_tools.py",
    "tests/study/test_dynamics.py",
    "tests/study/test_elasticities.py",
    "tests/study/test_ensemble.py",
    "tests/study/test_records.py",
    "tests/study/test_settling.py",
    "tests/test_xarray.py",
    "tests/theory/test_worlds.py",
)
NEEDS = {  # examples in docstrings and documents, which cannot ask for a module themselves
    "docs/explanation/large-studies.md": "h5netcdf",
    "docs/how-to/discovery.md": "ema_workbench",
    "docs/how-to/from-laptop-to-cluster.md": "distributed",
    "richardson/plot/discovery.py": "ema_workbench",
    "richardson/study/discovery.py": "ema_workbench",
    "richardson/study/store/opened.py": "h5netcdf",
    "richardson/symbolic/units.py": "pint",
}
SECOND_KERNELS = {"DOP853", "Rodas5P"}  # methods; the default run takes "Tsit5" and scipy's

settings.register_profile(
    "steady",
    deadline=None,  # the first example of a model compiles it
    derandomize=True,  # a red run must be red again
    suppress_health_check=[HealthCheck.too_slow],  # the same compilation
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the slow tests what would take the default run beyond its five minutes on an empty cache; mark what needs an extra."""
    for item in items:
        values = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if item.nodeid.startswith(LONG) or SECOND_KERNELS & {value for value in values if isinstance(value, str)}:
            item.add_marker(pytest.mark.slow)
        if module := NEEDS.get(item.nodeid.partition("::")[0]):
            item.add_marker(pytest.mark.extra)
            item.add_marker(pytest.mark.skipif(find_spec(module) is None, reason=f"{module} is not installed"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def netcdf() -> None:
    """Skip what reads and writes netCDF where the extra ``data`` is not installed."""
    for module in ("h5netcdf", "xarray"):
        pytest.importorskip(module, reason=f"{module} comes with the extra data; .ci/run has it")


@pytest.fixture(autouse=True)
def _figures_closed() -> Iterator[None]:
    """No figure outlives its test."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
