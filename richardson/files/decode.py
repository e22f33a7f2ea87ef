"""JSON nodes to values: only listed classes, only fields of the declared types, equations by the safe parser."""

import io
import math
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.errors import InvalidInputError
from richardson.files.known import ARRAY_KINDS, BUILDERS, CLASSES, ENUMERATIONS
from richardson.symbolic.model import Model
from richardson.symbolic.spec import check_fields

LONGEST_HEADER = 10_000  # of an array, in bytes


@dataclass(frozen=True)
class Reader:
    """Turns JSON nodes back into values.

    Attributes
    ----------
    models : tuple of Model
        What model nodes point at.
    members : mapping of str to bytes
        Arrays by the names that array nodes hold.
    """

    models: tuple[Model, ...]
    members: Mapping[str, bytes]

    def decode(self, node: Any) -> Any:
        """The value of a node.

        Raises
        ------
        InvalidInputError
            If it is not a node that `Writer` makes; other malformed nodes raise what they cause.
        """
        if node is None or isinstance(node, bool | int | float | str):
            return node
        if isinstance(node, list):
            return [self.decode(part) for part in node]
        if "class" in node:
            return self.instance(node["class"], node["fields"])
        if "enumeration" in node:
            return ENUMERATIONS[node["enumeration"]][node["member"]]
        ((tag, content),) = node.items()
        if tag == "float":
            return float(content)
        if tag == "complex":
            return complex(*(float(self.decode(part)) for part in content))
        if tag == "tuple":
            return tuple(self.decode(part) for part in content)
        if tag == "mapping":
            return {self.decode(key): self.decode(part) for key, part in content}
        if tag == "array":
            return self.array(content)
        if tag == "model":
            return self.models[content]
        raise InvalidInputError(f"it holds an unknown {tag!r}")

    def instance(self, name: str, parts: Mapping[str, Any]) -> Any:
        """An instance of a listed class, its fields of the types that the class declares.

        Raises
        ------
        InvalidInputError
            If the class is not listed, or the fields are not its own.
        """
        kind = CLASSES.get(name)
        if kind is None:
            raise InvalidInputError(f"it holds a {name!r}, which this version of richardson does not know")
        values = {key: self.decode(node) for key, node in parts.items()}
        check_fields(name, values, {part.name for part in fields(kind)})
        hints = typing.get_type_hints(kind, localns=CLASSES)  # some are named there for the type checker only
        for key, value in values.items():
            if not fits(value, hints[key]):
                raise InvalidInputError(f"the {key} of its {name} is a {type(value).__name__}, which it cannot be")
        return BUILDERS.get(name, kind)(**values)

    def array(self, name: str) -> npt.NDArray[Any]:
        """The array of a member, whose header must describe exactly the bytes that follow it.

        Raises
        ------
        InvalidInputError
            If it does not.
        """
        stream = io.BytesIO(self.members[name])
        if np.lib.format.read_magic(stream) != (1, 0):
            raise InvalidInputError("an array has an unknown layout")
        shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(stream, max_header_size=LONGEST_HEADER)
        rest = stream.read()
        if is_fortran or dtype.kind not in ARRAY_KINDS or min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(rest):
            raise InvalidInputError("an array has another size than it says")
        return np.frombuffer(rest, dtype).reshape(shape).copy()


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is what an annotation says.

    Parameters
    ----------
    value : object
        Of any type.
    hint : type or annotation
        One that says nothing checkable, such as Any, is fitted by everything.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, each) for each in arguments)
    if origin is np.ndarray:
        return isinstance(value, np.ndarray) and any(_has_kind(value, kind) for kind in typing.get_args(arguments[1]))
    if origin is tuple:
        return isinstance(value, tuple) and _tuple_fits(value, arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, dict) and all(fits(key, arguments[0]) and fits(part, arguments[1]) for key, part in value.items())
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return isinstance(value, list | tuple) and all(fits(part, arguments[0]) for part in value)
    if hint in (float, complex):
        return isinstance(value, int | float | hint) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint) if isinstance(hint, type) else True


def _has_kind(array: npt.NDArray[Any], kind: Any) -> bool:
    """Whether an array's numbers are of a type, texts of any length."""
    return not isinstance(kind, type) or np.issubdtype(array.dtype, kind)


def _tuple_fits(value: tuple[Any, ...], arguments: tuple[Any, ...]) -> bool:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return all(fits(part, arguments[0]) for part in value)
    return len(value) == len(arguments) and all(map(fits, value, arguments))
