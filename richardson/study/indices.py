"""Indices of sensitivity from the outcomes of blocks, and the same from blocks drawn again with replacement.

All are averages over blocks, or distances between distributions, so that a resample needs no run: of the first kind it is a sum with
other weights.

References
----------
.. [1] A. Saltelli, P. Annoni, I. Azzini, F. Campolongo, M. Ratto, S. Tarantola (2010), Variance based sensitivity analysis of model
   output, Computer Physics Communications 181, 259–270, tables 2 b and 2 f (quoted from memory).
.. [2] A. Saltelli (2002), Making best use of model evaluations to compute sensitivity indices, Computer Physics Communications 145,
   280–297 (quoted from memory): pairs.
.. [3] F. Campolongo, J. Cariboni, A. Saltelli (2007), An effective screening design for sensitivity analysis of large models,
   Environmental Modelling & Software 22, 1509–1518 (quoted from memory): μ*.
.. [4] F. Pianosi, T. Wagener (2018), Distribution-based sensitivity analysis from a generic input-output sample, Environmental Modelling
   & Software 108, 197–207 (quoted from memory).
.. [5] E. Plischke, E. Borgonovo, C. L. Smith (2013), Global sensitivity measures from given data, European Journal of Operational
   Research 226, 536–550 (quoted from memory): δ and its reduction of bias.
.. [6] T. L. Kelley (1935), An unbiased correlation ratio measure, Proceedings of the National Academy of Sciences 21, 554–559 (quoted
   from memory): ε², the share of a variance that classes explain, less what chance gives them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import ModuleType

import numpy as np

from richardson import extras
from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError
from richardson.study.blocks import Blocks

NAMES = {
    "sobol": ("first", "total"),
    "morris": ("mean_effect", "mean_absolute_effect", "spread_of_effects"),
    "pawn": ("median", "mean", "maximum"),
    "delta": ("delta", "first"),
}
RESAMPLES = {"sobol": 1000, "morris": 1000, "pawn": 200, "delta": 100}  # the last two sort all members anew for each
AT_ONCE = 2**22  # weights of resamples: some 30 MB
CLASSES = 10  # of an input's values, of equal share, in each of which the outcome's distribution is looked at, of δ at least: SALib's PAWN
POINTS = 100  # at which densities are compared, as in SALib
ALIKE = 8  # members in a class of the first-order index: the fewer, the less an outcome turns within one, and the more chance does
REPEATED = 0.5  # share of repeated values from which on an outcome has no density

Statistic = Callable[[FloatArray, FloatArray], FloatArray]


def index_names(blocks: Blocks) -> tuple[str, ...]:
    """Names of the indices of a method, that of pairs at the end."""
    return (*NAMES[blocks.method], *(["second"] if blocks.second_order else []))


def indices_of(
    blocks: Blocks, inputs: FloatArray, outcomes: FloatArray, resamples: int, generator: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Indices, and what resamples of the blocks give.

    Parameters
    ----------
    blocks : Blocks
    inputs : FloatArray
        Shape (n, r, p): members of the blocks, as shares of the ranges.
    outcomes : FloatArray
        Shape (n, r, q).
    resamples : int
        Their number b.
    generator : numpy.random.Generator

    Returns
    -------
    estimate : FloatArray
        Shape (k, q, c), NaN of an outcome that does not vary. Of Sobol' c is p, or p + p² with pairs, whose indices follow in row 0; of
        "pawn" and "delta" it is p + 1, the last an input that does nothing, by which the others can be judged.
    drawn : FloatArray
        Shape (b, k, q, c).
    """
    size = np.abs(outcomes).max(axis=(0, 1))
    scale = np.where(size > 0.0, size, 1.0)  # squares and densities of what is very large or small are beyond what numbers hold
    outcomes = outcomes / scale
    if blocks.method in ("sobol", "morris"):
        terms, finish = (_sobol_terms, _sobol_indices) if blocks.method == "sobol" else (_morris_terms, _morris_indices)
        count, columns = len(outcomes), terms(inputs, outcomes)
        flat = columns.reshape(count, -1)
        estimate = finish(flat.mean(axis=0, keepdims=True).reshape(1, *columns.shape[1:]), count, inputs.shape[2])[0]
        drawn = np.empty((resamples, *estimate.shape))
        step = max(AT_ONCE // count, 1)
        for low in range(0, resamples, step):
            part = drawn[low : low + step]
            weights = np.array([np.bincount(generator.integers(count, size=count), minlength=count) for _ in part]) / count
            part[:] = finish((weights @ flat).reshape(len(part), *columns.shape[1:]), count, inputs.shape[2])
        unit = scale[:, np.newaxis] if blocks.method == "morris" else 1.0  # its effects have the outcome's unit, shares have none
        return estimate * unit, drawn * unit
    idle = generator.permutation(len(inputs))[:, np.newaxis] / len(inputs)
    columns, values = np.concatenate([inputs[:, 0], idle], axis=1), outcomes[:, 0]
    statistic = _pawn if blocks.method == "pawn" else _delta_with(extras.require("SALib.analyze.delta", "sensitivity"))
    estimate = statistic(columns, values)
    chosen = (generator.integers(len(values), size=len(values)) for _ in range(resamples))
    drawn = np.array([statistic(columns[rows], values[rows]) for rows in chosen])
    if blocks.method == "delta":  # what smoothing and chance add to a distance, resampling adds once more
        estimate[0] = 2.0 * estimate[0] - drawn[:, 0].mean(axis=0)
    return estimate, drawn


def _sobol_terms(inputs: FloatArray, outcomes: FloatArray) -> FloatArray:
    """What the averages of `_sobol_indices` are taken of, shape (n, 2 + 2 p, q), with pairs (n, 2 + 2 p + p², q)."""
    count = inputs.shape[2]
    centred = outcomes - outcomes[:, :2].mean(axis=(0, 1))  # keeps the sums of squares free of cancellation
    scale = np.abs(centred).max(axis=(0, 1))
    centred = centred / np.where(scale > 0.0, scale, 1.0)
    a, b, crossed = centred[:, 0:1], centred[:, 1:2], centred[:, 2 : 2 + count]
    terms = [0.5 * (a + b), 0.5 * (a**2 + b**2), b * (crossed - a), 0.5 * (a - crossed) ** 2]
    other = centred[:, 2 + count :]
    if other.shape[1]:
        both = other[:, :, np.newaxis] * crossed[:, np.newaxis] - (a * b)[:, :, np.newaxis]
        terms.append(both.reshape(len(both), -1, both.shape[-1]))
    return np.concatenate(terms, axis=1)


def _sobol_indices(means: FloatArray, count: int, inputs: int) -> FloatArray:
    """First-order and total indices (b, 2, q, c) from means (b, ·, q) of those terms."""
    variance = means[:, 1] - means[:, 0] ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = means[:, 2:] / np.where(variance > 0.0, variance, np.nan)[:, np.newaxis]
    first, total = shares[:, :inputs], shares[:, inputs : 2 * inputs]
    found = np.stack([first, total], axis=1).swapaxes(2, 3)
    pairs = shares[:, 2 * inputs :]
    if not pairs.shape[1]:
        return found
    square = pairs.reshape(len(pairs), inputs, inputs, -1)
    square = 0.5 * (square + square.swapaxes(1, 2)) - first[:, :, np.newaxis] - first[:, np.newaxis]
    square[:, np.arange(inputs), np.arange(inputs)] = np.nan
    rows = np.moveaxis(square, -1, 1).reshape(len(pairs), 1, -1, inputs**2)
    return np.concatenate([found, np.concatenate([rows, np.full_like(rows, np.nan)], axis=1)], axis=3)


def _morris_terms(inputs: FloatArray, outcomes: FloatArray) -> FloatArray:
    """Effects of steps over the whole range of each input, their sizes and squares, shape (n, 3, p, q)."""
    steps = np.diff(inputs, axis=1)
    mover = np.abs(steps).argmax(axis=2)
    slopes = np.diff(outcomes, axis=1) / np.take_along_axis(steps, mover[:, :, np.newaxis], axis=2)
    effects = np.empty_like(slopes)
    np.put_along_axis(effects, mover[:, :, np.newaxis], slopes, axis=1)
    return np.stack([effects, np.abs(effects), effects**2], axis=1)


def _morris_indices(means: FloatArray, count: int, inputs: int) -> FloatArray:
    """μ, μ* and σ of effects, shape (b, 3, q, p), from means (b, 3, p, q)."""
    spread = np.sqrt(np.maximum(means[:, 2] - means[:, 0] ** 2, 0.0) * count / (count - 1))
    return np.stack([means[:, 0], means[:, 1], spread], axis=1).swapaxes(2, 3)


def _pawn(inputs: FloatArray, outcomes: FloatArray) -> FloatArray:
    """Distances of Kolmogorov and Smirnov between the outcome in each class of an input and at all, shape (3, q, c)."""
    count = len(inputs)
    ranks = inputs.argsort(axis=0, kind="stable").argsort(axis=0)
    classes = ranks * CLASSES // count
    found = np.empty((3, outcomes.shape[1], inputs.shape[1]))
    for place, values in enumerate(outcomes.T):
        order = values.argsort(kind="stable")
        ends = np.append(np.flatnonzero(np.diff(values[order]) > 0.0), count - 1)  # the last of equal values
        whole = (ends + 1.0) / count
        for column in range(inputs.shape[1]):
            is_in = classes[order, column][:, np.newaxis] == np.arange(CLASSES)
            below = is_in.cumsum(axis=0)[ends]
            distances = np.abs(below / below[-1] - whole[:, np.newaxis]).max(axis=0)
            found[:, place, column] = np.median(distances), distances.mean(), distances.max()
        if ends.size == 1:
            found[:, place] = np.nan
    return found


def _delta_with(salib: ModuleType) -> Statistic:
    """δ from given data by SALib's estimator, and the first-order index by ours, shape (2, q, c)."""

    def statistic(inputs: FloatArray, outcomes: FloatArray) -> FloatArray:
        count = len(inputs)
        exponent = 2.0 / (7.0 + np.tanh((1500.0 - count) / 500.0))
        classes = max(CLASSES, min(int(np.ceil(count**exponent)), 48))  # of [5]_, but not four, in which four humps are all alike
        edges = np.linspace(0, count, classes + 1)
        found = np.full((2, outcomes.shape[1], inputs.shape[1]), np.nan)
        found[1] = first_of_data(inputs, outcomes)
        for place, values in enumerate(outcomes.T):
            if np.ptp(values) > 0.0:
                grid = np.linspace(values.min(), values.max(), POINTS)
                for column, numbers in enumerate(inputs.T):
                    found[0, place, column] = _delta(salib, values, grid, numbers, edges)
        return found

    return statistic


def first_of_data(inputs: FloatArray, outcomes: FloatArray) -> FloatArray:
    """First-order indices from given data: ε² [6]_ of classes of an input's values, all of about `ALIKE` members.

    Of so few members the means differ by chance as well, by as much as the members within classes tell.

    Parameters
    ----------
    inputs : FloatArray
        Shape (n, c).
    outcomes : FloatArray
        Shape (n, q).

    Returns
    -------
    FloatArray
        Shape (q, c), NaN of an outcome that does not vary.
    """
    count = len(inputs)
    classes = count // ALIKE
    starts = np.linspace(0, count, classes + 1).astype(np.int64)[:-1]
    sizes = np.diff(np.append(starts, count))[:, np.newaxis]
    centred = outcomes - outcomes.mean(axis=0)
    whole = (centred**2).sum(axis=0)
    found = np.empty((outcomes.shape[1], inputs.shape[1]))
    for column, order in enumerate(inputs.argsort(axis=0, kind="stable").T):
        between = (np.add.reduceat(centred[order], starts, axis=0) ** 2 / sizes).sum(axis=0)
        by_chance = (classes - 1) * (whole - between) / (count - classes)
        with np.errstate(invalid="ignore"):
            found[:, column] = (between - by_chance) / np.where(whole > 0.0, whole, np.nan)
    return found


def _delta(salib: ModuleType, values: FloatArray, grid: FloatArray, numbers: FloatArray, edges: FloatArray) -> float:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # classes in which the outcome does not vary are left out, with a warning
            return float(salib.calc_delta(values, grid, numbers, edges))
    except (UserWarning, np.linalg.LinAlgError) as error:
        raise InvalidInputError(
            f"The method 'delta' compares densities of the outcome, and it has none where an input is held: {error}. Make a design for "
            "'pawn' or 'sobol', which need no density."
        ) from error
