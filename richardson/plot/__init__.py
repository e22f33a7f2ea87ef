"""Results drawn on Axes; nothing is solved here."""

from richardson.plot.alignments import alignments
from richardson.plot.animate import animate_portraits, animate_runs
from richardson.plot.basins import basins
from richardson.plot.chaos import lyapunov, orbit_diagram, poincare
from richardson.plot.counts import stable_counts
from richardson.plot.cycle import cycle
from richardson.plot.diagnosis import arming_shares, diagnoses, diagnosis
from richardson.plot.diagram import diagram
from richardson.plot.discovery import box_limits, discovery, peeling
from richardson.plot.estimation import estimate, fit, interval
from richardson.plot.global_diagram import global_diagram
from richardson.plot.key import colour, legend
from richardson.plot.locus import locus
from richardson.plot.maps import four_worlds, stability_map
from richardson.plot.panels import name_panels
from richardson.plot.portrait import portrait, portrait_tables
from richardson.plot.resilience import margin, resilience, shocks
from richardson.plot.sensitivity import convergence, elasticities, sensitivity
from richardson.plot.series import series
from richardson.plot.shares import basin_shares, boundary_dimension
from richardson.plot.space import phase_space
from richardson.plot.style import figure, paper, save
from richardson.plot.surface import equilibrium_surface
from richardson.plot.tipping import safe_overshoot, tipping

__all__ = [
    "alignments",
    "animate_portraits",
    "animate_runs",
    "arming_shares",
    "basin_shares",
    "basins",
    "boundary_dimension",
    "box_limits",
    "colour",
    "convergence",
    "cycle",
    "diagnoses",
    "diagnosis",
    "diagram",
    "discovery",
    "elasticities",
    "equilibrium_surface",
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
    "name_panels",
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
    "shocks",
    "stability_map",
    "stable_counts",
    "tipping",
]
