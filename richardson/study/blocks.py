"""Members that a sensitivity analysis compares with each other, made and kept as blocks.

A block of ``"sobol"`` is a point A, a point B, and A with one coordinate of B each (then B with one of A each, for pairs): the radial
design of [1]_, on the points of one Sobol' sequence. A block of ``"morris"`` is a trajectory on a grid of four levels, each step of
which moves one input by two thirds of its range [2]_. The other methods compare members singly.

References
----------
.. [1] A. Saltelli, P. Annoni, I. Azzini, F. Campolongo, M. Ratto, S. Tarantola (2010), Variance based sensitivity analysis of model
   output, Computer Physics Communications 181, 259–270 (quoted from memory).
.. [2] M. D. Morris (1991), Factorial sampling plans for preliminary computational experiments, Technometrics 33, 161–174 (quoted from
   memory).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.sampling import sample

FEWEST = {"sobol": 16, "morris": 4, "pawn": 100, "delta": 100}  # blocks, below which an index says nothing
LEVELS = 4  # of the grid of Morris; half of them is a step, so that every level is met equally often
ROUNDINGS = 4  # of an end of a range, in a step between two points
SLACK = 1e-9  # of the range of an input, for the rounding of a step

Spans = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Blocks:
    """How the members of a design stand in blocks, and for which method.

    Attributes
    ----------
    method : str
        ``"sobol"``, ``"morris"``, ``"pawn"`` or ``"delta"``.
    length : int
        Members of a block, one after the other.
    second_order : bool
        Whether blocks of ``"sobol"`` hold what the indices of pairs need.
    """

    method: str
    length: int
    second_order: bool = False

    def check(self, samples: FloatArray, ranges: Sequence[tuple[str, float, float]]) -> None:
        """Refuse samples (m, p) that are no such blocks within the ranges of the p inputs.

        Raises
        ------
        InvalidInputError
            If they are not.
        """
        inputs = samples.shape[1]
        rows = samples.reshape(-1, self.length, inputs) if samples.shape[0] % self.length == 0 else np.empty((0, 1, inputs))
        known = self.method in FEWEST and self.length == _length(self.method, inputs, self.second_order)
        if not (known and len(ranges) == inputs and len(rows) and _stand(self, rows, np.array([span[1:] for span in ranges]))):
            raise InvalidInputError(
                f"The members of this design are not the blocks that the method '{self.method}' compares: some were changed, left out "
                "or put in another order. Make the design anew with Design.for_sensitivity."
            )


def block_samples(method: str, spans: Spans, size: int, second_order: bool, generator: np.random.Generator) -> FloatArray:
    """Members in blocks, shape (size × members of a block, p), each column within its range.

    Parameters
    ----------
    method : str
    spans : mapping of str to pair of float
        Low and high by name.
    size : int
        Number of blocks.
    second_order : bool
        As in `Blocks`.
    generator : numpy.random.Generator
    """
    if method == "morris":
        return _trajectories(spans, size, generator)
    if method != "sobol":
        return sample("latin_hypercube", spans, size, generator)
    inputs = len(spans)
    doubled = {f"{name} {copy}": span for copy in "AB" for name, span in spans.items()}
    both = sample("sobol", doubled, size, generator).reshape(size, 2, inputs)
    rows = np.empty((size, _length(method, inputs, second_order), inputs))
    rows[:, :2] = both
    for place, (own, other) in enumerate([(0, 1), (1, 0)] if second_order else [(0, 1)]):
        first = 2 + place * inputs
        rows[:, first : first + inputs] = both[:, own, np.newaxis]
        rows[:, first + np.arange(inputs), np.arange(inputs)] = both[:, other]
    return rows.reshape(-1, inputs)


def asked_blocks(method: Any, inputs: int, size: int, second_order: Any) -> Blocks:
    """The blocks that a call asks for.

    Raises
    ------
    UnknownNameError, InvalidInputError
        If there is no such method, there are too few blocks or not as many as its sequence needs, or pairs are asked of a method that
        has no index of pairs.
    """
    if not isinstance(method, str) or method not in FEWEST:
        raise UnknownNameError(f"There is no method {method!r} of sensitivity analysis. {nearest(str(method), FEWEST)}")
    if size < FEWEST[method]:
        raise InvalidInputError(
            f"{size} is too small a size for the method '{method}', which needs {FEWEST[method]} blocks of members at least to say "
            "anything, and hundreds or thousands to say it well. Take for example size=1024."
        )
    if not isinstance(second_order, bool) or (second_order and (method != "sobol" or inputs < 2)):
        raise InvalidInputError(
            f"second_order= is True or False, and True for method='sobol' with two inputs or more; got {second_order!r} for '{method}' "
            f"with {inputs}. Leave it out."
        )
    return Blocks(method, _length(method, inputs, second_order), second_order)


def _length(method: str, inputs: int, second_order: bool) -> int:
    """Members of a block."""
    if method == "sobol":
        return 2 + inputs * (2 if second_order else 1)
    return inputs + 1 if method == "morris" else 1


def _trajectories(spans: Spans, size: int, generator: np.random.Generator) -> FloatArray:
    """Random trajectories: each input begins on a level of one half of its range, and moves to the other half when its turn comes."""
    inputs, half = len(spans), LEVELS // 2
    begins = generator.integers(0, half, (size, inputs))
    rises = generator.integers(0, 2, (size, inputs)).astype(np.bool_)
    turns = generator.permuted(np.tile(np.arange(inputs), (size, 1)), axis=1)
    has_moved = np.arange(inputs + 1)[np.newaxis, :, np.newaxis] > turns[:, np.newaxis, :]
    levels = begins[:, np.newaxis] + half * (has_moved == rises[:, np.newaxis])
    low, high = np.array(list(spans.values())).T
    share = levels / (LEVELS - 1)
    return np.ascontiguousarray((low * (1.0 - share) + high * share).reshape(-1, inputs))


def _stand(blocks: Blocks, rows: FloatArray, spans: FloatArray) -> bool:
    """Whether samples (n, r, p) are blocks of the method, within ``spans`` (p, 2)."""
    low, high = spans.T
    if not ((rows >= low) & (rows <= high)).all():
        return False
    inputs = rows.shape[2]
    own = np.eye(inputs, dtype=bool)
    if blocks.method == "morris":
        steps = np.abs(np.diff(rows, axis=1)) / (high - low)
        step = LEVELS // 2 / (LEVELS - 1)
        slack = SLACK + ROUNDINGS * np.finfo(np.float64).eps * np.abs(spans).max(axis=1) / (high - low)
        is_step, is_still = np.abs(steps - step) <= slack, steps == 0.0
        moves_one = (is_step | is_still).all() and (is_step.sum(axis=2) == 1).all()
        return bool(moves_one and (is_step.sum(axis=1) == 1).all())
    if blocks.method == "sobol":
        a, b = rows[:, :1], rows[:, 1:2]
        crossed = [np.where(own, b, a), np.where(own, a, b)][: 1 + blocks.second_order]
        return bool(np.array_equal(rows[:, 2:], np.concatenate(crossed, axis=1)))
    return True
