"""Every branch of equilibria over one parameter, in a window."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from richardson.continuation.branch import Branch
from richardson.provenance import Provenance
from richardson.stability.window import Window
from richardson.symbolic.model import Model


@dataclass(frozen=True, eq=False, repr=False)
class Diagram(Sequence[Branch]):
    """Branches of equilibria over one parameter, in order of their first value and state.

    Attributes
    ----------
    branches : tuple of Branch
    parameter : str
        Name of the parameter, or of the concept whose members move as one.
    span : pair of float
        Lowest and highest parameter value, in its unit.
    window : Window
        Where the states were looked for.
    model : Model
    provenance : Provenance
    """

    branches: tuple[Branch, ...]
    parameter: str
    span: tuple[float, float]
    window: Window
    model: Model
    provenance: Provenance

    def __len__(self) -> int:
        """Number of branches."""
        return len(self.branches)

    @overload
    def __getitem__(self, index: int) -> Branch: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Branch, ...]: ...

    def __getitem__(self, index: int | slice) -> Branch | tuple[Branch, ...]:
        """One branch, or some as a tuple."""
        return self.branches[index]

    def __iter__(self) -> Iterator[Branch]:
        """Branches in order."""
        return iter(self.branches)

    def to_table(self) -> dict[str, Sequence[Any]]:
        """Columns, one row an equilibrium: the number of its branch, then the columns of `Branch.to_table`."""
        columns: dict[str, list[Any]] = {"branch": []}
        for number, branch in enumerate(self.branches):
            columns["branch"] += [number] * len(branch)
            for name, column in branch.to_table().items():
                columns.setdefault(name, []).extend(column)
        return {**columns}

    def __repr__(self) -> str:
        """Parameter, span and branches."""
        branches = ", ".join(map(repr, self.branches)) or "none"
        return f"<{len(self)} branches over {self.parameter} in [{self.span[0]:g}, {self.span[1]:g}]: {branches}>"
