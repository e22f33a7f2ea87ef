"""Every refusal of the library, each a kind of its own and the builtin it is.

A message has three parts: what was asked, why it cannot be, what to do.
"""

import difflib
from collections.abc import Iterable
from typing import Any


class RichardsonError(Exception):
    """Anything that this library refuses or could not compute."""


class InvalidInputError(RichardsonError, ValueError):
    """An argument has the wrong form: length, order, sign, type."""


class UnknownNameError(RichardsonError, ValueError):
    """A name is not a parameter, state, method or label that exists here."""


class OutOfBoundsError(RichardsonError, ValueError):
    """A value lies outside the bounds of its state or parameter, or is not finite."""


class ParseError(RichardsonError, ValueError):
    """A text is not an expression that the parser accepts.

    Attributes
    ----------
    text : str
        The text as given.
    column : int
        Position of the fault, counted from 1.
    """

    def __init__(self, message: str, text: str = "", column: int = 1) -> None:
        super().__init__(message)
        self.text = text
        self.column = column

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with all three parts, so that a worker's refusal arrives whole."""
        return type(self), (self.args[0], self.text, self.column)


class ModelError(RichardsonError, ValueError):
    """Equations, states and parameters do not fit together."""


class UnitsError(RichardsonError, ValueError):
    """Equations do not agree with the units that their states and parameters declare.

    Attributes
    ----------
    faults : tuple of str
        A sentence for each disagreement.
    """

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with the faults."""
        return type(self), (self.args[0], self.faults)


class NotAutonomousError(RichardsonError, ValueError):
    """A verb that needs rates without explicit time was given a model with ``t``."""


class NotStableError(RichardsonError, ValueError):
    """Something that only a stable equilibrium has was asked of another."""


class NotIdentifiableError(RichardsonError, ValueError):
    """The data cannot tell the asked parameters apart."""


class DataError(RichardsonError, ValueError):
    """Observations have gaps, are too few, or are not what the method needs."""


class OutputError(RichardsonError, ValueError):
    """A file or folder cannot be written, or holds something that must not be lost."""


class MissingExtraError(RichardsonError, ImportError):
    """An optional dependency is not installed."""


class MissingDeviceError(RichardsonError, RuntimeError):
    """A graphics card was asked for, and none can be used here."""


class ComputationError(RichardsonError, RuntimeError):
    """A computation on valid input failed."""


class IntegrationError(ComputationError):
    """An integration failed on the way.

    Attributes
    ----------
    trajectory : Trajectory or None
        What was computed before the failure.
    """

    def __init__(self, message: str, trajectory: Any = None) -> None:
        super().__init__(message)
        self.trajectory = trajectory

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with the partial trajectory."""
        return type(self), (self.args[0], self.trajectory)


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the singular where it is one.

    Parameters
    ----------
    number : int
    noun : str
        In the singular; its plural ends in s.

    Examples
    --------
    >>> counted(1, "member"), counted(4096, "member")
    ('1 member', '4096 members')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Suggestion that ends a refusal: the nearest known name, else the list of them.

    Parameters
    ----------
    name : str
        What was asked for.
    known : iterable of str
        What exists.

    Returns
    -------
    str
        A sentence, for example ``"Did you mean 'defence_x'?"``.

    Examples
    --------
    >>> nearest("fatige", ["fatigue", "defence"])
    "Did you mean 'fatigue'?"
    """
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean '{close[0]}'?"
    listed = ", ".join(names[:LISTED_NAMES]) + (", …" if len(names) > LISTED_NAMES else "")
    return f"Known names: {listed}." if names else "There are none."


LISTED_NAMES = 12  # a longer list hides the sentence it ends
