"""The dimension of a boundary between basins, from a picture of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from richardson.arrays import BoolArray, FloatArray, IntArray
from richardson.errors import ComputationError, InvalidInputError, UnknownNameError, nearest
from richardson.landscape.basins import Basins
from richardson.landscape.labelling import UNDECIDED
from richardson.landscape.picture import labels_of
from richardson.landscape.scaling import power_law
from richardson.provenance import Provenance, record
from richardson.symbolic.model import Model

OCTAVES = 0.5  # between sizes
LARGEST = 20  # pairs at most this part of the picture apart: further ones see the shape of the basins
LARGEST_BOX = 8  # the same for boxes, which are cut off at the picture's edge
SMALLEST_BOX = 4  # cells along a box: smaller ones hold too few to meet thin pieces of a basin


@dataclass(frozen=True, eq=False, repr=False)
class BoundaryDimension:
    """How uncertain the outcome is when the start is known within some error, and the dimension of the boundary that follows.

    Attributes
    ----------
    dimension : float
        d − α, with d the number of states spanned.
    exponent : float
        Uncertainty exponent α: the uncertain share grows like the size to that power.
    standard_error : float
        Of either, from the fit.
    sizes : FloatArray
        Shape (n,), increasing, in ``unit``.
    values : FloatArray
        Shape (n,): uncertain share of starts, or share of boxes that meet the boundary.
    errors : FloatArray
        Shape (n,): standard errors of the values; zero for a picture, where all of its cells are counted.
    is_used : BoolArray
        Shape (n,): sizes on which the exponent rests.
    method : str
        "pairs" or "boxes" of cells of a picture, "starts" for pairs of starts that were followed.
    unit : str
        Of the sizes: "cell", or "width of the window".
    model : Model or None
        None for labels alone.
    provenance : Provenance
    """

    dimension: float
    exponent: float
    standard_error: float
    sizes: FloatArray
    values: FloatArray
    errors: FloatArray
    is_used: BoolArray
    method: str
    unit: str
    model: Model | None
    provenance: Provenance

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row a size."""
        return {name: getattr(self, name).tolist() for name in ("sizes", "values", "errors", "is_used")}

    def __repr__(self) -> str:
        """Dimension, exponent, error, and the sizes they rest on."""
        used = self.sizes[self.is_used]
        return (
            f"<boundary of dimension {self.dimension:.4g} ± {self.standard_error:.2g}: uncertainty exponent {self.exponent:.4g}, "
            f"from {self.method} of size {used[0]:.3g} to {used[-1]:.3g} {self.unit}s>"
        )


def boundary_dimension(picture: Basins | npt.ArrayLike, *, method: str = "pairs") -> BoundaryDimension:
    """Dimension of the boundary between all basins of a picture, with the standard error of its fit over sizes.

    Parameters
    ----------
    picture : Basins or array_like of int
        Labels (n, m), or in any number of dimensions; undecided cells are left out.
    method : str
        "pairs": how often two cells that far apart along an axis differ in label. "boxes": how many squares of that side, at
        every place, hold cells of different labels (the Minkowski, or box-counting, dimension).

    Returns
    -------
    BoundaryDimension

    Raises
    ------
    InvalidInputError
        If there are no labels, or too few.
    UnknownNameError
        If there is no such method.
    ComputationError
        If there is no boundary, or no range of sizes over which a power law holds.

    Notes
    -----
    A share f(ε) ~ ε^α of starts changes its outcome when it is moved by ε; then the boundary has the dimension D = d − α in d
    dimensions, for basins that are alike enough on all sizes [1]_. α = 1 means a smooth boundary, α near 0 that hardly any
    precision helps. A large box holds more cells to meet a thin piece of basin with than a small one, so that boxes of a picture
    underrate the dimension of what is finer than its cells; two cells are two at every size. Neither sees what is finer than a
    cell: `uncertainty_exponent` follows starts as close as wanted.

    References
    ----------
    .. [1] C. Grebogi, S. W. McDonald, E. Ott, J. A. Yorke (1983), Final state sensitivity: an obstruction to predictability,
       Physics Letters A 99, 415–418 (from memory).

    Examples
    --------
    >>> across, up = np.indices((200, 200)) / 200
    >>> found = boundary_dimension(across**2 + up**2 < 0.5)
    >>> round(found.dimension, 1)
    1.0
    """
    labels, model = labels_of(picture)
    if method not in SHARES:
        raise UnknownNameError(f"A boundary is not measured by '{method}'. {nearest(str(method), SHARES)}")
    decided = labels[labels != UNDECIDED]
    if not decided.size or (decided == decided[0]).all():
        raise ComputationError("All decided cells of the picture have one label, so there is no boundary in it. Choose another window.")
    share, smallest, part = SHARES[method]
    sizes = _sizes(smallest, min(labels.shape) // part)
    values = np.array([share(labels, size) for size in sizes.tolist()])
    law = power_law(sizes.astype(np.float64), values, np.zeros_like(values))
    return BoundaryDimension(
        dimension=labels.ndim - law.exponent,
        exponent=law.exponent,
        standard_error=law.standard_error,
        sizes=sizes.astype(np.float64),
        values=values,
        errors=np.zeros_like(values),
        is_used=law.is_used,
        method=method,
        unit="cell",
        model=model,
        provenance=record(model, verb="boundary_dimension", method=method, shape=labels.shape),
    )


def _sizes(smallest: int, largest: int) -> IntArray:
    """Whole numbers in steps of half an octave."""
    if largest < 8 * smallest:
        raise InvalidInputError(
            "The picture has too few cells: sizes must range over a factor of eight, and the largest be a small part of it. "
            "Give 200 cells or more along every axis."
        )
    octaves = np.arange(0.0, np.log2(largest / smallest) + 1e-9, OCTAVES)
    return np.unique(np.rint(smallest * 2.0**octaves).astype(np.int64))


def _unlike(labels: IntArray, size: int) -> float:
    """Share of pairs of decided cells, so far apart along an axis, whose labels differ."""
    different, pairs = 0, 0
    for axis in range(labels.ndim):
        cells = np.moveaxis(labels, axis, 0)
        one, other = cells[size:], cells[:-size]
        known = (one != UNDECIDED) & (other != UNDECIDED)
        different += int(((one != other) & known).sum())
        pairs += int(known.sum())
    return different / pairs if pairs else np.nan


def _mixed(labels: IntArray, size: int) -> float:
    """Share of places at which a box of that side, cut off at the picture's edge, holds decided cells of different labels."""
    low = np.where(labels == UNDECIDED, np.iinfo(np.int64).max, labels)
    high = np.where(labels == UNDECIDED, np.iinfo(np.int64).min, labels)
    for axis in range(labels.ndim):
        low = minimum_filter1d(low, size + 1, axis=axis, mode="nearest")  # a box of that side reaches one cell further
        high = maximum_filter1d(high, size + 1, axis=axis, mode="nearest")
    return float((low < high).sum() / (low <= high).sum())


SHARES: dict[str, tuple[Callable[[IntArray, int], float], int, int]] = {
    "pairs": (_unlike, 1, LARGEST),
    "boxes": (_mixed, SMALLEST_BOX, LARGEST_BOX),
}
