"""Array types and the checks that every layer makes on arrays it is given."""

from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.errors import InvalidInputError

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def as_floats(values: Any, what: str) -> FloatArray:
    """C-contiguous float64 copy of ``values``, any shape.

    Parameters
    ----------
    values : array_like
        Numbers, any shape; NaN and infinities pass, and a masked entry is NaN.
    what : str
        What they are, for the message.

    Raises
    ------
    InvalidInputError
        If they are not numbers; complex ones are no numbers here, nor are dates, which numpy would count in a unit that
        nobody sees, nor words, nor a switch alone.
    """
    try:
        if isinstance(values, bool | np.bool_):
            raise TypeError("a switch is no number")
        if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
            values = np.ma.filled(values.astype(np.float64), np.nan)  # numpy would show what the mask hides
        if np.asarray(values).dtype.kind in "MmSU":
            raise TypeError("dates, spans of time and words are no numbers")
        if np.iscomplexobj(values):
            raise TypeError("an imaginary part would be lost")
        return np.array(values, dtype=np.float64, order="C")
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(f"{what} must be numbers; got {values!r}.") from error


def as_times(times: Any) -> FloatArray:
    """Times of a run, shape (t,), finite, strictly increasing, at least two.

    Raises
    ------
    InvalidInputError
        If there are fewer than two, one is not finite, or they do not increase.
    """
    array = as_floats(times, "Times")
    if array.ndim != 1 or array.size < 2:
        raise InvalidInputError(
            f"Times must be a sequence of at least two (start and end); got shape {array.shape}. "
            "Give the start time first, for example numpy.linspace(0, 100, 101)."
        )
    if not np.isfinite(array).all():
        raise InvalidInputError("Times must be finite; remove the NaN or infinite entries.")
    steps = np.diff(array)
    if not (steps > 0).all():
        where = int(np.argmax(steps <= 0))
        raise InvalidInputError(
            f"Times must increase; entry {where + 1} ({array[where + 1]:g}) follows {array[where]:g}. Sort them and drop repeats."
        )
    return array
