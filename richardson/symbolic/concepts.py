"""Bare concept names: ``alarm`` for every ``alarm_x``, ``alarm_y``.

A parameter is ``<what>_<whose>``; whose is a nation or a pair of nations, and nations are read off the states' names.
"""

from collections.abc import Iterable


def members(name: str, parameters: tuple[str, ...], states: tuple[str, ...]) -> tuple[str, ...]:
    """Parameters that ``name`` stands for: itself if it is one, else all of that concept; empty if neither."""
    if name in parameters:
        return (name,)
    nations = _nations(states)
    return tuple(own for own in parameters if own.startswith(f"{name}_") and _is_whose(own[len(name) + 1 :], nations))


def concepts(parameters: tuple[str, ...], states: tuple[str, ...]) -> tuple[str, ...]:
    """All bare concept names, sorted."""
    nations = _nations(states)
    found = {own[: len(head)] for own in parameters for head in _heads(own) if _is_whose(own[len(head) + 1 :], nations)}
    return tuple(sorted(found))


def _nations(states: Iterable[str]) -> frozenset[str]:
    return frozenset(part for name in states for part in (name, name.rpartition("_")[2]))


def _is_whose(tail: str, nations: frozenset[str]) -> bool:
    if tail in nations:
        return True
    return any(tail.startswith(f"{nation}_") and tail[len(nation) + 1 :] in nations for nation in nations)


def _heads(name: str) -> list[str]:
    parts = name.split("_")
    return ["_".join(parts[:count]) for count in range(1, len(parts))]
