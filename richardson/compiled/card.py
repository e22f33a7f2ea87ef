"""Runs on a graphics card of NVIDIA's, one a thread: the kernels and rates of `lanes`, made with one lane, as functions of the card.

numba-cuda is imported when a card is asked for, and not before.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numba import config

from richardson import extras
from richardson.arrays import FloatArray
from richardson.compiled.build import CODE_ROWS, CODES, MATRIX, STACK, VECTOR
from richardson.compiled.kernels import layout
from richardson.compiled.lanes import Members, Task, kernel_text
from richardson.errors import ComputationError, MissingDeviceError, RichardsonError

EXTRA = "cuda"
MODULES = ("queue", "control", "domain", "lookout", "unrecorded", "attend", "single")
THREADS = 64  # of a block: registers are what limits how many runs a multiprocessor holds, and small blocks leave fewest of them idle
BLOCKS = 32  # for each multiprocessor: as many as one can ever hold; those for which there are no registers come when the queue is empty
MOST_WORDS = 300  # characters of a compiler's complaint that are repeated
OF_NUMPY = ("sqrt", "isnan", "isfinite")  # functions of single numbers that numba-cuda knows as those of `math` only

_SHARED = "parameters, parameter_source, start, start_source, times, absolute, limits, slack, barriers, kinds, settings"
_ROOM = "b, raw, inside, best, search, stop, next_time, until, limit, member, following"
_OUT = "states, records, codes, stops, counts"
_SIGNATURE = (
    f"void({MATRIX}, {VECTOR}, {CODES}, {VECTOR}, {CODES}, {VECTOR}, {VECTOR}, {MATRIX}, {MATRIX}, {CODE_ROWS}, {CODES}, {VECTOR}, "
    f"{CODES}, {STACK}, {MATRIX}, {CODES}, {VECTOR}, {CODES})"
)
_ENTRY = f"""

def fetch(queue):
    return cuda.atomic.add(queue, 0, 1)


def run(samples, {_SHARED}, queue, {_OUT}):
    {{room}}
    follow(derive, rates, slopes, values, fetch, queue, samples, {_SHARED}, {_ROOM}, {_OUT})
"""


def toolkit() -> Any:
    """The module ``numba.cuda``, once it has found a card.

    Raises
    ------
    MissingExtraError
        If numba-cuda is not installed.
    MissingDeviceError
        If it finds no card, or nothing that compiles for it.
    ComputationError
        If it cannot be imported for another reason.
    """
    extras.require("numba_cuda", EXTRA)
    with in_words():  # with a numpy that it does not know, even its import fails, and with no error of imports
        cuda = extras.require("numba.cuda", EXTRA)
        is_there = cuda.is_available()
    if not is_there:
        raise MissingDeviceError(
            'The engine "cuda" needs a graphics card of NVIDIA\'s, its driver and its compiler (numba-cuda[cu13] or [cu12] brings that); '
            'numba-cuda is installed and does not find all three here. Run with engine="local", or see what `python -m numba -s` says.'
        )
    return cuda


def description() -> str:
    """The card and what compiles for it, which provenance records: elsewhere bits differ."""
    name = getattr(toolkit().get_current_device(), "name", "simulator")
    return f"{name.decode() if isinstance(name, bytes) else name}, numba-cuda {version('numba-cuda')}"


@contextmanager
def in_words() -> Iterator[None]:
    """Failures of driver, compiler and card, whose classes change with their versions, as one of ours.

    Raises
    ------
    ComputationError
        If anything goes wrong that is not refused in words already.
    """
    try:
        yield
    except RichardsonError:
        raise
    except Exception as fault:
        raise ComputationError(
            f"The graphics card could not do its work: {type(fault).__name__}: {str(fault)[:MOST_WORDS]}. "
            'Run with engine="local", or see what `python -m numba -s` says of CUDA.'
        ) from fault


def free_memory() -> int:
    """Bytes that are free on the card."""
    return int(min(toolkit().current_context().get_memory_info()[0], sys.maxsize))  # infinity in numba's simulator


class Card:
    """What all members of an ensemble share, on the card, with the kernel that runs them.

    Parameters
    ----------
    task : Task
        Without records, and without settling.
    module : module
        `Field.lane_module` of its model, for one lane.
    """

    def __init__(self, task: Task, module: ModuleType) -> None:
        self.kernel = _kernel(task.scheme, task.start.size, task.parameters.size, module)
        self._shared = [_on_card(vars(task)[name]) for name in _SHARED.split(", ")]
        self._most = BLOCKS * getattr(toolkit().get_current_device(), "MULTIPROCESSOR_COUNT", 1)

    def load(self, samples: FloatArray, states: tuple[int, int]) -> tuple[Any, Members]:
        """Samples (n, columns), and room for what comes out, on the card."""
        count = samples.shape[0]
        room = Members(
            _room((count, *states)), _room((count, 1)), _room(count, np.int64), _room(count), _room(count, np.int64)
        )  # records: a column that nothing writes
        return _on_card(samples), room

    def run(self, samples: Any, into: Members) -> None:
        """Run what `load` has brought there, and wait for it."""
        with warnings.catch_warnings():  # numba warns of members too few to fill a card
            warnings.simplefilter("ignore")
            blocks = min(-(-samples.shape[0] // THREADS), self._most)
            self.kernel[blocks, THREADS](samples, *self._shared, _on_card(np.zeros(1, dtype=np.int64)), *into)
        toolkit().synchronize()


def fetch(found: Members, into: Members) -> None:
    """Copy what came out from the card, records apart; codes last, since without its code a member counts as not reached."""
    there: Any  # arrays of the card, which have no annotations
    for name in ("states", "stops", "counts", "codes"):
        there = getattr(found, name)
        there.copy_to_host(getattr(into, name))


def _on_card(values: Any) -> Any:
    return toolkit().to_device(np.array(values, order="C"))


def _room(shape: Any, kind: Any = np.float64) -> Any:
    return toolkit().device_array(shape, dtype=kind)


@cache
def _kernel(scheme: str, dimension: int, parameters: int, module: ModuleType) -> Any:
    """The kernel of the card for a scheme and a model, compiled now: some seconds to a minute."""
    cuda = toolkit()
    text = kernel_text(MODULES, scheme, dimension, lanes=1)
    made = _module(text, module.__name__)
    _execute(_entry_text(dimension, parameters, made.ROWS, module.CONSTANTS), made)
    own = [name for name, value in vars(made).items() if isinstance(value, FunctionType) and value.__module__ == made.__name__]
    on_card = _compiler(cuda)
    for name in own:
        if name != "run":
            vars(made)[name] = on_card(vars(made)[name])
    for name in OF_NUMPY:
        vars(made)[name] = vars(math)[name]
    functions = {name: on_card(_plain(vars(module)[name])) for name in ("derive", "rates")}
    slopes = on_card(_plain(module.slopes)) if hasattr(module, "slopes") else functions["rates"]
    vars(made).update(functions, cuda=cuda, slopes=slopes, values=functions["derive"], float64=np.float64, int64=np.int64)
    with warnings.catch_warnings():  # numba calls functions as arguments experimental; here each is known when compiling, and inlined
        warnings.simplefilter("ignore")
        return cuda.jit(_SIGNATURE)(vars(made)["run"])


def _compiler(cuda: Any) -> Callable[[Any], Any]:
    """Makes a function one of the card's, inlined so that the numbers of a run stay in registers; numba's simulator takes it as it is."""
    if vars(config)["ENABLE_CUDASIM"]:
        return lambda function: function
    compiled: Callable[[Any], Any] = cuda.jit(device=True, forceinline=True)
    return compiled


def _plain(function: Any) -> Any:
    return getattr(function, "py_func", function)


def _entry_text(dimension: int, parameters: int, rows: int, constants: int) -> str:
    """The function that a thread begins with, the sizes of its room written in."""
    d = dimension
    sizes = {
        "b": d * rows + layout.COMMON + 2 + 3 * d + 2 * d * d + constants,
        "raw": max(parameters, 1),
        "inside": 2 * d,
        "search": 2 + 2 * d,
        "stop": 3,
        "following": 2,
    }
    lines = [
        f"{name} = cuda.local.array({sizes.get(name, 1)}, {'int64' if name in {'member', 'following'} else 'float64'})"
        for name in _ROOM.split(", ")
    ]
    return _ENTRY.format(room="\n    ".join(lines))


def _module(text: str, salt: str) -> ModuleType:
    """A module of that text, entered where numba looks for it."""
    name = f"richardson_card_{sha256((text + salt).encode()).hexdigest()[:32]}"
    made = ModuleType(name)
    sys.modules[name] = made
    _execute(text, made)
    return made


def _execute(text: str, module: ModuleType) -> None:
    """Run text of our own in a module."""
    exec(compile(text, module.__name__, "exec"), vars(module))
