"""Which inputs an outcome answers to: indices of sensitivity over a whole design, with intervals, and how they settled."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np

from richardson.arrays import BoolArray, FloatArray
from richardson.errors import InvalidInputError
from richardson.provenance import record
from richardson.randomness import generator_of
from richardson.study.answers import Answers, Function, Start, of_dynamics, of_ensemble, of_function, of_model
from richardson.study.blocks import FEWEST, Blocks
from richardson.study.design import Design
from richardson.study.discovery_columns import to_be_read
from richardson.study.dynamics_result import DynamicsStudy
from richardson.study.engine import name_of, read_engine
from richardson.study.ensemble import Ensemble
from richardson.study.indices import REPEATED, RESAMPLES, index_names, indices_of
from richardson.study.sensitivity_result import Sensitivity
from richardson.symbolic.model import Model

MOST_SIZES = 8  # of parts of the design, each half of the next, on which the indices are computed as well
ROUNDING = 64 * np.finfo(np.float64).eps  # of the largest outcome: outcomes that differ by less are the same
FEWEST_RESAMPLES = 20


def sensitivity(
    subject: Model | Function | Ensemble | DynamicsStudy,
    design: Design | None = None,
    *,
    outcome: Any = None,
    start: Start = None,
    times: Any = None,
    failed: str | float = "refuse",
    confidence: float = 0.95,
    resamples: int | None = None,
    rng: Any = None,
    engine: Any = "local",
) -> Sensitivity:
    """How much of an outcome each input of a design explains, by the method that the design was made for.

    Parameters
    ----------
    subject : Model, function, Ensemble or DynamicsStudy
        A model; a function of all members at once, shape (m, p), that returns (m,) or (m, q); or runs or analyses of such a design.
    design : Design
        Made by `Design.for_sensitivity`; may be left out where runs bring their own.
    outcome : str, Record or sequence of them
        Of a model: text of an expression at the end of a run; `Minimum`, `Maximum`, `FirstCrossing` or `Integral` of one; or of the
        equilibrium that is reached from zero arms and fear "spiral_number", "max_real_eigenvalue" or "equilibrium x". Of runs: a record,
        "x at the end", or a state, for its values at every time that was kept. Of analyses: a
        measure that is a number. Of a function: names for what it returns.
    start, times : optional
        Of the runs of a model, as in `run_ensemble`; without times they go on until they settle.
    failed : str or float
        What becomes of members without an outcome, because their run escaped, left its domain or failed, or the outcome is not finite:
        "refuse" refuses, "drop" leaves out their blocks, and a number is taken for every outcome of theirs.
    confidence : float
        Of the intervals.
    resamples : int, optional
        How often the blocks are drawn again for the intervals: by default 1000 for "sobol" and "morris", 200 for "pawn", 100 for "delta".
    rng : int, Generator or None
        What draws them; recorded.
    engine : str, Processes, Dask, or a client
        As in `run_ensemble`.

    Returns
    -------
    Sensitivity

    Raises
    ------
    InvalidInputError, UnknownNameError
        If an argument is not what it should be, the design was made for no method or is not that of the runs, members failed and
        nothing is said about them, too few blocks are left, or no outcome varies; and as `run_ensemble`.
    MissingExtraError
        If the method is "delta" and SALib, of the extra ``sensitivity``, is not installed.

    Notes
    -----
    "sobol": shares of the outcome's variance, by each input alone (``first``) and with all its interactions (``total``), and by pairs
    (``second``). "morris": mean, mean size and standard deviation of the effects of steps, per whole range of the input. "pawn":
    median, mean and largest distance between the outcome's cumulative distribution in tenths of the input and over all. "delta": half
    the mean distance between densities, and ``first`` from the same sample, by classes of eight members. Distances are never zero;
    ``idle`` tells what an input gets that does nothing.

    Intervals are percentiles over resamples of blocks, moved so that the mean of the resamples is the estimate. Blocks are resampled as
    if they were independent; those of a Sobol' sequence cover the ranges more evenly, so that the intervals of "sobol" are rather too
    wide from some 32 blocks on, and too narrow with 16. They hold what chance does to the estimate, not its bias: "delta" smooths
    densities and comes out low, by a tenth or so with some thousands of members, and by a third where an outcome goes up and down along
    an input. Of one that does so as often as there are classes, "pawn" and "delta" see nothing: all classes look alike.

    Examples
    --------
    >>> design = Design.for_sensitivity({"a": (0, 1), "b": (0, 2)}, size=2**10, rng=1)
    >>> found = sensitivity(lambda members: members[:, 0] + members[:, 1], design, rng=1)
    >>> found["first"].round(2).tolist()
    [[0.2, 0.8]]
    """
    design, blocks = in_blocks(subject, design)
    check_asked(subject, failed, confidence, (start, times, engine))
    count = resamples_of(resamples, blocks)
    generator, entropy = generator_of(rng)
    if isinstance(subject, Model):
        answers = of_model(subject, design, outcome, start=start, times=times, engine=engine)
    else:
        answers = _found(subject, design, outcome)
    values, kept = _without_failures(answers, blocks, failed)
    values = _varying(answers, values[kept], blocks)
    low, high = np.array([span[1:] for span in design.ranges]).T
    inputs = ((design.samples - low) / (high - low)).reshape(len(kept), blocks.length, -1)[kept]
    settings: dict[str, Any] = {"outcome": answers.labels, "failed": failed, "confidence": confidence, "resamples": count}
    given = {"start": start, "times": times}
    settings |= answers.notes | {name: None if value is None else repr(value) for name, value in given.items()}
    settings["engine"] = name_of(read_engine(engine))
    sizes, estimates, drawn = [], [], []
    for size in _sizes(len(values), FEWEST[blocks.method]):
        found = indices_of(blocks, inputs[:size], values[:size], count, generator)
        sizes.append(size)
        estimates.append(found[0])
        drawn.append(_interval(*found, confidence))
    if blocks.method == "delta":
        settings["SALib"] = version("SALib")  # whose estimator it is
    return Sensitivity(
        names=design.names,
        outcomes=answers.labels,
        indices=index_names(blocks),
        sizes=np.array(sizes),
        estimates=np.array(estimates),
        bounds=np.array(drawn),
        failures=answers.failures,
        dropped=int((~kept).sum()),
        confidence=float(confidence),
        design=design,
        model=answers.model,
        provenance=record(answers.model, entropy=entropy, verb="sensitivity", **settings),
    )


def _found(subject: Function | Ensemble | DynamicsStudy, design: Design, outcome: Any) -> Answers:
    """Outcomes that are there already, or that a function gives at once."""
    if isinstance(subject, Ensemble):
        return of_ensemble(subject, outcome)
    return of_dynamics(subject, outcome) if isinstance(subject, DynamicsStudy) else of_function(subject, design, outcome)


def in_blocks(subject: Any, given: Any) -> tuple[Design, Blocks]:
    """The design that is analysed and its blocks.

    Raises
    ------
    InvalidInputError
        If it was not made for a method, or is not that of the runs.
    """
    if not isinstance(subject, Model | Ensemble | DynamicsStudy) and not callable(subject):
        raise InvalidInputError(
            "A sensitivity analysis is of a model, a function of all members at once, or what run_ensemble or run_dynamics returned; got "
            f"{subject!r}. {to_be_read(subject) or 'Give one of these.'}"
        )
    design = subject.design if given is None and isinstance(subject, Ensemble | DynamicsStudy) else given
    if not isinstance(design, Design):
        raise InvalidInputError(
            f"A sensitivity analysis needs a design; got {design!r}. Write for example "
            'Design.for_sensitivity({"balance": (-1, 1), "alarm": (0, 5)}, size=1024).'
        )
    if design.blocks is None:
        raise InvalidInputError(
            f"{design!r} was not made for a method of sensitivity analysis, which compares members in blocks of its own. Make it with "
            "Design.for_sensitivity, and leave its members as they are."
        )
    if isinstance(subject, Ensemble | DynamicsStudy) and not _are_same(subject.design, design):
        raise InvalidInputError(
            f"The runs are those of {subject.design!r}, not of the design that was given, {design!r}. Leave out the design, or run it."
        )
    return design, design.blocks


def _are_same(one: Design, other: Design) -> bool:
    return (one.names, one.blocks, one.ranges) == (other.names, other.blocks, other.ranges) and np.array_equal(one.samples, other.samples)


def check_asked(subject: Any, failed: Any, confidence: Any, of_runs: tuple[Any, Any, str]) -> None:
    """Refuse a rule, a level or, of what brings its own runs, their start, times and engine that cannot be.

    Raises
    ------
    InvalidInputError
        If there is one.
    """
    is_number = isinstance(failed, int | float | np.number) and not isinstance(failed, bool) and bool(np.isfinite(failed))
    if not is_number and not (isinstance(failed, str) and failed in ("refuse", "drop")):
        raise InvalidInputError(
            f'failed= says what becomes of members without an outcome: "refuse", "drop", or a number to take instead; got {failed!r}.'
        )
    if not isinstance(confidence, float | np.floating) or not 0.0 < float(confidence) < 1.0:
        raise InvalidInputError(f"The confidence of the intervals lies between 0 and 1; got {confidence!r}. Take for example 0.95.")
    start, times, engine = of_runs
    if not isinstance(subject, Model) and (start is not None or times is not None or engine != "local"):
        raise InvalidInputError(
            "start=, times= and engine= are for runs of a model; a function or an ensemble has its own. Leave them out."
        )


def resamples_of(resamples: Any, blocks: Blocks) -> int:
    """How often blocks are drawn again: as asked, or as their method has it.

    Raises
    ------
    InvalidInputError
        If that is no whole number, or too small.
    """
    if resamples is None:
        return RESAMPLES[blocks.method]
    if isinstance(resamples, bool) or not isinstance(resamples, int | np.integer) or resamples < FEWEST_RESAMPLES:
        raise InvalidInputError(f"resamples= is a whole number, at least {FEWEST_RESAMPLES}; got {resamples!r}. Take for example 1000.")
    return int(resamples)


def _without_failures(answers: Answers, blocks: Blocks, failed: Any) -> tuple[FloatArray, BoolArray]:
    """Outcomes (n, r, q) in blocks, and which blocks (n,) are kept.

    Raises
    ------
    InvalidInputError
        If members failed and nothing is said about them, or too few blocks are left.
    """
    is_failed = answers.is_failed
    values = answers.values.reshape(-1, blocks.length, len(answers.labels))
    if not is_failed.any():
        return values, np.ones(len(values), dtype=np.bool_)
    told = ", ".join(f"{count} {why}" for why, count in answers.failures.items())
    if failed == "refuse":
        raise InvalidInputError(
            f"{is_failed.sum()} of the {is_failed.size} members have no outcome ({told}), and without them the answer is to another "
            'question. Narrow the ranges, or say failed="drop" to leave out their blocks, or failed=1e3 to take a number instead.'
        )
    if failed != "drop":
        return np.nan_to_num(values, nan=float(failed)), np.ones(len(values), dtype=np.bool_)
    kept = np.asarray(~is_failed.reshape(-1, blocks.length).any(axis=1))
    fewest = FEWEST[blocks.method]
    if kept.sum() < fewest:
        raise InvalidInputError(
            f"Only {kept.sum()} of the {kept.size} blocks have all their outcomes ({told}); '{blocks.method}' needs {fewest}. "
            "Narrow the ranges, or take a larger size."
        )
    return values, kept


def _varying(answers: Answers, values: FloatArray, blocks: Blocks) -> FloatArray:
    """The outcomes (n, r, q), those that vary by rounding alone made constant.

    Raises
    ------
    InvalidInputError
        If none varies, or one has no density where one is needed.
    """
    members = values.reshape(-1, values.shape[-1])
    varies = np.ptp(members, axis=0) > ROUNDING * np.abs(members).max(axis=0)
    if not varies.any():
        told = ", ".join(f"'{label}' is {value:g}" for label, value in zip(answers.labels, members[0], strict=True))
        raise InvalidInputError(f"No outcome varies over this design: {told} in all members, and no input explains what does not change.")
    members = np.where(varies, members, members[0])
    for label, column in zip(answers.labels, members.T, strict=True):
        repeated = 1.0 - np.unique(column).size / column.size
        if blocks.method == "delta" and repeated > REPEATED and np.ptp(column) > 0.0:
            raise InvalidInputError(
                f"{repeated:.0%} of the values of '{label}' repeat another, so that it has no density, which the method 'delta' compares. "
                "Make a design for 'pawn' or 'sobol'."
            )
    return members.reshape(values.shape)


def _sizes(count: int, fewest: int) -> list[int]:
    """Numbers of blocks, increasing, each half of the next, the last one all."""
    sizes = [count]
    while len(sizes) < MOST_SIZES and sizes[-1] // 2 >= fewest:
        sizes.append(sizes[-1] // 2)
    return sizes[::-1]


def _interval(estimate: FloatArray, drawn: FloatArray, confidence: float) -> FloatArray:
    """Lower and upper bounds, shape (2, …), of an estimate whose resamples (b, …) are known."""
    tail = 0.5 * (1.0 - float(confidence))
    bounds: FloatArray = np.quantile(drawn, [tail, 1.0 - tail], axis=0) - drawn.mean(axis=0) + estimate
    return bounds
