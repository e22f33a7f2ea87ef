"""Scenario discovery: in which part of its ranges a study ends as asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import ComputationError, InvalidInputError, UnknownNameError, nearest
from richardson.provenance import record
from richardson.randomness import generator_of
from richardson.study.design import Design
from richardson.study.discovery_boxes import Cases, box_of, shares
from richardson.study.discovery_columns import Recorded, check_recorded, condition, several
from richardson.study.discovery_result import Discovery
from richardson.study.discovery_search import Found, Search, check_share, peeling_of, reproduced, search_of, whole

RULES = ("refuse", "drop", True, False)


def discover(
    runs: Recorded,
    where: Any,
    *,
    method: str = "prim",
    names: Sequence[str] | None = None,
    density: float = 0.8,
    failed: str | bool = "refuse",
    least_mass: float = 0.05,
    boxes: int | None = None,
    level: float | None = None,
    peel: float | None = None,
    paste: float | None = None,
    leaves: int | None = None,
    resamples: int = 10,
    rng: Any = None,
) -> Discovery:
    """Boxes in the ranges of a study's design within which a condition mostly holds.

    Parameters
    ----------
    runs : Ensemble or DynamicsStudy
        What a study recorded.
    where : str or callable
        The cases of interest: a text over the columns recorded, such as ``"outcome == ESCAPED and x > 4"`` (names that are no plain
        names in backquotes), or a function of ``runs`` that gives one truth value a member.
    method : str
        "prim": boxes peeled from the whole, by ema-workbench. "cart": the leaves of a classification tree, by scikit-learn.
    names : sequence of str, optional
        Columns of the design in which boxes are sought; all by default.
    density : float
        Share of the members of a box that are cases of interest, at least.
    failed : str or bool
        What becomes of members that gave no answer: "refuse", "drop", or True or False to count them as cases of interest or not.
    least_mass : float
        Share of all members that a box or a leaf holds at least.
    boxes : int, optional
        PRIM: how many boxes at most, each among the members outside those before; 1 by default.
    level : float, optional
        PRIM: ends of a box with a quasi-p-value above it are dropped; 0.05 by default.
    peel, paste : float, optional
        PRIM: shares of members that are taken off, and given back, at a time; 0.05 by default.
    leaves : int, optional
        CART: at most; 8 by default.
    resamples : int
        Random halves of the members in which the search is made again, judged on the other halves; 0 for none.
    rng : int, Generator or None
        Draws the halves.

    Returns
    -------
    Discovery

    Raises
    ------
    ParseError, UnknownNameError, InvalidInputError
        If the condition cannot be read, holds of no or of all members, members failed, a column has one value only, or an option does
        not fit the method.
    ComputationError
        If no box is as dense as asked; the message says how dense they get.
    MissingExtraError
        If the extra ``discovery`` is not installed.

    Notes
    -----
    The best known use is to find the few conditions under which a policy fails [1]_. Of the boxes through which PRIM went that one is
    taken that, as dense as asked once ends that make no difference have been dropped, has the largest harmonic mean of coverage and
    density: a rule of ours, where the literature leaves the choice to a person, who finds all of them in ``peelings``. A box is sought
    where it is dense, so its own density flatters it; ``reproduction`` judges boxes by members that had no part in finding them. Boxes
    are parallel to the axes: a region that is not may need several. Leaves of a tree that are all as dense as asked are joined where
    one split made them.

    References
    ----------
    .. [1] B. P. Bryant, R. J. Lempert (2010), Thinking inside the box: a participatory, computer-assisted approach to scenario
       discovery, Technological Forecasting and Social Change 77, 34–49 (quoted from memory).

    Examples
    --------
    >>> import richardson as rn
    >>> design = rn.Design.sobol({"defence": (0.2, 1.2), "grievance": (0.1, 1.0)}, size=256, rng=1)
    >>> runs = rn.run_ensemble(rn.models.linear(), design, {"x": 0, "y": 0}, 40.0, bound=50.0)
    >>> rn.discover(runs, "outcome == ESCAPED", rng=1).boxes[0]
    <box defence ≥ 1.048: density 100.0%, coverage 95.1%, 39 of 39 members>
    """
    check_recorded(runs, "Scenario discovery")
    own = {"boxes": boxes, "level": level, "peel": peel, "paste": paste, "leaves": leaves}
    search, halves = read_options(method=method, density=density, failed=failed, least_mass=least_mass, resamples=resamples, **own)
    generator, entropy = generator_of(rng)
    holds, used = _members(runs, where, failed)
    columns, samples = chosen_columns(runs.design, names, used)
    cases = Cases(columns, samples, holds[used], np.ones(len(samples), dtype=np.bool_))
    _check_share_of_interest(cases, density)
    found = search.run(cases)
    if not found.taken:
        raise ComputationError(_too_thin(cases, found, density))
    text = where if isinstance(where, str) else "a function"
    settings = {"method": method, "where": text, "names": cases.names, "density": density, "failed": str(failed), **search.options}
    return Discovery(
        method=method,
        where=text,
        names=cases.names,
        boxes=tuple(box_of(among, ends) for among, ends in found.taken),
        peelings=tuple(peeling_of(among, path) for (among, _), path in zip(found.taken, found.paths, strict=False)),
        leaves=_leaves(cases, found) if method == "cart" else (),
        reproduction=reproduced(cases, search, halves, generator) if halves else None,
        samples=cases.samples,
        is_of_interest=cases.is_of_interest,
        failed=int(np.count_nonzero(~runs.is_answer)),
        rule=str(failed),
        density=float(density),
        level=float(search.options.get("level", np.nan)),
        model=runs.model,
        provenance=record(runs.model, entropy=entropy, verb="discover", **settings, least_mass=least_mass, resamples=halves),
    )


def read_options(*, method: Any, density: Any, failed: Any, least_mass: Any, resamples: Any, **own: Any) -> tuple[Search, int]:
    """The search that the options of `discover` ask for, and in how many halves it is made again; ``own`` are those of one method.

    Raises
    ------
    InvalidInputError, UnknownNameError
        If an option is out of its range, or of another method.
    """
    for name, share in (("density", density), ("least_mass", least_mass)):
        check_share(share, name)
    if not any(failed is rule or (isinstance(failed, str) and failed == rule) for rule in RULES):
        raise InvalidInputError(f"What becomes of failed members is 'refuse', 'drop', True or False; got {failed!r}.")
    return search_of(method, own, density, least_mass), whole(resamples, "resamples", 0)


def _members(runs: Recorded, where: Any, failed: Any) -> tuple[BoolArray, BoolArray]:
    """Of which members the condition holds, and which are used, shape (m,) each."""
    answers = np.asarray(runs.is_answer)
    lost = int(np.count_nonzero(~answers))
    if lost and failed == "refuse":
        raise InvalidInputError(
            f"{lost} of the {answers.size} members failed, so that nobody knows whether the condition holds of them. Run them again with "
            "other tolerances, or say what they count as: failed='drop', True (of interest) or False."
        )
    holds = condition(runs, where)
    if isinstance(failed, bool):
        return np.where(answers, holds, failed), np.ones_like(answers)
    return holds, answers


def chosen_columns(design: Design, names: Sequence[str] | None, used: BoolArray) -> tuple[tuple[str, ...], FloatArray]:
    """Columns of a design to search, and their values in the n members used, shape (n, p).

    Raises
    ------
    UnknownNameError, InvalidInputError
        If the design has no such column, or one cannot be cut.
    """
    chosen = design.names if names is None else several(names, "names")
    for name in chosen:
        if name not in design.names:
            raise UnknownNameError(f"The design has no column {name!r} to search. {nearest(str(name), design.names)}")
    if not chosen:
        raise InvalidInputError("Boxes are sought in one column or more; none is named. Leave names= out for all columns of the design.")
    if not used.any():
        raise InvalidInputError("All members failed, so that none is left to search. Run them again with other tolerances.")
    samples: FloatArray = np.column_stack([design[name][used] for name in chosen])
    for name, column in zip(chosen, samples.T, strict=True):
        if column.min() == column.max():
            raise InvalidInputError(
                f"'{name}' has one value in all members, so that no box can cut it. Leave it out: names=[…] lists the columns to search."
            )
    return chosen, samples


def _check_share_of_interest(cases: Cases, density: float) -> None:
    count, size = np.count_nonzero(cases.is_of_interest), cases.is_of_interest.size
    if count in (0, size):
        raise InvalidInputError(
            f"The condition holds of {'none' if count == 0 else 'all'} of the {size} members, so that no box tells them apart. "
            "Ask another condition, or widen the design."
        )
    if count >= density * size:
        raise InvalidInputError(
            f"The condition holds of {count / size:.1%} of all members already, as dense as asked ({density:.1%}) without any limit. "
            "Ask for a higher density, or seek the opposite: where='not (…)'."
        )


def _too_thin(cases: Cases, found: Found, density: float) -> str:
    """That no box is dense enough, with the densest that was seen."""
    seen = [shares(cases, ends) for ends in found.seen]
    coverage, best, _ = max(seen, key=lambda known: known[1])
    reached = f"{best:.1%} (and covers {coverage:.1%} of the cases of interest)"
    if best >= density:
        return (
            f"A box of density {reached} was seen, but not once its ends that make no difference are dropped. "
            "Raise level, or run more members."
        )
    return f"No box is as dense as asked, {density:.1%}; the densest reaches {reached}. Ask for less, or allow a smaller least_mass."


def _leaves(cases: Cases, found: Found) -> tuple[Any, ...]:
    """All leaves as boxes, densest first."""
    boxes = [box_of(cases, ends) for ends in found.seen]
    return tuple(sorted(boxes, key=lambda box: (-box.density, -box.coverage)))
