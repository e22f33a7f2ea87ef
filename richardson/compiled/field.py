"""A model's rates and derivatives as compiled functions of bare arrays.

Here names become positions, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from richardson.arrays import FloatArray
from richardson.compiled import emit, store
from richardson.compiled.address import addressed
from richardson.compiled.build import MATRIX, RULE, STACK, VECTOR, kernel
from richardson.compiled.kernels import each
from richardson.compiled.lanes import LaneFunctions
from richardson.compiled.room import check_jacobian
from richardson.symbolic.derive import derivatives, parameter_derivatives
from richardson.symbolic.functions import TIME
from richardson.symbolic.indexed_model import IndexedModel
from richardson.symbolic.model import Model
from richardson.symbolic.position import state_position
from richardson.symbolic.transform import substituted, written_out
from richardson.symbolic.write import to_text

_VECTOR, _MATRIX = "float64[::1]", "float64[:,::1]"
_POINT = f"void(float64, {_VECTOR}, {_VECTOR}, {_VECTOR})"
_POINT_AND_MATRIX = f"void(float64, {_VECTOR}, {_VECTOR}, {_VECTOR}, {_MATRIX})"
_SIZES = f"void(float64, {_VECTOR}, {_VECTOR}, {_VECTOR}, {_VECTOR}, {_MATRIX})"
_ROWS = f"void({_VECTOR}, {_MATRIX}, {_VECTOR}, {_MATRIX})"
_LINEARISED = f"void({RULE}, {VECTOR}, {MATRIX}, {MATRIX}, {STACK})"
_DERIVED = f"void(FunctionType({_POINT}), {VECTOR}, {MATRIX}, {MATRIX})"

ValuesOver = Callable[[Any, FloatArray], FloatArray]


class Gradients(NamedTuple):
    """Expressions (n, q) at n states, with their derivatives in states (n, q, d), in parameters (n, q, k) and in time (n, q)."""

    values: FloatArray
    in_states: FloatArray
    in_parameters: FloatArray
    in_time: FloatArray


class Field:
    """Compiled rates of a model at its parameter values.

    A `Field` is cheap: compiled functions are shared by all parameter values of the same equations,
    and each is compiled when it is first used.

    Parameters
    ----------
    model : Model

    Attributes
    ----------
    model : Model
    dimension : int
        Number of states d.
    parameters : ndarray, shape (p,)
        Parameter values in the model's order.
    lower, upper : ndarray, shape (d,)
        Bounds of the states.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.dimension = len(model.states)
        self.parameters: FloatArray = np.array(model.numbers, dtype=np.float64)
        self.parameters.flags.writeable = not self.has_sizes  # more is prepared from them, which would not follow
        self._prepared: tuple[FloatArray | None, FloatArray] = (None, self.parameters)
        self.lower: FloatArray = np.array([state.lower for state in model.states])
        self.upper: FloatArray = np.array([state.upper for state in model.states])
        self._derivatives: dict[tuple[str, ...], Any] = {}  # compiled, by what and in which parameters: a look-up costs more than a call

    @classmethod
    def of(cls, model: Model) -> Field:
        """Field of ``model`` at its values."""
        return cls(model)

    def position(self, name: str) -> int:
        """Index of a state on the state axis; an `UnknownNameError` if no state has that name."""
        return state_position(self.model, name)

    def rates(self, time: float, state: FloatArray) -> FloatArray:
        """Rates at one state, shape (d,), a new array."""
        out = np.empty(self.dimension)
        self.raw_rates(time, state, self.constants, out)
        return out

    def jacobian(self, time: float, state: FloatArray) -> FloatArray:
        """Derivatives of the rates in the states, shape (d, d), a new array."""
        return self.rates_and_jacobian(time, state)[1]

    def rates_and_jacobian(self, time: float, state: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Rates (d,) and Jacobian (d, d) at one state, new arrays."""
        out, jacobian = np.empty(self.dimension), np.empty((self.dimension, self.dimension))
        self.raw_rates_and_jacobian(time, state, self.constants, out, jacobian)
        return out, jacobian

    def rates_over(self, times: Any, states: FloatArray) -> FloatArray:
        """Rates at many states, shape (n, d); ``times`` is a number or an array (n,)."""
        return self._over(self._raw_rates_over, times, states, self.dimension)

    def rates_and_jacobians(self, states: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Rates (n, d) and Jacobians (n, d, d) of an autonomous model at ``states``, shape (n, d)."""
        rows = np.ascontiguousarray(states, dtype=np.float64)
        rates, jacobians = np.empty_like(rows), np.empty((*rows.shape, self.dimension))
        kernel(each, "linearised", _LINEARISED)(addressed(self.raw_rates_and_jacobian), self.constants, rows, rates, jacobians)
        return rates, jacobians

    def second_derivatives(self, state: FloatArray, time: float = 0.0) -> FloatArray:
        """Second derivatives of the rates, shape (d, d, d): [i, j, k] = ∂²fᵢ/∂xⱼ∂xₖ."""
        return self._derivative("second derivatives", lambda: emit.derivative_source(self._explicit, 2), time, state, 2)

    def third_derivatives(self, state: FloatArray, time: float = 0.0) -> FloatArray:
        """Third derivatives of the rates, shape (d, d, d, d)."""
        return self._derivative("third derivatives", lambda: emit.derivative_source(self._explicit, 3), time, state, 3)

    def parameter_derivatives(self, state: FloatArray, names: Sequence[str], time: float = 0.0) -> FloatArray:
        """Derivatives of the rates in parameters (or whole concepts, moved as one), shape (d, k)."""
        out = np.empty((self.dimension, len(names)))
        self._in_parameters("parameter", names, lambda: self._explicit.rates)(time, state, self.parameters, out.reshape(-1))
        return out

    def mixed_derivatives(self, state: FloatArray, names: Sequence[str], time: float = 0.0) -> FloatArray:
        """Derivatives of the Jacobian in parameters (or whole concepts), shape (d, d, k): [i, j, k] = ∂²fᵢ/∂xⱼ∂pₖ."""
        out = np.empty((self.dimension, self.dimension, len(names)))
        self._in_parameters("mixed", names, lambda: list(self._explicit.jacobian))(time, state, self.parameters, out.reshape(-1))
        return out

    def parameter_derivatives_over(self, states: FloatArray, names: Sequence[str]) -> FloatArray:
        """The same of an autonomous model at ``states`` of shape (n, d), shape (n, d, k)."""
        rows = np.ascontiguousarray(states, dtype=np.float64)
        out = np.empty((len(rows), self.dimension * len(names)))
        kernel(each, "derived", _DERIVED)(
            addressed(self._in_parameters("parameter", names, lambda: self._explicit.rates)), self.parameters, rows, out
        )
        return out.reshape(len(rows), self.dimension, len(names))

    def values_of(self, expressions: Sequence[Any]) -> ValuesOver:
        """Function (times, states (n, d)) -> (n, k) that evaluates ``expressions``, compiled.

        Parameters
        ----------
        expressions : sequence of str or sympy.Expr
            Over states, parameters, what is driven, and ``t``.
        """
        wanted = self._expressions(expressions)
        what = "values " + "; ".join(to_text(expression) for expression in wanted)
        module = self._module(what, lambda: emit.values_source(self._explicit, wanted))
        raw = store.function(module, "values_over", _ROWS)
        return lambda times, states: self._over(raw, times, states, len(wanted))

    def gradients_of(self, expressions: Sequence[Any], names: Sequence[str]) -> Callable[[Any, FloatArray], Gradients]:
        """Function (times, states (n, d)) -> `Gradients` of ``expressions``, those in parameters or whole concepts ``names``, compiled."""
        wanted, d, k = self._expressions(expressions), self.dimension, len(names)

        def source() -> str:
            states, time = derivatives(wanted, self._explicit.state_symbols), derivatives(wanted, [TIME])
            return emit.values_source(self._explicit, [*wanted, *states, *parameter_derivatives(self._explicit, names, wanted), *time])

        members = " ".join(",".join(self.model.resolve(name)) for name in names)
        what = f"gradients in {members} of " + "; ".join(to_text(expression) for expression in wanted)
        raw, count = store.function(self._module(what, source), "values_over", _ROWS), len(wanted)

        def evaluate(times: Any, states: FloatArray) -> Gradients:
            values, *parts = np.split(self._over(raw, times, states, count * (2 + d + k)), np.cumsum([count, count * d, count * k]), axis=1)
            rows = len(values)
            return Gradients(values, parts[0].reshape(rows, count, d), parts[1].reshape(rows, count, k), parts[2])

        return evaluate

    def over_lanes(self, lanes: int, *, with_slopes: bool, records: Sequence[Any] = ()) -> LaneFunctions:
        """Compiled rates of ``lanes`` runs side by side, for the kernels of `richardson.compiled.lanes`; ``records`` as in `emit`."""
        if with_slopes or lanes > 1:
            check_jacobian(self.model)
        module = self.lane_module(lanes, with_slopes=with_slopes, records=records)
        rates = store.function(module, "rates", f"void({_VECTOR})")
        slopes = store.function(module, "slopes", f"void({_VECTOR})") if with_slopes else rates
        derive = store.function(module, "derive", f"void({_VECTOR}, {_VECTOR})")
        values = store.function(module, "values", f"void({_VECTOR}, {_VECTOR})") if records else derive
        return LaneFunctions(derive, rates, slopes, values, module.CONSTANTS)

    def lane_module(self, lanes: int, *, with_slopes: bool, records: Sequence[Any] = ()) -> Any:
        """The module that `over_lanes` compiles, its functions not compiled yet."""
        wanted = self._expressions(records)
        what = f"{lanes} lanes {'with slopes' if with_slopes else ''} " + "; ".join(to_text(expression) for expression in wanted)
        return self._module(what, lambda: emit.lanes_source(self._explicit, lanes, with_slopes=with_slopes, records=wanted))

    @cached_property
    def raw_rates(self) -> Any:
        """Compiled ``rates(t, x, p, out)`` for inner loops: float64, C-contiguous, writeable arrays only; ``p`` as `prepared` makes it."""
        return store.function(self._rates_module, "rates", _POINT)

    @cached_property
    def raw_rates_and_jacobian(self) -> Any:
        """Compiled ``rates_and_jacobian(t, x, p, out, jacobian)`` for inner loops."""
        check_jacobian(self.model)
        return store.function(self._rates_module, "rates_and_jacobian", _POINT_AND_MATRIX)

    @property
    def constants(self) -> FloatArray:
        """What the raw functions take as parameters: see `prepared`."""
        if not self.has_sizes:
            return self.parameters
        if self._prepared[0] is not self.parameters:
            self._prepared = self.parameters, self.prepared(self.parameters)
        return self._prepared[1]

    def prepared(self, parameters: FloatArray) -> FloatArray:
        """Parameters (…, p) as raw functions take them: over nations, followed by what depends on them only, as one new array."""
        if not self.has_sizes:
            return parameters
        rows = np.empty((*parameters.shape[:-1], self._rates_module.PREPARED))
        rows[..., : self.parameters.size] = parameters
        for row in rows.reshape(-1, rows.shape[-1]):
            store.function(self._rates_module, "prepare", f"void({_VECTOR})")(row)
        return rows

    @property
    def has_sizes(self) -> bool:
        """Whether `sizes` knows how rates answer errors of all parameters: of equations over nations."""
        return isinstance(self.model, IndexedModel)

    def sizes(self, state: FloatArray, errors: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How far rates (d,) and Jacobian (d, d) may move, in units of a relative error that every parameter may have.

        Parameters
        ----------
        state : FloatArray
            Shape (d,).
        errors : FloatArray
            Shape (d,): how far each state may be off, in that unit.
        """
        out, jacobian = np.empty(self.dimension), np.empty((self.dimension, self.dimension))
        self._raw_sizes(0.0, state, errors, self.constants, out, jacobian)
        return out, jacobian

    @cached_property
    def _raw_sizes(self) -> Any:
        model = self.model
        if not isinstance(model, IndexedModel):
            raise AttributeError(f"'{model.name}' is written out: how its rates answer errors is found by moving each parameter.")
        return store.function(self._module("sizes", lambda: emit.sizes_source(model)), "sizes", _SIZES)

    @cached_property
    def _raw_rates_over(self) -> Any:
        return store.function(self._rates_module, "rates_over", _ROWS)

    @cached_property
    def _rates_module(self) -> Any:
        return self._module("rates", lambda: emit.rates_source(self._explicit))

    @cached_property
    def _explicit(self) -> Model:
        """The model with its drives as functions of time, from which source is emitted."""
        return written_out(self.model)

    def _expressions(self, texts: Sequence[Any]) -> list[Any]:
        """Expressions over states, parameters and time."""
        return [substituted(self.model, self.model.expression(text)) for text in texts]

    def _module(self, what: str, source: Callable[[], str]) -> Any:
        return store.load(emit.key_of(self.model, what, store.toolchain()), lambda: source() + emit.tables_source(self.model))

    def _over(self, raw: Any, times: Any, states: FloatArray, width: int) -> FloatArray:
        rows = np.array(states, dtype=np.float64, order="C", ndmin=2)
        moments = np.array(np.broadcast_to(np.asarray(times, dtype=np.float64), (rows.shape[0],)))
        out = np.empty((rows.shape[0], width))
        raw(moments, rows, self.constants, out)
        return out

    def _derivative(self, what: str, source: Callable[[], str], time: float, state: FloatArray, order: int) -> FloatArray:
        if (what,) not in self._derivatives:
            self._derivatives[what,] = store.function(self._module(what, source), "derivative", _POINT)
        out = np.zeros(self.dimension ** (order + 1))  # what is zero everywhere is not written
        self._derivatives[what,](time, state, self.parameters, out)
        return out.reshape((self.dimension,) * (order + 1))

    def _in_parameters(self, what: str, names: Sequence[str], expressions: Callable[[], Sequence[Any]]) -> Any:
        """Compiled derivatives in parameters of expressions, which are asked for only if the cache lacks them."""
        key = (what, *names)
        if key not in self._derivatives:
            members = " ".join(",".join(self.model.resolve(name)) for name in names)
            module = self._module(f"{what} derivatives {members}", lambda: emit.parameter_source(self._explicit, names, expressions()))
            self._derivatives[key] = store.function(module, "derivative", _POINT)
        return self._derivatives[key]
