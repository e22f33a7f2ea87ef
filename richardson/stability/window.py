"""The part of state space that a question is asked about."""

from dataclasses import dataclass
from math import isfinite
from typing import Any, Self

import numpy as np

from richardson.arrays import BoolArray, FloatArray, as_floats
from richardson.errors import InvalidInputError, OutOfBoundsError, UnknownNameError, nearest
from richardson.symbolic.model import Model

EDGE = 1e-12  # of a span's width: what rounding alone can put a point beyond the edge that it lies on


@dataclass(frozen=True, init=False, repr=False)
class Window:
    """A box of states: some span an interval, the others are fixed.

    Parameters
    ----------
    **axes : pair of float, or float
        By state name: a pair (low, high) spans the state, in its unit; a number fixes it. The order of the
        keywords is the order of axes.

    Attributes
    ----------
    axes : tuple of (str, float or pair of float)
        As given.

    Raises
    ------
    InvalidInputError
        If nothing is given, or an entry is neither a number nor a pair low < high of finite numbers.

    Examples
    --------
    >>> window = Window(x=(0, 60), y=(0, 60), fear_x=2.0)
    >>> window.spans
    {'x': (0.0, 60.0), 'y': (0.0, 60.0)}
    >>> window.fixed
    {'fear_x': 2.0}
    """

    axes: tuple[tuple[str, float | tuple[float, float]], ...]

    def __init__(self, /, **axes: Any) -> None:
        if not axes:
            raise InvalidInputError("A window needs at least one state; for example Window(x=(0, 60), y=(0, 60)).")
        object.__setattr__(self, "axes", tuple((name, _axis(name, value)) for name, value in axes.items()))

    @property
    def names(self) -> tuple[str, ...]:
        """Every state named, in the order given."""
        return tuple(name for name, _ in self.axes)

    @property
    def spans(self) -> dict[str, tuple[float, float]]:
        """Interval (low, high) of each spanned state, in the order given."""
        return {name: axis for name, axis in self.axes if isinstance(axis, tuple)}

    @property
    def fixed(self) -> dict[str, float]:
        """Value of each fixed state, in the order given."""
        return {name: axis for name, axis in self.axes if not isinstance(axis, tuple)}

    @classmethod
    def of(cls, window: Any) -> Self:
        """``window`` itself, refused if it is anything else.

        Parameters
        ----------
        window : Window
            What a user gave.

        Raises
        ------
        InvalidInputError
            If it is no window.

        Examples
        --------
        >>> Window.of(Window(x=(0, 1)))
        Window(x=(0, 1))
        """
        if not isinstance(window, cls):
            raise InvalidInputError(f"A window was expected; got {window!r}. Write for example Window(x=(0, 60), y=(0, 60)).")
        return window

    def check(self, model: Model, *, spanned: int | None = None) -> None:
        """Refuse a window that does not fit ``model``.

        Parameters
        ----------
        model : Model
        spanned : int, optional
            How many states must be spanned; any number if not given.

        Raises
        ------
        UnknownNameError
            If a name is no state of the model.
        InvalidInputError
            If a state is missing, or another number of states is spanned.
        OutOfBoundsError
            If the window holds no value that a state's bounds allow.

        Examples
        --------
        >>> from richardson.models import linear
        >>> Window(x=(0, 1), y=0.5).check(linear(), spanned=1)
        """
        known = model.state_names
        for name in self.names:
            if name not in known:
                raise UnknownNameError(f"The window names '{name}', which is no state of '{model.name}'. {nearest(name, known)}")
        missing = [name for name in known if name not in self.names]
        if missing:
            raise InvalidInputError(
                f"The window says nothing about {', '.join(missing)}; '{model.name}' has the states {', '.join(known)}. "
                f"Span the rest with a pair or fix it with a number, for example Window(…, {missing[0]}=(0, 10))."
            )
        if spanned is not None and len(self.spans) != spanned:
            raise InvalidInputError(
                f"Exactly {spanned} states must be spanned here; {self!r} spans {len(self.spans)}. "
                "Give a pair (low, high) to those and a number to the others."
            )
        self._check_bounds(model)

    def box(self, model: Model) -> tuple[FloatArray, FloatArray]:
        """Lower and upper corner, shape (d,) each in the model's order of states, within the states' bounds.

        A fixed state has the same number in both.

        Parameters
        ----------
        model : Model
            Every state of it must be named.

        Examples
        --------
        >>> from richardson.models import linear
        >>> Window(y=(0, 2), x=(0, 1)).box(linear())
        (array([0., 0.]), array([1., 2.]))
        """
        axes = dict(self.axes)
        pairs = [axis if isinstance(axis, tuple) else (axis, axis) for axis in (axes[name] for name in model.state_names)]
        lower = np.array([max(low, state.lower) for (low, _), state in zip(pairs, model.states, strict=True)])
        upper = np.array([min(high, state.upper) for (_, high), state in zip(pairs, model.states, strict=True)])
        return lower, upper

    def contains(self, model: Model, states: FloatArray) -> BoolArray:
        """Whether each state lies in the closed window and within the states' bounds, to rounding.

        Parameters
        ----------
        model : Model
            Gives the order of the state axis.
        states : FloatArray
            Shape (n, d).

        Returns
        -------
        BoolArray
            Shape (n,).

        Examples
        --------
        >>> import numpy as np
        >>> from richardson.models import linear
        >>> Window(x=(0, 1), y=(0, 1)).contains(linear(), np.array([[0.5, 1.0], [0.5, 1.1]]))
        array([ True, False])
        """
        lower, upper = self.box(model)
        slack = EDGE * np.maximum(upper - lower, np.maximum(np.abs(lower), np.abs(upper)))
        inside = (states >= lower - slack) & (states <= upper + slack)
        return np.asarray(inside.all(axis=1))

    def _check_bounds(self, model: Model) -> None:
        lower, upper = self.box(model)
        for state, low, high in zip(model.states, lower, upper, strict=True):
            if low > high:
                raise OutOfBoundsError(
                    f"The window's {state.name} = {dict(self.axes)[state.name]} holds no value that {state.meaning} may have: "
                    f"it must lie in [{state.lower:g}, {state.upper:g}]. Move the window."
                )

    def __repr__(self) -> str:
        """The call that makes it."""
        parts = (f"{name}={'({:g}, {:g})'.format(*axis) if isinstance(axis, tuple) else f'{axis:g}'}" for name, axis in self.axes)
        return f"Window({', '.join(parts)})"


def _axis(name: str, value: Any) -> float | tuple[float, float]:
    try:
        numbers = as_floats(value, name)
    except InvalidInputError:
        numbers = np.empty((0, 0))
    if numbers.shape == () and isfinite(float(numbers)):
        return float(numbers)
    if numbers.shape != (2,) or not np.isfinite(numbers).all():
        raise InvalidInputError(
            f"The window's {name} must be a pair (low, high) of finite numbers or one finite number; got {value!r}. "
            f"Write for example Window({name}=(0, 10))."
        )
    low, high = float(numbers[0]), float(numbers[1])
    if low >= high:
        hint = f"give the number {low:g} alone to fix it" if low == high else f"did you mean ({high:g}, {low:g})?"
        raise InvalidInputError(f"The window's {name} must run from low to high; got ({low:g}, {high:g}); {hint}")
    return low, high
