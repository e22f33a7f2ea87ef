"""A study: everything that a run of an ensemble is made of, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from richardson.arrays import FloatArray, as_times
from richardson.compiled.field import Field
from richardson.compiled.schemes import TABLEAUS
from richardson.dynamics.arguments import as_accuracy, as_bound, check_drives, check_flow
from richardson.dynamics.march import Accuracy
from richardson.errors import InvalidInputError, NotAutonomousError, OutOfBoundsError, UnknownNameError, counted, nearest
from richardson.study.binding import Bound, bind
from richardson.study.configuration import configuration_of
from richardson.study.design import Design
from richardson.study.ensemble import Ensemble
from richardson.study.planned import Planned
from richardson.study.recording import Recording, read_records
from richardson.study.repeats import repeated
from richardson.symbolic.model import Model

AUDITED = 16  # members that are run again


@dataclass(frozen=True, eq=False, repr=False)
class Study(Planned[Ensemble]):
    r"""A model, a design and all that is asked of their runs: what `run_study` computes, on any engine to the same bits.

    Attributes
    ----------
    model : Model
        A flow.
    design : Design
        Its names are parameters, bare concepts (all their parameters move as one) or states (start values).
    start : mapping or sequence, optional
        Start values of the states that the design does not name.
    times : array_like, shape (t,), float or None
        A sequence: when states are kept, the first is the start. A number: runs go from 0 to it, and only their ends are kept.
        None: runs go on until they settle (``settle=True``), and only their ends are kept.
    method : str
        "Tsit5" (explicit, order 5), "DOP853" (explicit, order 8, best below 1e-8) or "Rodas5P" (for stiff models, exact Jacobian).
    relative, absolute : float
        Error allowed in a step: absolute + relative · \|state\|, absolute in each state's unit.
    record : text, Record, or a sequence of them
        Expressions (their values at the end), or `Minimum`, `Maximum`, `FirstCrossing`, `Integral` of one.
    settle : bool
        Whether a run ends, as SETTLED and at its equilibrium, when a stable equilibrium lies right beside it.
    bound : float
        Magnitude of any state at which a run counts as escaped; may be infinite.
    step_limit : int
        Steps after which to give up on a run.
    repeats : int
        How many times the design is drawn, each from a random stream of its own: member r·m + i is member i of repeat r, and repeat 0
        is ``design``. The spread of an average over repeats tells its error. Of a design in which nothing is random there is one.
    audit : int
        How many members are run again at a hundredth of the tolerances, with ten times the steps, to report the error; 0 for none.
    rng : int, Generator or None
        Chooses the members of the audit; nothing else of a study is random but its design.

    Raises
    ------
    UnknownNameError, InvalidInputError, OutOfBoundsError, NotAutonomousError, ParseError
        If an argument is not what it should be; the message says what to do.

    Examples
    --------
    >>> from richardson.models import linear
    >>> study = Study(linear(), Design.grid({"defence": [0.25, 0.5], "x": [0, 4]}), {"y": 1}, 50.0)
    >>> study
    Study(linear, 4 members: defence, x; to 50, the end kept)
    >>> study.fingerprint == Study(linear(), study.design, {"y": 1}, 50.0).fingerprint
    True
    """

    model: Model
    design: Design
    start: Mapping[str, float] | Sequence[float] | None = None
    times: Sequence[float] | FloatArray | float | None = None
    _: KW_ONLY
    method: str = "Tsit5"
    relative: float = 1e-8
    absolute: float = 1e-10
    record: Any = ()
    settle: bool = False
    bound: float = 1e9
    step_limit: int = 100_000
    repeats: int = 1
    audit: int = AUDITED
    rng: Any = None

    def __post_init__(self) -> None:
        """Refuse what cannot be run, before anything is computed."""
        check_flow(self.model)
        object.__setattr__(self, "bound", as_bound(self.bound))
        object.__setattr__(self, "audit", _whole(self.audit, "audit"))
        _ = self.accuracy
        members, recording, kept = self.bound_members, self.recording, self.kept
        object.__setattr__(self, "record", recording.records)  # an iterator would be read once only
        _check_settling(self.model, recording, settle=self.settle)
        if self.model.drives:
            rows = members.rows(slice(None))[0] if members.parameter_columns.size else None
            check_drives(Field.of(self.model), np.array(self.span) if kept is None else kept, rows)
        _check_starts(self.model, members, self.bound)

    @cached_property
    def members(self) -> Design:
        """The design with its repeats: row a member."""
        return repeated(self.design, self.repeats)

    @cached_property
    def bound_members(self) -> Bound:
        """The members as parameters and start values of the model."""
        return bind(self.model, self.members, self.start)

    @cached_property
    def recording(self) -> Recording:
        """What is recorded, as the kernels take it."""
        return read_records(self.model, self.record)

    @cached_property
    def accuracy(self) -> Accuracy:
        """Method, tolerances and most steps."""
        if not isinstance(self.method, str) or self.method not in TABLEAUS:
            raise UnknownNameError(f"There is no method {self.method!r} for ensembles. {nearest(str(self.method), TABLEAUS)}")
        return as_accuracy(self.method, self.relative, self.absolute, self.step_limit)

    @cached_property
    def _times(self) -> tuple[FloatArray | None, tuple[float, float]]:
        return _read_times(self.times, settle=self.settle)

    @property
    def kept(self) -> FloatArray | None:
        """When states are kept, shape (t,); None for the end only."""
        return self._times[0]

    @property
    def span(self) -> tuple[float, float]:
        """Begin and end of the runs; an infinite end where they go on until they settle."""
        return self._times[1]

    @property
    def shape(self) -> tuple[int, int]:
        """How many times are kept, and how many states the model has."""
        return (1 if self.kept is None else self.kept.size), len(self.model.states)

    @property
    def row_bytes(self) -> int:
        """What a member's row takes: its numbers in the design, states, records, outcome, stopping time."""
        times, states = self.shape
        return 8 * (len(self.members.names) + times * states + len(self.recording.labels) + 2)

    def configuration(self) -> dict[str, Any]:
        """All that decides the rows, as nested dictionaries, lists, text and numbers that JSON holds.

        Engine, store, audit and progress are not in it: processors give the same rows, a card those within the tolerances.

        Examples
        --------
        >>> from richardson.models import linear
        >>> study = Study(linear(), Design.grid({"defence": [0.25, 0.5]}), {"x": 0, "y": 1}, 50.0)
        >>> study.configuration()["method"]
        'Tsit5'
        """
        return configuration_of(self)

    def __repr__(self) -> str:
        """Model, members and times in one line."""
        names = ", ".join(self.design.names)
        kept = "the end kept" if self.kept is None else f"{counted(self.kept.size, 'time')} kept"
        return f"Study({self.model.name}, {counted(len(self), 'member')}: {names}; to {self.span[1]:g}, {kept})"


def _read_times(times: Any, *, settle: bool) -> tuple[FloatArray | None, tuple[float, float]]:
    """The times that are kept, or None for the end only, and begin and end."""
    if times is None:
        if not settle:
            raise InvalidInputError("Runs need an end. Give times, a number for the end only, or settle=True to go on until they settle.")
        return None, (0.0, inf)
    if np.ndim(times) == 0:
        end = float(times) if isinstance(times, int | float | np.number) and not isinstance(times, bool) else np.nan
        if not 0.0 < end < inf:
            raise InvalidInputError(f"A number for times is the end of runs that begin at 0, and must be above it; got {times!r}.")
        return None, (0.0, end)
    kept = as_times(times)
    return kept, (float(kept[0]), float(kept[-1]))


def _check_settling(model: Model, recording: Recording, *, settle: bool) -> None:
    """Refuse to settle where no equilibrium can hold, or something goes on changing."""
    if not isinstance(settle, bool | np.bool_):
        raise InvalidInputError(f"settle= is True or False; got {settle!r}.")
    if settle and not model.is_autonomous:
        raise NotAutonomousError(f"'{model.name}' changes with time and cannot settle. Run it to an end with settle=False.")
    if settle and recording.extra:
        raise InvalidInputError("An integral goes on growing after a run has settled. Record it with settle=False.")


def _check_starts(model: Model, members: Bound, bound: float) -> None:
    """Refuse starts that have escaped already."""
    columns = {name: members.base_start[place : place + 1] for place, name in enumerate(model.state_names)}
    for place, source in zip(members.start_columns, members.start_source, strict=True):
        columns[model.state_names[place]] = members.samples[:, source]
    for name, values in columns.items():
        largest = float(np.abs(values).max())
        if largest > bound:
            raise OutOfBoundsError(f"Some start has |{name}| = {largest:g}, already beyond bound = {bound:g}. Raise bound, or start lower.")


def _whole(number: Any, name: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 0:
        raise InvalidInputError(f"{name}= must be a whole number, 0 or more; got {number!r}.")
    return int(number)
