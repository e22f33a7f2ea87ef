"""Values to JSON nodes; arrays and models are set aside."""

import io
import json
import types
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.errors import InvalidInputError, RichardsonError
from richardson.files.known import ARRAY_KINDS, CLASSES, ENUMERATIONS
from richardson.symbolic.model import Model
from richardson.symbolic.spec import from_spec, number_node, to_spec


@dataclass(frozen=True)
class Writer:
    """Turns values into JSON nodes.

    Attributes
    ----------
    arrays : dict of str to bytes
        Arrays met so far, as ``.npy`` files by member name.
    models : dict of str to dict
        Models met so far, by their text; each is written once.
    """

    arrays: dict[str, bytes] = field(default_factory=dict)
    models: dict[str, dict[str, Any]] = field(default_factory=dict)

    def encode(self, value: Any, where: str) -> Any:
        """The node of a value.

        Parameters
        ----------
        value : object
            Plain data, an array, a model, or an instance of a listed class.
        where : str
            Where it stands, for the refusal.

        Raises
        ------
        InvalidInputError
            If it is something else.
        """
        if isinstance(value, np.bool_ | np.number):
            value = value.item()
        if value is None or isinstance(value, bool | str):
            return value
        if isinstance(value, Enum) and ENUMERATIONS.get(type(value).__name__) is type(value):
            return {"enumeration": type(value).__name__, "member": value.name}
        if isinstance(value, int) and not isinstance(value, Enum):
            return value
        if isinstance(value, float):
            return number_node(value)
        if isinstance(value, complex):
            return {"complex": [self.encode(part, where) for part in (value.real, value.imag)]}
        if isinstance(value, np.ndarray):
            return self.array(value, where)
        return self.model(value) if isinstance(value, Model) else self.compound(value, where)

    def compound(self, value: Any, where: str) -> Any:
        """The node of something with parts; arguments and refusal as `encode`."""
        if is_dataclass(value) and CLASSES.get(type(value).__name__) is type(value):
            parts = {part.name: self.encode(getattr(value, part.name), f"{where}.{part.name}") for part in fields(value)}
            return {"class": type(value).__name__, "fields": parts}
        if type(value) in (tuple, list):
            nodes = [self.encode(part, f"{where}[{index}]") for index, part in enumerate(value)]
            return {"tuple": nodes} if isinstance(value, tuple) else nodes
        if isinstance(value, dict | types.MappingProxyType):
            return {"mapping": [[self.encode(key, where), self.encode(part, f"{where}[{key!r}]")] for key, part in value.items()]}
        raise InvalidInputError(
            f"A {type(value).__name__} cannot be saved ({where}). Save a model, a result of this library, or numbers, text and arrays."
        )

    def array(self, value: npt.NDArray[Any], where: str) -> dict[str, str]:
        """The node of an array; arguments and refusal as `encode`."""
        if value.dtype.kind not in ARRAY_KINDS:
            raise InvalidInputError(f"An array of {value.dtype} cannot be saved ({where}). Give numbers, truth values or text.")
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, np.array(value, order="C"), version=(1, 0), allow_pickle=False)
        name = f"array_{len(self.arrays)}.npy"
        self.arrays[name] = buffer.getvalue()
        return {"array": name}

    def model(self, model: Model) -> dict[str, int]:
        """The node of a model.

        Raises
        ------
        InvalidInputError
            If its equations do not read back as they are.
        """
        parts = to_spec(model)
        text = json.dumps(parts)
        if text not in self.models:
            try:
                from_spec(parts)
            except RichardsonError as error:
                raise InvalidInputError(f"'{model.name}' cannot be saved: its equations do not read back ({error}).") from error
            self.models[text] = parts
        return {"model": list(self.models).index(text)}
