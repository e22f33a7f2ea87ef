"""What is measured of a picture of basins: its labels."""

import numpy as np
import numpy.typing as npt

from richardson.arrays import IntArray
from richardson.errors import InvalidInputError
from richardson.landscape.basins import Basins
from richardson.symbolic.model import Model


def labels_of(picture: Basins | npt.ArrayLike) -> tuple[IntArray, Model | None]:
    """Labels of a picture, an array of at least one dimension, and their model if it is known.

    Parameters
    ----------
    picture : Basins or array_like of int
        Truth values are taken as labels too.

    Raises
    ------
    InvalidInputError
        If there are no labels, or they are not whole numbers.
    """
    if isinstance(picture, Basins):
        return picture.labels, picture.model
    labels = np.asarray(picture)
    if labels.ndim == 0 or not labels.size or labels.dtype.kind not in "biu":
        raise InvalidInputError(
            f"A picture of basins is what basins returns, or an array of whole numbers; got {picture!r}. Give for example part.labels."
        )
    return labels.astype(np.int64), None
