"""Basin entropy: how uncertain the outcome is within small boxes of a picture of basins."""

from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.arrays import FloatArray, IntArray
from richardson.errors import ComputationError, InvalidInputError
from richardson.landscape.basins import Basins
from richardson.landscape.labelling import UNDECIDED
from richardson.landscape.picture import labels_of
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model

SIDE = 5  # cells: twenty-five starts a box in the plane, as in the work that proposed the measure
SURE = 2.0  # standard errors by which log 2 must be exceeded


@dataclass(frozen=True, eq=False, repr=False)
class BasinEntropy:
    """Mean entropy of outcomes within the boxes of a picture.

    Attributes
    ----------
    entropy : float
        Over all boxes, in nats: Sb.
    standard_error : float
        Of it, from how the boxes differ.
    boundary_entropy : float
        Over the boxes that hold more than one outcome: Sbb; NaN if none does.
    boundary_standard_error : float
        Of it; NaN if fewer than two boxes hold more than one outcome.
    side : int
        Of a box, in cells.
    box_count, boundary_box_count : int
        Boxes that hold a decided cell, and those that hold more than one outcome.
    outcome_count : int
        Different outcomes in the picture.
    undecided : float
        Share of the cells that were undecided and left out.
    model : Model or None
        None for labels alone.
    provenance : Provenance
    """

    entropy: float
    standard_error: float
    boundary_entropy: float
    boundary_standard_error: float
    side: int
    box_count: int
    boundary_box_count: int
    outcome_count: int
    undecided: float
    model: Model | None
    provenance: Provenance

    @property
    def exceeds_log_2(self) -> bool:
        """Whether the boundary entropy is above log 2 by two standard errors: then the boundary is fractal, or most boxes too large."""
        return self.boundary_entropy - SURE * self.boundary_standard_error > log(2)

    def to_table(self) -> dict[str, list[Any]]:
        """Columns: the measure, its value, its standard error, and the boxes that it rests on."""
        return {
            "measure": ["basin entropy", "boundary basin entropy"],
            "value": [self.entropy, self.boundary_entropy],
            "standard_error": [self.standard_error, self.boundary_standard_error],
            "boxes": [self.box_count, self.boundary_box_count],
        }

    def __repr__(self) -> str:
        """Both entropies, and what the second says."""
        said = "above" if self.exceeds_log_2 else "not above"
        return (
            f"<basin entropy {self.entropy:.4g} ± {self.standard_error:.1g}; on the boundary {self.boundary_entropy:.4g} "
            f"± {self.boundary_standard_error:.1g}, {said} log 2>"
        )


def basin_entropy(picture: Basins | npt.ArrayLike, *, side: int = SIDE) -> BasinEntropy:
    """Basin entropy and boundary basin entropy of a picture, with the log 2 criterion for a fractal boundary.

    Parameters
    ----------
    picture : Basins or array_like of int
        Labels (n, m), or in any number of dimensions; undecided cells are left out. Escape and leaving the domain are outcomes.
    side : int
        Of a box, in cells; 2 or more. Cells beyond the last whole box are left out.

    Returns
    -------
    BasinEntropy

    Raises
    ------
    InvalidInputError
        If there are no labels, or the picture has no box of that side.
    ComputationError
        If no cell was decided.

    Notes
    -----
    Of each box the Gibbs entropy −Σ p log p of the shares p of outcomes among its cells; Sb is the mean over all boxes, Sbb over
    those of more than one outcome. Where a boundary is smooth, small boxes on it hold two outcomes, but for ever fewer, so that
    Sbb ≤ log 2; above it the boundary is fractal. The converse does not hold: with two outcomes Sbb can never exceed log 2, and a
    fractal boundary may stay below. The criterion supposes boxes so small that those of three outcomes are rare on a smooth
    boundary: ask again with a finer picture. A box has few cells, which lowers its entropy: by about (outcomes − 1)/(2 cells).
    The standard errors are those of boxes placed at random, as many as there are.

    References
    ----------
    .. [1] A. Daza, A. Wagemakers, B. Georgeot, D. Guéry-Odelin, M. A. F. Sanjuán (2016), Basin entropy: a new tool to analyze
       uncertainty in dynamical systems, Scientific Reports 6, 31416 (from memory).

    Examples
    --------
    >>> across, up = np.indices((200, 200))
    >>> found = basin_entropy(across > up + 0.5)
    >>> round(found.entropy, 3), found.exceeds_log_2
    (0.017, False)
    """
    labels, model = labels_of(picture)
    if not 2 <= side <= min(labels.shape):
        raise InvalidInputError(
            f"A box of {side} cells a side was asked for; the picture has {' × '.join(map(str, labels.shape))}. "
            "Give a whole number from 2 up to the shorter side."
        )
    entropies, mixed = _entropies(_boxes(labels, side))
    boundary = entropies[mixed]
    return BasinEntropy(
        entropy=float(entropies.mean()),
        standard_error=_standard_error(entropies),
        boundary_entropy=float(boundary.mean()) if boundary.size else np.nan,
        boundary_standard_error=_standard_error(boundary),
        side=side,
        box_count=entropies.size,
        boundary_box_count=boundary.size,
        outcome_count=int((np.unique(labels) != UNDECIDED).sum()),
        undecided=float((labels == UNDECIDED).mean()),
        model=model,
        provenance=record(model, verb="basin_entropy", side=side, shape=labels.shape),
    )


def _boxes(labels: IntArray, side: int) -> IntArray:
    """Cells of each whole box, shape (boxes, side ** d)."""
    whole = labels[tuple(slice(length - length % side) for length in labels.shape)]
    split = whole.reshape([part for length in whole.shape for part in (length // side, side)])
    d = labels.ndim
    return split.transpose([*range(0, 2 * d, 2), *range(1, 2 * d, 2)]).reshape(-1, side**d)


def _entropies(boxes: IntArray) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Entropy of every box that has a decided cell, and whether it holds more than one outcome."""
    known = np.asarray((boxes != UNDECIDED).sum(axis=1), dtype=np.float64)
    cells, known = boxes[known > 0], known[known > 0]
    if not known.size:
        raise ComputationError("No cell of the picture was decided, so nothing is known of its basins. Follow the starts longer.")
    entropies, outcomes = np.zeros(len(cells)), np.zeros(len(cells), dtype=np.int64)
    for label in np.unique(cells[cells != UNDECIDED]).tolist():
        share = (cells == label).sum(axis=1) / known
        entropies -= share * np.log(np.where(share > 0, share, 1.0))
        outcomes += share > 0
    return entropies, outcomes > 1


def _standard_error(values: FloatArray) -> float:
    return float(values.std(ddof=1) / sqrt(values.size)) if values.size > 1 else np.nan
