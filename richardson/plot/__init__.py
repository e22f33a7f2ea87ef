"""Results drawn on Axes; nothing is solved here."""

from richardson.plot.animate import animate_portraits, animate_runs
from richardson.plot.basins import basins
from richardson.plot.chaos import lyapunov, orbit_diagram, poincare
from richardson.plot.counts import stable_counts
from richardson.plot.cycle import cycle
from richardson.plot.diagnosis import arming_shares, diagnosis
from richardson.plot.diagram import diagram
from richardson.plot.discovery import box_limits, discovery, peeling
from richardson.plot.estimation import estimate, fit, interval
from richardson.plot.global_diagram import global_diagram
from richardson.plot.key import legend
from richardson.plot.locus import locus
from richardson.plot.maps import four_worlds, stability_map
from richardson.plot.portrait import portrait, portrait_tables
from richardson.plot.resilience import margin, resilience
from richardson.plot.sensitivity import convergence, elasticities, sensitivity
from richardson.plot.series import series
from richardson.plot.shares import basin_shares, boundary_dimension
from richardson.plot.space import phase_space
from richardson.plot.style import figure, paper, save
from richardson.plot.tipping import safe_overshoot, tipping

__all__ = [
    "animate_portraits",
    "animate_runs",
    "arming_shares",
    "basin_shares",
    "basins",
    "boundary_dimension",
    "box_limits",
    "convergence",
    "cycle",
    "diagnosis",
    "diagram",
    "discovery",
    "elasticities",
    "estimate",
    "figure",
    "fit",
    "four_worlds",
    "global_diagram",
    "interval",
    "legend",
    "locus",
    "lyapunov",
    "margin",
    "orbit_diagram",
    "paper",
    "peeling",
    "phase_space",
    "poincare",
    "portrait",
    "portrait_tables",
    "resilience",
    "safe_overshoot",
    "save",
    "sensitivity",
    "series",
    "stability_map",
    "stable_counts",
    "tipping",
]
