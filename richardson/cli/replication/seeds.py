"""Every number that random numbers start from, and what is drawn from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from richardson.cli.replication.sources import items_of, within
from richardson.cli.tables import Table
from richardson.study.dynamics_plan import DynamicsPlan
from richardson.study.plan import Study

DRAWS = {
    "design": "the members of the design: their places, or the scrambling of the sequence; of repeat r and factor j from "
    "SeedSequence(rng, spawn_key=(r, j))",
    "run": "which members run again at a hundredth of the tolerances, for the table of accuracy; no other result depends on it",
    "dynamics": "a number from which each member has a stream of its own, for the starts behind its shares",
    "sensitivity": "the resamples of blocks behind the intervals of the indices",
    "discovery": "the random halves in which boxes are sought again, and ties of the search",
}
OF_DYNAMICS = "dynamics.rng"
PLACES = re.compile(r"(design(\[\d+\])?|run|dynamics|sensitivity|discovery)\.rng")  # a state may be called so, too


def seeds(data: Mapping[str, Any], study: Study | DynamicsPlan) -> Table:
    """Columns: the place of each ``rng`` in the scenario, its value, what is drawn from it, and how a generator is made of it.

    Parameters
    ----------
    data : mapping
        The scenario as its file has it.
    study : Study or DynamicsPlan
        Of it; dynamics may draw from a seed that the scenario leaves out.
    """
    found = list(_seeds(data, ""))
    if isinstance(study, DynamicsPlan):
        found = [each for each in found if each[0] != OF_DYNAMICS] + _of_dynamics(study)
    return {
        "place in scenario.toml": [place for place, _ in found],
        "seed": [str(value) for _, value in found],
        "draws": [DRAWS[place.partition(".")[0].partition("[")[0]] for place, _ in found],
        "generator": ["numpy.random.default_rng(seed): PCG64 from SeedSequence(seed)" for _ in found],
    }


def _of_dynamics(plan: DynamicsPlan) -> list[tuple[str, Any]]:
    """The seed of shares, the default too; no other measure draws."""
    drawn = plan.configuration()["rng"]
    return [] if drawn is None else [(OF_DYNAMICS, drawn["entropy"])]


def _seeds(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    for key, inner in items_of(value):
        where = within(place, key)
        if PLACES.fullmatch(where):
            yield where, inner
        else:
            yield from _seeds(inner, where)
