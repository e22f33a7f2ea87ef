"""Members that a sensitivity analysis compares with each other, made and kept as blocks.

A block of ``"sobol"`` is a point A, a point B, and A with one coordinate of B each (then B with one of A each, for pairs): the radial
design of [1]_, on the points of one Sobol' sequence. A block of ``"morris"`` is a trajectory on a grid of four levels, each step of
which moves one input by two thirds of its range [2]_. The other methods compare members singly.

Of rows that were changed nothing shows it: half of a Latin hypercube set to one value lies within the ranges as before. Blocks
therefore carry the sha256 of the rows that they were made of.

References
----------
.. [1] A. Saltelli, P. Annoni, I. Azzini, F. Campolongo, M. Ratto, S. Tarantola (2010), Variance based sensitivity analysis of model
   output, Computer Physics Communications 181, 259–270 (quoted from memory).
.. [2] M. D. Morris (1991), Factorial sampling plans for preliminary computational experiments, Technometrics 33, 161–174 (quoted from
   memory).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError, UnknownNameError, nearest
from richardson.sampling import sample

FEWEST = {"sobol": 16, "morris": 4, "pawn": 100, "delta": 100}  # blocks, below which an index says nothing
LEVELS = 4  # of the grid of Morris; half of them is a step, so that every level is met equally often

Spans = Mapping[str, tuple[float, float]]
Ranges = Sequence[tuple[str, float, float]]


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
    sha256 : str
        Checksum of the members, their ranges and all of the above, as `sealed` takes it.
    """

    method: str
    length: int
    second_order: bool
    sha256: str

    @classmethod
    def sealed(cls, method: str, samples: FloatArray, ranges: Ranges, *, second_order: bool) -> Blocks:
        """The blocks of samples (m, p) that are as they were made.

        Parameters
        ----------
        method : str
        samples : ndarray, shape (m, p)
        ranges : sequence of (str, float, float)
            Name, low and high of the p inputs.
        second_order : bool
            As in `Blocks`.
        """
        length = _length(method, samples.shape[1], second_order)
        return cls(method, length, second_order, _checksum(method, samples, ranges, second_order=second_order))

    def check(self, names: Sequence[str], samples: FloatArray, ranges: Ranges) -> None:
        """Refuse names, samples (m, p) or ranges other than those that the blocks were made of.

        Raises
        ------
        InvalidInputError
            If they are others.
        """
        is_known = self.method in FEWEST and self.length == _length(self.method, len(names), self.second_order)
        is_known = is_known and tuple(names) == tuple(span[0] for span in ranges)
        if not is_known or self.sha256 != _checksum(self.method, samples, ranges, second_order=self.second_order):
            raise InvalidInputError(
                f"The members of this design are not the blocks that the method '{self.method}' compares: some were changed, left out "
                "or put in another order, or their names or ranges were. Make the design anew with Design.for_sensitivity."
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


def check_asked_blocks(method: Any, inputs: int, size: int, second_order: Any) -> None:
    """Refuse blocks that no method compares.

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


def _checksum(method: str, samples: FloatArray, ranges: Ranges, *, second_order: bool) -> str:
    """The sha256 of all that an analysis takes of blocks: the same on every machine, and after any way through a file."""
    told = [method, second_order, samples.shape, [[name, float(low).hex(), float(high).hex()] for name, low, high in ranges]]
    found = hashlib.sha256(repr(told).encode())
    found.update(np.ascontiguousarray(samples, dtype="<f8").data)
    return found.hexdigest()


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
