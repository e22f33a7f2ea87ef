"""Models made from equations over nations: written out for a few, kept as they are for many."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from richardson.models.quantities import arms, indexed
from richardson.symbolic.indexed import EACH, SHARED, Family, OverNations
from richardson.symbolic.indexed_model import MOST_WRITTEN, IndexedModel
from richardson.symbolic.model import Model
from richardson.symbolic.quantity import Parameter


def family(term: Parameter, index: str, nations: Sequence[str]) -> Family:
    """A parameter as one value for the system (`SHARED`), one for each nation (`EACH`), or for each pair (`PAIR`, `MUTUAL`)."""
    return Family(**vars(term), index=index, nations=() if index == SHARED else tuple(nations))


def model_over(name: str, equations: OverNations, references: Sequence[str], values: Mapping[str, Any]) -> Model:
    """The model of equations whose only states are arms without bounds.

    Parameters
    ----------
    name : str
    equations : OverNations
    references : sequence of str
    values : mapping
        As `Model.with_values` takes them.
    """
    states = tuple(arms(nation) for nation in equations.nations)
    defaults = tuple(each.default for each in equations.families for _ in range(each.size))
    if len(equations.nations) > MOST_WRITTEN:
        many = IndexedModel(name, states, equations.families, defaults, references=tuple(references), equations=equations)
        return many.with_values(**values)
    terms = tuple(term for each in equations.families for term in written_out(each))
    return Model(name, states, terms, equations.written_out(), defaults, references=tuple(references)).with_values(**values)


def written_out(family: Family) -> list[Parameter]:
    """The members of a family, each a parameter of its own."""
    plain = Parameter(family.name, family.symbol, family.meaning, family.unit, family.lower, family.upper, family.default)
    if family.index == SHARED:
        return [plain]
    return [
        replace(
            plain,
            name=f"{family.name}_{'_'.join(owner)}",
            symbol=indexed(family.symbol, *owner),
            meaning=f"{family.meaning} of {' to '.join(owner)}" if family.index != EACH else f"{family.meaning} of {owner[0]}",
        )
        for owner in family.owners
    ]
