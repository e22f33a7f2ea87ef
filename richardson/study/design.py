"""Which members a study computes: a row of numbers a member, a column a name."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from richardson import extras
from richardson.arrays import FloatArray
from richardson.errors import InvalidInputError, UnknownNameError, counted, nearest
from richardson.provenance import Provenance, record
from richardson.randomness import Entropy, generator_of, joined
from richardson.sampling import sample
from richardson.study.blocks import Blocks, block_samples, check_asked_blocks
from richardson.study.columns import Ranges, Table, combined, read_columns, read_ranges, read_samples, read_size, read_table
from richardson.study.parts import Part, drawn_part, grid_rows, part_setting, read_part

SHOWN_NAMES = 8  # more would not be a short name of the design


@dataclass(frozen=True, eq=False, repr=False)
class Design:
    """Members of a study: values of parameters, of concepts whose parameters move as one, and of states at the start.

    Designs multiply: ``a * b`` pairs every member of ``a`` with every member of ``b``, those of ``b`` running fastest.

    Attributes
    ----------
    names : tuple of str
        One a column. Which are parameters, concepts or states is known once the design meets a model.
    samples : ndarray, shape (m, p)
        Row a member, column a name, each in the unit of what it names; read-only.
    entropy : int or tuple of int or None
        What the random numbers came from, in a product those of both factors; None where nothing was drawn.
    method : str
        ``"grid"``, ``"latin_hypercube"``, ``"sobol"``, ``"halton"``, ``"table"``, or of a product its factors, as in ``"grid × sobol"``.
    ranges : tuple of (str, float, float)
        Name, low and high of every column that was drawn from a range.
    provenance : Provenance
    blocks : Blocks or None
        Which members a sensitivity analysis compares, and by which method; None for a design that was made for none.

    Raises
    ------
    InvalidInputError
        If there is no member or no column, a name is no ASCII identifier or occurs twice, a number is not finite, or the members are
        not the blocks they are said to be.

    Examples
    --------
    >>> Design.grid({"balance": [-1, 1]}) * Design.from_table({"x": [0, 1, 2], "y": [2, 1, 0]})
    Design(grid × table, 6 members: balance, x, y)
    """

    names: tuple[str, ...]
    samples: FloatArray
    entropy: Entropy
    method: str
    ranges: tuple[tuple[str, float, float], ...]
    provenance: Provenance
    blocks: Blocks | None = None

    def __post_init__(self) -> None:
        """Check the parts and keep a read-only copy of the samples."""
        samples = read_samples(self.names, self.samples)
        if self.blocks is not None:
            self.blocks.check(self.names, samples, self.ranges)
        samples.setflags(write=False)
        object.__setattr__(self, "samples", samples)

    @classmethod
    def grid(cls, axes: Mapping[str, npt.ArrayLike], *, part: Part = None) -> Self:
        """Every combination of the given values, the first name running slowest.

        Parameters
        ----------
        axes : mapping of str to array_like
            Values of each name, shape (n,), in any order.
        part : pair of int, optional
            A part of a large grid: ``(3, 16)`` holds the consecutive members of part 3 of 16, counted from 0, and no others.

        Returns
        -------
        Design
            As many members as the product of all n, or the part of them.

        Raises
        ------
        InvalidInputError
            If a name, value or part is not valid, or the combinations exceed the memory.

        Examples
        --------
        >>> Design.grid({"balance": [-1, 1], "x": [0, 1, 2]}).samples.tolist()
        [[-1.0, 0.0], [-1.0, 1.0], [-1.0, 2.0], [1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]
        """
        columns = read_columns(axes, "A grid", '{"balance": numpy.linspace(-1, 1, 5), "x": [0, 1, 2]}')
        rows = read_part(part, math.prod(column.size for column in columns.values()))
        whole = [column[:, np.newaxis] for column in columns.values()]
        samples = combined(whole) if part is None else grid_rows(list(columns.values()), rows)
        asked = {name: (column[0], column[-1], column.size) for name, column in columns.items()}
        return cls(tuple(columns), samples, None, "grid", (), record(None, verb="Design.grid", axes=asked, **part_setting(part)))

    @classmethod
    def latin_hypercube(cls, ranges: Ranges, *, size: int, rng: Any = None) -> Self:
        """Random members, one in each of ``size`` equal parts of every range.

        Parameters
        ----------
        ranges : mapping of str to pair of float
            Low and high of each name, in its unit; values are uniform between them.
        size : int
            Number of members.
        rng : int, sequence of int, SeedSequence, BitGenerator, Generator, optional
            As `numpy.random.default_rng` takes it; recorded.

        Raises
        ------
        InvalidInputError
            If a name, a range, the size or ``rng`` is not valid.

        Examples
        --------
        >>> design = Design.latin_hypercube({"balance": (-1, 1)}, size=4, rng=1)
        >>> sorted(int(2 * (value + 1)) for value in design["balance"])  # one in each quarter
        [0, 1, 2, 3]
        """
        return cls._drawn("latin_hypercube", ranges, size, rng)

    @classmethod
    def sobol(cls, ranges: Ranges, *, size: int, rng: Any = None, part: Part = None) -> Self:
        """Members of a scrambled Sobol' sequence: equally many in each half, quarter, eighth … of every range.

        Parameters
        ----------
        ranges, size, rng
            As in `latin_hypercube`; ``size`` is a power of two, and ``rng`` scrambles the sequence.
        part : pair of int, optional
            As in `grid`, of the one sequence that ``size`` and ``rng`` name; there are as many parts as a power of two.

        Raises
        ------
        InvalidInputError
            If a name, a range, the size or ``rng`` is not valid, or there are more names than the sequence has dimensions.

        Examples
        --------
        >>> design = Design.sobol({"balance": (-1, 1), "x": (0, 5)}, size=2**10, rng=1)
        >>> int((design["balance"] < 0).sum())
        512
        """
        return cls._drawn("sobol", ranges, size, rng, part)

    @classmethod
    def halton(cls, ranges: Ranges, *, size: int, rng: Any = None, part: Part = None) -> Self:
        """Members of a scrambled Halton sequence: evenly spread at any size.

        Parameters
        ----------
        ranges, size, rng
            As in `latin_hypercube`; ``rng`` scrambles the sequence.
        part : pair of int, optional
            As in `sobol`, of any number of parts.

        Raises
        ------
        InvalidInputError
            If a name, a range, the size or ``rng`` is not valid.

        Examples
        --------
        >>> Design.halton({"balance": (-1, 1), "x": (0, 5)}, size=1000, rng=1)
        Design(halton, 1000 members: balance, x)
        """
        return cls._drawn("halton", ranges, size, rng, part)

    @classmethod
    def from_table(cls, table: Table) -> Self:
        """Members as they stand in a table.

        Parameters
        ----------
        table : mapping of str to array_like, or pandas.DataFrame
            One column a name, shape (m,) each.

        Returns
        -------
        Design

        Raises
        ------
        InvalidInputError
            If a name or value is not valid, or columns differ in length.

        Examples
        --------
        >>> Design.from_table({"balance": [0.0, 0.1], "x": [1, 3]})
        Design(table, 2 members: balance, x)
        """
        columns = read_table(table)
        provenance = record(None, verb="Design.from_table", names=tuple(columns), size=next(iter(columns.values())).size)
        return cls(tuple(columns), np.column_stack(list(columns.values())), None, "table", (), provenance)

    @classmethod
    def for_sensitivity(cls, ranges: Ranges, *, method: str = "sobol", size: int, rng: Any = None, second_order: bool = False) -> Self:
        """Members in the blocks that a method of `sensitivity` compares; only that method takes them, and it takes no others.

        Parameters
        ----------
        ranges, rng
            As in `latin_hypercube`, of p names; values are independent of each other.
        method : str
            "sobol": shares of the variance. "morris": effects of single steps, for many inputs and few runs. "pawn", "delta": how far
            fixing an input moves the distribution of the outcome, by its cumulative function or its density.
        size : int
            Number of blocks: for "sobol" a power of two, of p + 2 members each (2 p + 2 with pairs); for "morris" of p + 1; else of 1.
        second_order : bool
            Whether blocks of "sobol" hold what the indices of pairs need.

        Returns
        -------
        Design

        Raises
        ------
        UnknownNameError, InvalidInputError
            If there is no such method, or a name, a range, the size or ``rng`` is not valid.

        Examples
        --------
        >>> Design.for_sensitivity({"balance": (-1, 1), "alarm": (0, 5)}, size=2**10, rng=1)
        Design(sobol sensitivity, 4096 members: balance, alarm)
        """
        spans, count = read_ranges(ranges), read_size(size)
        check_asked_blocks(method, len(spans), count, second_order)
        generator, entropy = generator_of(rng)
        samples = block_samples(method, spans, count, second_order, generator)
        asked = tuple((name, *span) for name, span in spans.items())
        settings = {"verb": "Design.for_sensitivity", "method": method, "size": count, "second_order": second_order, "ranges": asked}
        provenance = record(None, entropy=entropy, **settings)
        blocks = Blocks.sealed(method, samples, asked, second_order=second_order)
        return cls(tuple(spans), samples, provenance.entropy, f"{method} sensitivity", asked, provenance, blocks)

    @classmethod
    def _drawn(cls, method: str, ranges: Ranges, size: int, rng: Any, part: Part = None) -> Self:
        spans, count = read_ranges(ranges), read_size(size)
        rows = None if part is None else drawn_part(part, count, method, rng)
        generator, entropy = generator_of(rng)
        samples = sample(method, spans, count, generator, rows)
        asked = tuple((name, *span) for name, span in spans.items())
        provenance = record(None, entropy=entropy, verb=f"Design.{method}", ranges=asked, size=count, **part_setting(part))
        return cls(tuple(spans), samples, provenance.entropy, method, asked, provenance)

    def to_table(self) -> dict[str, FloatArray]:
        """Columns by name, shape (m,) each."""
        return {name: self[name] for name in self.names}

    def to_xarray(self) -> Any:
        """Dataset over the dimension ``member``, each column a variable; needs xarray, of the extra ``data``."""
        xarray = extras.require("xarray", "data")
        return xarray.Dataset({name: ("member", column) for name, column in self.to_table().items()}, attrs={"method": self.method})

    def __len__(self) -> int:
        """Number of members m."""
        return int(self.samples.shape[0])

    def __getitem__(self, name: str) -> FloatArray:
        """One column, shape (m,), a copy; ``samples[3]`` is a member."""
        if name not in self.names:
            raise UnknownNameError(f"There is no column {name!r} in this design. {nearest(str(name), self.names)}")
        return np.array(self.samples[:, self.names.index(name)])

    def __mul__(self, other: "Design") -> "Design":
        """Every member with every member of the other design, whose members run fastest."""
        if not isinstance(other, Design):
            return NotImplemented
        shared = ", ".join(name for name in self.names if name in other.names)
        if shared:
            raise InvalidInputError(f"Both designs give {shared}, but a member has one value of a name. Leave it out of one of them.")
        entropy, settings = joined(self.entropy, other.entropy), {"first": self.provenance.settings, "second": other.provenance.settings}
        return Design(
            names=self.names + other.names,
            samples=combined([self.samples, other.samples]),
            entropy=entropy,
            method=f"{self.method} × {other.method}",
            ranges=self.ranges + other.ranges,
            provenance=record(None, entropy=entropy, verb="product", **settings),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the fields, so that a copy is checked and read-only too."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    def __repr__(self) -> str:
        """Method, number of members and names."""
        shown = ", ".join((*self.names[:SHOWN_NAMES], "…") if len(self.names) > SHOWN_NAMES else self.names)
        return f"Design({self.method}, {counted(len(self), 'member')}: {shown})"
