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
    "Certificate": "richardson.stability.certificate",
    "Crossing": "richardson.dynamics.events",
    "CycleBranch": "richardson.continuation.cycles_branch",
    "Design": "richardson.study.design",
    "Diagram": "richardson.continuation.diagram",
    "Ensemble": "richardson.study.ensemble",
    "Equilibria": "richardson.stability.equilibria",
    "Equilibrium": "richardson.stability.equilibria",
    "Estimate": "richardson.estimation.estimate",
    "Event": "richardson.dynamics.events",
    "FirstCrossing": "richardson.study.recording",
    "FourWorlds": "richardson.theory.worlds",
    "Integral": "richardson.study.recording",
    "LimitCycle": "richardson.continuation.cycles",
    "Locus": "richardson.continuation.loci",
    "LyapunovSpectrum": "richardson.landscape.lyapunov",
    "Manifold": "richardson.stability.manifolds",
    "Maximum": "richardson.study.recording",
    "Minimum": "richardson.study.recording",
    "Model": "richardson.symbolic.model",
    "Observations": "richardson.estimation.observations",
    "Outcome": "richardson.outcome",
    "Parameter": "richardson.symbolic.quantity",
    "PhasePortrait": "richardson.stability.portrait",
    "PhasePortraits": "richardson.stability.portraits",
    "Provenance": "richardson.provenance",
    "Series": "richardson.symbolic.series",
    "SpecialPoint": "richardson.continuation.branch",
    "Spectrum": "richardson.stability.spectrum",
    "StabilityMap": "richardson.landscape.stability_map",
    "StabilityOverBox": "richardson.stability.robust",
    "State": "richardson.symbolic.quantity",
    "Trajectory": "richardson.dynamics.trajectory",
    "UndecidedBox": "richardson.stability.certificate",
    "Window": "richardson.stability.window",
    "basin_entropy": "richardson.landscape.entropy",
    "basin_shares": "richardson.landscape.shares",
    "boundary_dimension": "richardson.landscape.boundary",
    "basins": "richardson.landscape.basins",
    "continue_cycle": "richardson.continuation.cycles_continue",
    "continue_equilibrium": "richardson.continuation.follow",
    "continue_point": "richardson.continuation.loci",
    "equilibria": "richardson.stability.equilibria",
    "equilibrium_diagram": "richardson.continuation.diagram",
    "estimate": "richardson.estimation.estimate",
    "four_worlds": "richardson.theory.worlds",
    "integrate": "richardson.dynamics.integrate",
    "is_stable_for_all": "richardson.stability.robust",
    "iterate": "richardson.dynamics.iterate",
    "limit_cycle": "richardson.continuation.cycles",
    "load": "richardson.files",
    "lyapunov_spectrum": "richardson.landscape.lyapunov",
    "manifolds": "richardson.stability.manifolds",
    "nullclines": "richardson.stability.nullclines",
    "phase_portrait": "richardson.stability.portrait",
    "phase_portraits": "richardson.stability.portraits",
    "relaxation_time": "richardson.stability.spectrum",
    "run_ensemble": "richardson.study.run",
    "save": "richardson.files",
    "spectrum": "richardson.stability.spectrum",
    "stability_map": "richardson.landscape.stability_map",
    "switch_branch": "richardson.continuation.follow",
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
