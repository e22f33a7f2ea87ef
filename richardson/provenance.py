"""Where a result comes from: versions, equations, numbers, settings, randomness, machine, time."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol, TypeAlias

from richardson import __version__
from richardson.errors import InvalidInputError

RECORDED_PACKAGES = ("numpy", "scipy", "sympy", "numba", "python-flint", "matplotlib")

Setting: TypeAlias = "str | int | float | bool | tuple[Setting, ...] | None"


class Named(Protocol):
    """A state or a parameter, as far as provenance looks at it."""

    @property
    def name(self) -> str:
        """Name used in calls."""

    @property
    def unit(self) -> str:
        """Product of powers such as ``"arms/yr"``."""


class Recordable(Protocol):
    """A model, as far as provenance looks at it."""

    @property
    def fingerprint(self) -> str:
        """Hash of the equations, never of the numbers."""

    @property
    def parameter_names(self) -> Sequence[str]:
        """Names of the parameters, in order."""

    @property
    def numbers(self) -> Sequence[float]:
        """Number of every parameter."""

    @property
    def states(self) -> Sequence[Named]:
        """The states, in order."""

    @property
    def parameters(self) -> Sequence[Named]:
        """The parameters, in order."""


@dataclass(frozen=True)
class Provenance:
    """All that is needed to compute a result again and to know that it is the same.

    Attributes
    ----------
    versions : tuple of (str, str)
        Python, this library and what it computes with, each with its version.
    fingerprint : str or None
        Hash of the model's equations; None for a result without a model.
    values : tuple of (str, float)
        Parameters and their numbers, in the units of ``units``.
    units : tuple of (str, str)
        States and parameters with their units.
    settings : tuple of (str, setting)
        Method, tolerances and every other choice of the call.
    entropy : int or tuple of int or None
        What the random numbers were drawn from; None where nothing was drawn.
    platform : str
        Machine and operating system.
    time : str
        When, in ISO 8601, UTC.
    """

    versions: tuple[tuple[str, str], ...]
    fingerprint: str | None
    values: tuple[tuple[str, float], ...]
    units: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, Setting], ...]
    entropy: int | tuple[int, ...] | None
    platform: str
    time: str

    def to_dict(self) -> dict[str, Any]:
        """The same as nested dictionaries and lists that JSON can hold.

        Returns
        -------
        dict
            One entry a field; pairs become dictionaries, other tuples lists.

        Examples
        --------
        >>> import richardson as rn
        >>> run = rn.integrate(rn.models.linear(), [0, 0], [0, 1])
        >>> run.provenance.to_dict()["settings"]["method"]
        'LSODA'
        """
        return {
            "versions": dict(self.versions),
            "fingerprint": self.fingerprint,
            "values": dict(self.values),
            "units": dict(self.units),
            "settings": {name: _thawed(setting) for name, setting in self.settings},
            "entropy": _thawed(self.entropy),
            "platform": self.platform,
            "time": self.time,
        }

    def __repr__(self) -> str:
        """Equations, version and time in one line."""
        equations = "no model" if self.fingerprint is None else f"equations {self.fingerprint[:12]}"
        return f"Provenance({equations}, richardson {dict(self.versions)['richardson']}, {self.time})"


def record(model: Recordable | None, *, entropy: int | Iterable[int] | None = None, **settings: Any) -> Provenance:
    """Provenance of a result that is being made now.

    Parameters
    ----------
    model : Model or None
        Whose equations, numbers and units are recorded; None for a result without a model.
    entropy : int or sequence of int, optional
        What the random numbers were drawn from, as ``SeedSequence.entropy`` gives it.
    **settings
        Every choice of the call: text, numbers, truth values, None, and sequences,
        mappings or arrays of these.

    Returns
    -------
    Provenance
        The record; equal for equal calls but for ``time``.

    Raises
    ------
    InvalidInputError
        If a setting is none of these, since it could not be saved.
    """
    fingerprint, values, units = (None, (), ()) if model is None else _identity(model)
    return Provenance(
        versions=_versions(),
        fingerprint=fingerprint,
        values=values,
        units=units,
        settings=tuple((name, _frozen(setting, name)) for name, setting in settings.items()),
        entropy=_whole_numbers(entropy),
        platform=_platform(),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _identity(model: Recordable) -> tuple[str, tuple[tuple[str, float], ...], tuple[tuple[str, str], ...]]:
    """Fingerprint, numbers and units of a model."""
    units = tuple((quantity.name, quantity.unit) for quantity in (*model.states, *model.parameters))
    return model.fingerprint, tuple(zip(model.parameter_names, model.numbers, strict=True)), units


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    """Versions from the installed metadata, so that nothing is imported for their sake."""
    found = [("python", platform.python_version()), ("richardson", __version__)]
    for package in RECORDED_PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            found.append((package, "not installed"))
    return tuple(found)


@cache
def _platform() -> str:
    """Machine, system and interpreter in one line."""
    return f"{platform.platform()} {platform.machine()} {platform.python_implementation()}"


def _whole_numbers(entropy: int | Iterable[int] | None) -> int | tuple[int, ...] | None:
    """Entropy as plain integers."""
    if entropy is None:
        return None
    return tuple(map(int, entropy)) if isinstance(entropy, Iterable) else int(entropy)


def _frozen(setting: Any, name: str) -> Setting:
    """A setting as plain immutable values; NumPy scalars and arrays through their ``tolist``."""
    plain = setting.tolist() if hasattr(setting, "tolist") else setting
    if plain is None or isinstance(plain, str | int | float | bool):
        return plain
    if isinstance(plain, Mapping):
        return tuple((str(key), _frozen(value, name)) for key, value in plain.items())
    if isinstance(plain, Sequence):
        return tuple(_frozen(value, name) for value in plain)
    raise InvalidInputError(
        f"The setting '{name}' is a {type(setting).__name__}, which provenance cannot keep. "
        "Record text, numbers, truth values, or sequences and mappings of these."
    )


def _thawed(setting: Setting) -> Any:
    """A frozen setting with lists in place of tuples."""
    return [_thawed(part) for part in setting] if isinstance(setting, tuple) else setting
