"""Arms races, security dilemmas and deterrence as dynamical systems.

Public names are loaded on first use (SPEC 1), so that importing the library costs little.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_MODULES = {
    "conditions": "richardson.symbolic.conditions",
    "data": "richardson.data",
    "errors": "richardson.errors",
    "models": "richardson.models",
    "plot": "richardson.plot",
}

_HOMES = {
    "BasinEntropy": "richardson.landscape.entropy",
    "BasinShares": "richardson.landscape.shares",
    "BoundaryDimension": "richardson.landscape.boundary",
    "Attractor": "richardson.landscape.attractors",
    "Basins": "richardson.landscape.basins",
    "Branch": "richardson.continuation.branch",
    "Capture": "richardson.stability.capture",
    "Certificate": "richardson.stability.certificate",
    "Crossing": "richardson.dynamics.events",
    "CycleBranch": "richardson.continuation.cycles_branch",
    "Cycles": "richardson.landscape.cycles",
    "Design": "richardson.study.design",
    "Diagram": "richardson.continuation.diagram",
    "EdgeState": "richardson.landscape.edges",
    "EarlyWarning": "richardson.landscape.early_warning",
    "Ensemble": "richardson.study.ensemble",
    "Equilibria": "richardson.stability.equilibria",
    "Equilibrium": "richardson.stability.equilibria",
    "Estimate": "richardson.estimation.estimate",
    "Event": "richardson.dynamics.events",
    "FirstCrossing": "richardson.study.recording",
    "FourWorlds": "richardson.theory.worlds",
    "GlobalDiagram": "richardson.landscape.global_diagram",
    "Integral": "richardson.study.recording",
    "LimitCycle": "richardson.continuation.cycles",
    "Locus": "richardson.continuation.loci",
    "LyapunovSpectrum": "richardson.landscape.lyapunov",
    "Manifold": "richardson.stability.manifolds",
    "MapCycle": "richardson.landscape.cycles",
    "Maximum": "richardson.study.recording",
    "Minimum": "richardson.study.recording",
    "Model": "richardson.symbolic.model",
    "Nondimensional": "richardson.symbolic.scales",
    "Observations": "richardson.estimation.observations",
    "OrbitDiagram": "richardson.landscape.orbits",
    "Outcome": "richardson.outcome",
    "Parameter": "richardson.symbolic.quantity",
    "PhasePortrait": "richardson.stability.portrait",
    "PoincareSection": "richardson.landscape.poincare",
    "PhasePortraits": "richardson.stability.portraits",
    "Provenance": "richardson.provenance",
    "SafeOvershoot": "richardson.landscape.overshoot",
    "Remedy": "richardson.landscape.remedy",
    "Resilience": "richardson.landscape.resilience",
    "Series": "richardson.symbolic.series",
    "SpecialPoint": "richardson.continuation.branch",
    "Spectrum": "richardson.stability.spectrum",
    "StabilityMap": "richardson.landscape.stability_map",
    "StabilityOverBox": "richardson.stability.robust",
    "State": "richardson.symbolic.quantity",
    "Tipping": "richardson.landscape.tipping",
    "Trajectory": "richardson.dynamics.trajectory",
    "UndecidedBox": "richardson.stability.certificate",
    "Window": "richardson.stability.window",
    "ZeroOneTest": "richardson.landscape.zero_one",
    "basin_entropy": "richardson.landscape.entropy",
    "basin_shares": "richardson.landscape.shares",
    "boundary_dimension": "richardson.landscape.boundary",
    "basins": "richardson.landscape.basins",
    "capture": "richardson.stability.capture",
    "check_units": "richardson.symbolic.units",
    "continue_cycle": "richardson.continuation.cycles_continue",
    "continue_equilibrium": "richardson.continuation.follow",
    "continue_point": "richardson.continuation.loci",
    "edge_state": "richardson.landscape.edges",
    "early_warning": "richardson.landscape.early_warning",
    "cycles": "richardson.landscape.cycles",
    "equilibria": "richardson.stability.equilibria",
    "equilibrium_diagram": "richardson.continuation.diagram",
    "estimate": "richardson.estimation.estimate",
    "four_worlds": "richardson.theory.worlds",
    "global_diagram": "richardson.landscape.global_diagram",
    "integrate": "richardson.dynamics.integrate",
    "is_stable_for_all": "richardson.stability.robust",
    "iterate": "richardson.dynamics.iterate",
    "limit_cycle": "richardson.continuation.cycles",
    "load": "richardson.files",
    "lyapunov_spectrum": "richardson.landscape.lyapunov",
    "manifolds": "richardson.stability.manifolds",
    "nondimensional": "richardson.symbolic.scales",
    "nullclines": "richardson.stability.nullclines",
    "orbit_diagram": "richardson.landscape.orbits",
    "phase_portrait": "richardson.stability.portrait",
    "poincare_section": "richardson.landscape.poincare",
    "phase_portraits": "richardson.stability.portraits",
    "relaxation_time": "richardson.stability.spectrum",
    "remedy": "richardson.landscape.remedy",
    "resilience": "richardson.landscape.resilience",
    "run_ensemble": "richardson.study.run",
    "safe_overshoot": "richardson.landscape.overshoot",
    "save": "richardson.files",
    "spectrum": "richardson.stability.spectrum",
    "stability_boundaries": "richardson.landscape.boundaries",
    "stability_map": "richardson.landscape.stability_map",
    "switch_branch": "richardson.continuation.follow",
    "tipping": "richardson.landscape.tipping",
    "zero_one_test": "richardson.landscape.zero_one",
    "uncertainty_exponent": "richardson.landscape.uncertainty",
}

__all__ = sorted([*_MODULES, *_HOMES, "__version__"])  # noqa: PLE0605 - the tables above are the one list of names


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in, once."""
    if name in _MODULES:
        found: Any = import_module(_MODULES[name])
    elif name in _HOMES:
        found = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'richardson' has no attribute '{name}'")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return list(__all__)
