"""What is computed of every member of a design, all of it said beforehand: what a store, a dry run and `run_study` need of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any, Generic, TypeVar

from richardson.study.configuration import digest
from richardson.study.design import Design
from richardson.symbolic.model import Model

MAKER = {"ensemble": "to_ensemble", "dynamics": "to_dynamics"}  # of the result of a folder, by the kind of its configuration

Result = TypeVar("Result")


class Planned(ABC, Generic[Result]):
    """A value that is checked when it is made, and gives a ``Result`` when it is run.

    Attributes
    ----------
    model : Model
    """

    model: Model

    @property
    @abstractmethod
    def members(self) -> Design:
        """The members: row a member."""

    @property
    @abstractmethod
    def row_bytes(self) -> int:
        """What a member's row takes: its numbers in the design and what is found."""

    @abstractmethod
    def configuration(self) -> dict[str, Any]:
        """All that decides the rows, as nested dictionaries, lists, text and numbers that JSON holds."""

    @cached_property
    def fingerprint(self) -> str:
        """The sha256 of the configuration: equal for the same study, whoever runs it."""
        return digest(self.configuration())

    def __len__(self) -> int:
        """Number of members."""
        return len(self.members)
