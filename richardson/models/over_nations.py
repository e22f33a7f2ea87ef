"""Models made from equations over nations: written out for a few, kept as they are for many."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from richardson.models.quantities import arms, indexed
from richardson.symbolic.indexed import SHARED, Family, OverNations
from richardson.symbolic.indexed_model import MOST_WRITTEN, IndexedModel
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Parameter, State


def family(term: Parameter, index: str, nations: Sequence[str], *, is_short: bool = False) -> Family:
    """A parameter as one value for the system (`SHARED`), one for each nation (`EACH`), or for each pair (`PAIR`, `MUTUAL`)."""
    return Family(**vars(term), index=index, nations=() if index == SHARED else tuple(nations), is_short=is_short)


def model_over(
    name: str, equations: OverNations, references: Sequence[str], values: Mapping[str, Any], *, states: Sequence[State] | None = None
) -> Model:
    """The model of equations over nations.

    Parameters
    ----------
    name : str
    equations : OverNations
    references : sequence of str
    values : mapping
        As `Model.with_values` takes them.
    states : sequence of State, optional
        In the order of the equations; by default arms without bounds.
    """
    own_states = tuple(arms(nation) for nation in equations.nations) if states is None else tuple(states)
    defaults = tuple(each.default for each in equations.families for _ in range(each.size))
    if len(equations.nations) > MOST_WRITTEN:
        many = IndexedModel(name, own_states, equations.families, defaults, references=tuple(references), equations=equations)
        return many.with_values(**values)
    terms = tuple(term for each in equations.families for term in written_out(each))
    return Model(name, own_states, terms, equations.written_out(), defaults, references=tuple(references)).with_values(**values)


def written_out(family: Family) -> list[Parameter]:
    """The members of a family, each a parameter of its own."""
    plain = Parameter(family.name, family.symbol, family.meaning, family.unit, family.lower, family.upper, family.default)
    return [
        replace(
            plain,
            name=name,
            symbol=indexed(family.symbol, *tail) if tail else family.symbol,
            meaning=f"{family.meaning} of {' to '.join(tail)}" if tail else family.meaning,
            at_most="_".join((family.at_most, *tail)) if family.at_most else "",
        )
        for name, tail in zip(family.names, family.tails, strict=True)
    ]
