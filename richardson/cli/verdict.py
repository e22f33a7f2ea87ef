"""The verdict on a fitted race, in one sentence, and the decision behind it."""

from math import isnan

from richardson.cli.tables import shown, shown_share
from richardson.estimation.estimate import Estimate
from richardson.estimation.uncertainty import EstimateRow

STABLE, UNSTABLE, UNDECIDED = "settles", "runs away", "not decided"
CONCLUSIONS = {
    STABLE: "the fitted race is stable: arms settle at an equilibrium, or would after a disturbance",
    UNSTABLE: "the fitted race is unstable: arms move away from equilibrium at a growing pace",
    UNDECIDED: "these data do not decide whether the race is stable",
}


def decision(fit: Estimate) -> str:
    """Whether the race settles, runs away, or the data do not tell.

    Decided only where the estimate and the whole interval of max Re λ lie on one side of 0 and, where R is the
    headline, R and its whole interval lie on the same side of 1.
    """
    rows = [(fit.derived["max_real_eigenvalue"], 0.0)]
    if fit.headline.name == "spiral_number":
        rows.append((fit.headline, 1.0))
    if all(row.value < border and row.upper < border for row, border in rows):
        return STABLE
    if all(row.value > border and row.lower > border for row, border in rows):
        return UNSTABLE
    return UNDECIDED


def verdict(fit: Estimate) -> str:
    """One sentence: whose race, what the data say, and the numbers it rests on, the headline first."""
    rivals = " and ".join(fit.observations.names)
    years = f"{fit.observations.times[0]:g}–{fit.observations.times[-1]:g}"
    return f"{rivals} {years}: {CONCLUSIONS[decision(fit)]}; {numbers(fit)} ({fit.level:.0%} intervals in brackets)."


def numbers(fit: Estimate) -> str:
    """R and max Re λ with their intervals, the headline first, and P(stable)."""
    spiral, leading = fit.derived["spiral_number"], fit.derived["max_real_eigenvalue"]
    undefined = f"undefined in {spiral.undefined_share:.1%} of the draws"
    pace = f"max Re λ = {with_interval(leading)} per year, stable below 0"
    if fit.headline.name == "spiral_number":
        said = [f"R = {with_interval(spiral)}, stable below 1, {undefined}", pace]
    else:
        said = [pace, f"R is {undefined} and therefore not used"]
    return "; ".join([*said, f"P(stable) {shown_share(fit.stable_probability)}"])


def with_interval(row: EstimateRow) -> str:
    """A value with its interval in brackets."""
    value = "not defined" if isnan(row.value) else shown(row.value)
    return f"{value} [{shown(row.lower)}, {shown(row.upper)}]"
