"""The public face, walked name by name: it exists, it is documented, it refuses what it does not know."""

import ast
import enum
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import richardson
from richardson.errors import RichardsonError

ROOT = Path(__file__).resolve().parent.parent
MISSPELT = "no_such_keyword"
NAMES = [name for name in richardson.__all__ if name != "__version__"]
PARENTS = {home.rpartition(".")[0] for home in richardson._MODULES.values()}


@cache
def public_objects() -> dict[str, Any]:
    """Every public object by dotted name: those of the library and those of its public modules.

    A name that cannot be loaded is left out here and fails a test of its own.
    """
    found: dict[str, Any] = {}
    for name in NAMES:
        try:
            thing = getattr(richardson, name)
        except (ImportError, AttributeError):
            continue
        found[name] = thing
        if inspect.ismodule(thing):
            found |= {f"{name}.{inner}": getattr(thing, inner) for inner in module_names(thing)}
    return found


def module_names(module: ModuleType) -> list[str]:
    """The names that a public module offers."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and callable(thing) and getattr(thing, "__module__", None) == module.__name__
    ]


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties that a class of this library defines itself."""
    for name, thing in vars(kind).items():
        if not name.startswith("_"):
            bare = thing.__func__ if isinstance(thing, classmethod | staticmethod) else thing
            if inspect.isfunction(bare) or isinstance(bare, property):
                yield name, bare


def public_functions() -> dict[str, Callable[..., Any]]:
    """Public functions, and public methods of public classes, by dotted name."""
    found = {}
    for name, thing in public_objects().items():
        if callable(thing) and not inspect.isclass(thing):
            found[name] = thing
        elif inspect.isclass(thing):
            found |= {f"{name}.{member}": bare for member, bare in members(thing) if inspect.isfunction(bare)}
    return found


def public_classes() -> dict[str, type]:
    """Public classes by dotted name."""
    return {name: thing for name, thing in public_objects().items() if inspect.isclass(thing)}


def documented(thing: Any, section: str) -> set[str]:
    """Names that a numpydoc section of a docstring describes."""
    text = inspect.getdoc(thing) or ""
    match = re.search(rf"^{section}\n-{{{len(section)}}}\n(.*?)(?=^\S[^\n]*\n-{{3,}}\n|\Z)", text, re.MULTILINE | re.DOTALL)
    if match is None:
        return set()
    heads = [line.split(" : ")[0].split(":")[0] for line in match.group(1).splitlines() if line and not line[0].isspace()]
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


def arguments(function: Callable[..., Any]) -> set[str]:
    """Names of the arguments that a caller gives."""
    return set(inspect.signature(function).parameters) - {"self", "cls"}


def listing(names: dict[str, set[str]]) -> str:
    """One line for each object with something amiss."""
    return "".join(f"\n{name}: {', '.join(sorted(amiss))}" for name, amiss in names.items() if amiss)


def test_the_names_are_listed_once_and_in_order() -> None:
    assert len(set(richardson.__all__)) == len(richardson.__all__)
    assert dir(richardson) == richardson.__all__


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(richardson, name) is not None


@pytest.mark.parametrize("name", richardson._MODULES)
def test_every_public_package_lists_its_names_one_by_one(name: str) -> None:
    module = getattr(richardson, name)
    assert not hasattr(module, "__path__") or (module.__all__ and len(set(module.__all__)) == len(module.__all__))


def test_an_unknown_name_is_refused_like_any_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'richardson' has no attribute 'no_such_name'"):
        _ = richardson.no_such_name


def test_the_typed_stub_lists_the_same_names_from_the_same_homes() -> None:
    stub = ast.parse((ROOT / "richardson" / "__init__.pyi").read_text())
    typed = {
        alias.asname: f"{node.module}.{alias.name}" if node.module in PARENTS else str(node.module)
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert typed == richardson._MODULES | richardson._HOMES


def test_every_public_object_has_a_docstring() -> None:
    objects = public_objects() | {f"{name}.{member}": bare for name, kind in public_classes().items() for member, bare in members(kind)}
    assert [name for name, thing in objects.items() if not isinstance(thing, str) and not inspect.getdoc(thing)] == []


def test_every_argument_of_every_public_function_is_documented() -> None:
    missing = {name: arguments(function) - documented(function, "Parameters") for name, function in public_functions().items()}
    assert not any(missing.values()), listing(missing)


def test_no_public_function_documents_an_argument_that_it_does_not_take() -> None:
    extra = {
        name: documented(function, "Parameters") - arguments(function)
        for name, function in public_functions().items()
        if not takes_any_keyword(function)
    }
    assert not any(extra.values()), listing(extra)


def test_every_field_and_argument_of_every_public_class_is_documented() -> None:
    missing = {}
    for name, kind in public_classes().items():
        shown = {entry.name for entry in fields(kind) if not entry.name.startswith("_")} if is_dataclass(kind) else set()
        if not issubclass(kind, Exception | enum.Enum):
            shown |= arguments(kind)
        told = {entry for base in kind.__mro__ for section in ("Attributes", "Parameters") for entry in documented(base, section)}
        missing[name] = shown - told
    assert not any(missing.values()), listing(missing)


def test_the_reader_of_docstrings_sees_what_it_looks_for() -> None:
    def example() -> None:
        """First line.

        Parameters
        ----------
        one : int
            Text: with a colon.
        two, three : float
        **values
            More.

        Returns
        -------
        four : int
        """

    assert documented(example, "Parameters") == {"one", "two", "three", "values"}
    assert documented(example, "Returns") == {"four"}
    assert documented(example, "Raises") == set()


SHARED = {"to_table", "to_xarray"}  # of every result, and shown once


def examples() -> dict[str, str]:
    """The examples of every public docstring, as one text."""
    objects = public_objects() | public_functions()
    texts = {name: inspect.getdoc(thing) or "" for name, thing in objects.items() if not isinstance(thing, str)}
    return {name: "\n".join(re.findall(r"^ *(?:>>>|\.\.\.) (.*)$", text, re.MULTILINE)) for name, text in texts.items()}


def test_every_public_function_has_an_example_that_runs() -> None:
    """One of its own; of a method, one in which it is called, wherever that stands. That they run is for the doctests."""
    shown = examples()
    everything = "\n".join(shown.values())
    methods = {f"{name}.{member}" for name, kind in public_classes().items() for member, _ in members(kind)}
    without = [name for name in public_functions() if not shown.get(name) and not (name in methods and is_called(name, everything))]
    assert without == []


def is_called(method: str, text: str) -> bool:
    """Whether a method is called in a text, or is one that all results have."""
    name = method.rpartition(".")[2]
    return name in SHARED or f".{name}(" in text


def test_every_public_value_is_frozen_and_names_itself_shortly() -> None:
    values = {name: kind for name, kind in public_classes().items() if is_dataclass(kind)}
    assert [name for name, kind in values.items() if not kind.__dataclass_params__.frozen] == []  # type: ignore[attr-defined]


def test_no_public_value_draws_itself() -> None:
    assert [name for name, kind in public_classes().items() if hasattr(kind, "plot")] == []


def takes_any_keyword(function: Callable[..., Any]) -> bool:
    """Whether a function has ``**values``, which it must check itself."""
    return any(parameter.kind is parameter.VAR_KEYWORD for parameter in inspect.signature(function).parameters.values())


def required(function: Callable[..., Any]) -> tuple[list[object], dict[str, object]]:
    """Stand-ins for the arguments that a function insists on, so that only the misspelt one is at fault."""
    parameters = [parameter for parameter in inspect.signature(function).parameters.values() if parameter.default is parameter.empty]
    positional = [object() for parameter in parameters if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)]
    named = {parameter.name: object() for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}
    return positional, named


STRICT = {name: function for name, function in public_functions().items() if not takes_any_keyword(function)}
CATALOGUES = ("models.", "theories.")
CATALOGUE = {name: function for name, function in public_functions().items() if takes_any_keyword(function) and name.startswith(CATALOGUES)}


@pytest.mark.parametrize("name", STRICT)
def test_a_misspelt_keyword_is_refused(name: str) -> None:
    positional, named = required(STRICT[name])
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{MISSPELT}'"):
        STRICT[name](*positional, **named, **{MISSPELT: 1})


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_misspelt_parameter_of_a_catalogue_model_is_refused_by_name(name: str) -> None:
    with pytest.raises((RichardsonError, TypeError), match=MISSPELT):
        CATALOGUE[name](**{MISSPELT: 1.0})


def test_only_known_functions_take_any_keyword() -> None:
    loose = {name for name, function in public_functions().items() if takes_any_keyword(function)}
    assert loose - set(CATALOGUE) <= {"Model.with_values", "Model.with_drive"}


@pytest.mark.parametrize("name", [name for name, kind in public_classes().items() if issubclass(kind, enum.Enum)])
def test_every_member_of_an_enumeration_says_what_it_means(name: str) -> None:
    assert all(isinstance(member.value, str) and " " in member.value for member in public_classes()[name])
