"""Whether what was given is a model."""

from typing import Any

from richardson.errors import InvalidInputError
from richardson.symbolic.model import Model


def check_model(model: Any) -> None:
    """Refuse what is no model, before anything else is looked at.

    Raises
    ------
    InvalidInputError
        If it is none.
    """
    if not isinstance(model, Model):
        raise InvalidInputError(f"A model was expected; got {model!r:.80}. Take one of richardson.models, or Model.from_equations.")
