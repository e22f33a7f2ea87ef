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
    "theories": "richardson.theory.theories",
}

_HOMES = {
    "BalanceOrHegemony": "richardson.theory.balance",
    "ArmingShares": "richardson.theory.shares",
    "BasinEntropy": "richardson.landscape.entropy",
    "BasinShares": "richardson.landscape.shares",
    "BoundaryDimension": "richardson.landscape.boundary",
    "Attractor": "richardson.landscape.attractors",
    "Basins": "richardson.landscape.basins",
    "BattleEnd": "richardson.models.battle",
    "Blocs": "richardson.theory.blocs",
    "Branch": "richardson.continuation.branch",
    "BuildUp": "richardson.theory.build_up",
    "Capture": "richardson.stability.capture",
    "Certificate": "richardson.stability.certificate",
    "ComparativeStatics": "richardson.theory.statics",
    "Crossing": "richardson.dynamics.events",
    "CycleBranch": "richardson.continuation.cycles_branch",
    "Cycles": "richardson.landscape.cycles",
    "Design": "richardson.study.design",
    "DeterrenceCone": "richardson.models.deterrence",
    "DestabilisingDyads": "richardson.theory.dyads",
    "Diagnosis": "richardson.theory.diagnose",
    "Diagram": "richardson.continuation.diagram",
    "EdgeState": "richardson.landscape.edges",
    "EarlyWarning": "richardson.landscape.early_warning",
    "Ensemble": "richardson.study.ensemble",
    "Equilibria": "richardson.stability.equilibria",
    "Equilibrium": "richardson.stability.equilibria",
    "Estimate": "richardson.estimation.estimate",
    "Event": "richardson.dynamics.events",
    "FeedbackNash": "richardson.theory.feedback_nash",
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
    "PrisonersDilemma": "richardson.theory.game",
    "Provenance": "richardson.provenance",
    "SafeOvershoot": "richardson.landscape.overshoot",
    "Remedy": "richardson.landscape.remedy",
    "Resilience": "richardson.landscape.resilience",
    "SecurityGame": "richardson.theory.security_game",
    "Series": "richardson.symbolic.series",
    "SpecialPoint": "richardson.continuation.branch",
    "Spectrum": "richardson.stability.spectrum",
    "StabilityMap": "richardson.landscape.stability_map",
    "StabilityOverBox": "richardson.stability.robust",
    "State": "richardson.symbolic.quantity",
    "Tick": "richardson.theory.ticks",
    "Tipping": "richardson.landscape.tipping",
    "Trajectory": "richardson.dynamics.trajectory",
    "TwoByTwo": "richardson.theory.two_by_two",
    "UndecidedBox": "richardson.stability.certificate",
    "UnstableGroups": "richardson.theory.groups",
    "Window": "richardson.stability.window",
    "ZeroOneTest": "richardson.landscape.zero_one",
    "balance_or_hegemony": "richardson.theory.balance",
    "arming_shares": "richardson.theory.shares",
    "basin_entropy": "richardson.landscape.entropy",
    "basin_shares": "richardson.landscape.shares",
    "boundary_dimension": "richardson.landscape.boundary",
    "basins": "richardson.landscape.basins",
    "blocs": "richardson.theory.blocs",
    "build_up": "richardson.theory.build_up",
    "capture": "richardson.stability.capture",
    "comparative_statics": "richardson.theory.statics",
    "check_units": "richardson.symbolic.units",
    "continue_cycle": "richardson.continuation.cycles_continue",
    "continue_equilibrium": "richardson.continuation.follow",
    "continue_point": "richardson.continuation.loci",
    "destabilising_dyads": "richardson.theory.dyads",
    "diagnose": "richardson.theory.diagnose",
    "edge_state": "richardson.landscape.edges",
    "early_warning": "richardson.landscape.early_warning",
    "cycles": "richardson.landscape.cycles",
    "equilibria": "richardson.stability.equilibria",
    "equilibrium_diagram": "richardson.continuation.diagram",
    "equilibrium_near": "richardson.stability.near",
    "estimate": "richardson.estimation.estimate",
    "feedback_nash": "richardson.theory.feedback_nash",
    "four_worlds": "richardson.theory.worlds",
    "global_diagram": "richardson.landscape.global_diagram",
    "in_discrete_time": "richardson.symbolic.discrete_time",
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
    "prisoners_dilemma": "richardson.theory.game",
    "relaxation_time": "richardson.stability.spectrum",
    "remedy": "richardson.landscape.remedy",
    "resilience": "richardson.landscape.resilience",
    "run_ensemble": "richardson.study.run",
    "safe_overshoot": "richardson.landscape.overshoot",
    "save": "richardson.files",
    "security_game": "richardson.theory.security_game",
    "spectrum": "richardson.stability.spectrum",
    "stability_boundaries": "richardson.landscape.boundaries",
    "stability_map": "richardson.landscape.stability_map",
    "switch_branch": "richardson.continuation.follow",
    "tipping": "richardson.landscape.tipping",
    "with_alignment": "richardson.theory.blocs",
    "zero_one_test": "richardson.landscape.zero_one",
    "unstable_groups": "richardson.theory.groups",
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
