"""What a plot function draws, said by its annotation and refused in a sentence where something else is given."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar, get_args, get_origin

from richardson.errors import InvalidInputError

Asked = ParamSpec("Asked")
Drawn = TypeVar("Drawn")
LONGEST = 60  # letters of what was given


def draws(function: Callable[Asked, Drawn]) -> Callable[Asked, Drawn]:
    """The plot function, which refuses a first argument (or several) that is none of the classes by which that is annotated.

    Parameters
    ----------
    function : callable
        Its first parameter is annotated by classes, a union of them, or sequences or mappings of them.

    Returns
    -------
    callable
        With the same signature and documentation.
    """
    signature = inspect.signature(function)
    first = next(iter(signature.parameters.values()))
    single, several = _kinds(first.annotation)

    @wraps(function)
    def checked(*arguments: Asked.args, **named: Asked.kwargs) -> Drawn:
        bound = signature.bind_partial(*arguments, **named).arguments
        if first.name not in bound and first.default is first.empty and first.kind is not first.VAR_POSITIONAL:
            raise InvalidInputError(_refusal(function.__name__, single + several, "nothing"))
        given = bound.get(first.name, ())
        for thing in given if first.kind is first.VAR_POSITIONAL else (given,):
            if not isinstance(thing, single) and not _holds_only(thing, several):
                raise InvalidInputError(_refusal(function.__name__, single + several, _shown(thing)))
        return function(*arguments, **named)

    return checked


def _kinds(annotation: Any) -> tuple[tuple[type, ...], tuple[type, ...]]:
    """Classes of one thing, and classes of the members of a sequence or mapping."""
    single, several = [], []
    for part in _parts(annotation):
        if get_origin(part) in {Sequence, Mapping}:
            several += list(_parts(get_args(part)[-1]))
        else:
            single.append(part)
    return tuple(single), tuple(several)


def _parts(annotation: Any) -> Iterator[Any]:
    """The members of a union, or the annotation itself."""
    if isinstance(annotation, type) or get_origin(annotation) in {Sequence, Mapping}:
        yield annotation
        return
    for part in get_args(annotation):
        yield from _parts(part)


def _holds_only(thing: Any, kinds: tuple[type, ...]) -> bool:
    """Whether something is a sequence, or a mapping by name, of nothing else."""
    members = tuple(thing.values()) if isinstance(thing, Mapping) else thing
    return bool(kinds) and isinstance(members, Sequence) and not isinstance(members, str) and all(isinstance(one, kinds) for one in members)


def _shown(thing: Any) -> str:
    shown = repr(thing)
    return f"{shown if len(shown) <= LONGEST else f'{shown[:LONGEST]}…'}, a {type(thing).__name__}"


def _refusal(name: str, kinds: tuple[type, ...], got: str) -> str:
    wanted = " or ".join(dict.fromkeys(kind.__name__ for kind in kinds))
    return f"plot.{name} draws {wanted}; got {got}. Give a result of that kind, made by a verb or loaded."
