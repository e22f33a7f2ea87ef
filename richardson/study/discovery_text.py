"""Texts over recorded columns: conditions such as ``outcome == ESCAPED and alarm > 2``, and measures such as ``x + y``.

A text is read by Python's ``ast`` and walked through a whitelist of nodes; nothing that it says is ever executed.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from richardson.errors import ParseError, UnknownNameError, nearest
from richardson.landscape.many_kinds import KINDS
from richardson.outcome import Outcome
from richardson.study.dynamics_layout import LISTS
from richardson.study.dynamics_layout import WORDS as KIND_WORDS

LONGEST_TEXT = 2000  # characters
DEEPEST_TREE = 40
COMPARISONS: dict[type[ast.cmpop], Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}
OPERATIONS: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "abs": (np.abs, 1),
    "exp": (np.exp, 1),
    "log": (np.log, 1),
    "sqrt": (np.sqrt, 1),
    "min": (np.minimum, 2),
    "max": (np.maximum, 2),
}
WORDS = {"outcome": tuple(Outcome.__members__), "kind": ("", *KINDS), **dict.fromkeys(LISTS, KIND_WORDS)}  # of columns of these names
START, END = " at the start", " at the end"

Column = npt.NDArray[Any]


def evaluate(text: str, columns: Mapping[str, Column]) -> Column:
    """Value of a text for every member, numbers or truth values of shape (m,).

    Parameters
    ----------
    text : str
        Numbers, names of columns (in backquotes where they are no plain names), + - * / **, comparisons, ``and``, ``or``, ``not``,
        ``in (…)``, and abs, exp, log, sqrt, min, max. What is not a number (NaN) compares as false, and differs from everything.
    columns : mapping of str to ndarray
        Shape (m,) each, of numbers or texts.

    Raises
    ------
    ParseError, UnknownNameError
        If it is anything else, or names no column.

    Examples
    --------
    >>> evaluate("`x at the end` > 2 and outcome != ESCAPED", {"x at the end": np.array([1.0, 3.0]), "outcome": np.array(["SETTLED"] * 2)})
    array([False,  True])
    """
    if len(text) > LONGEST_TEXT:
        raise ParseError(f"A condition has at most {LONGEST_TEXT} characters; this one has {len(text)}. Write a function instead.", text)
    quoted: dict[str, str] = {}

    def stand_in(match: re.Match[str]) -> str:
        name = f"quoted_{len(quoted)}_"
        quoted[name] = match.group(1)
        return name

    plain = re.sub("`([^`]*)`", stand_in, text).strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(plain, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", error)
        raise ParseError(
            f"'{_short(text)}' is not a condition: {reason}. Write for example 'outcome == ESCAPED and x > 4'.", text
        ) from None
    count = next(iter(columns.values())).size
    with np.errstate(all="ignore"):
        found = np.asarray(_Reader(text, columns, quoted).value(tree.body, 0))
    if found.dtype.kind not in "bf":
        raise ParseError(f"'{_short(text)}' is a text by itself. Compare it, for example 'outcome == ESCAPED'.", text)
    return np.array(np.broadcast_to(found, (count,)))


@dataclass(frozen=True)
class _Reader:
    """Walks the syntax tree of one text."""

    text: str
    columns: Mapping[str, Column]
    quoted: Mapping[str, str]

    def refusal(self, message: str) -> ParseError:
        return ParseError(f"{message} (in '{_short(self.text)}')", self.text)

    def value(self, node: ast.expr, depth: int) -> Any:
        """Numbers, truth values or texts that a node means, (m,) or a single one."""
        if depth > DEEPEST_TREE:
            raise self.refusal(f"The condition nests more than {DEEPEST_TREE} deep. Write it shorter.")
        if isinstance(node, ast.Constant):
            return self.constant(node)
        if isinstance(node, ast.Name):
            return self.column(node.id)
        if isinstance(node, ast.BoolOp):
            join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
            return join.reduce(np.broadcast_arrays(*(self.truth(part, depth) for part in node.values)), axis=0)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return np.logical_not(self.truth(node.operand, depth))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner = self.number(node.operand, depth)
            return -inner if isinstance(node.op, ast.USub) else inner
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
            return OPERATIONS[type(node.op)](self.number(node.left, depth), self.number(node.right, depth))
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        if isinstance(node, ast.Compare):
            return self.comparison(node, depth)
        raise self.refusal(
            f"{type(node).__name__} does not exist in conditions. Use names, numbers, + - * / **, comparisons, and, or, not."
        )

    def comparison(self, node: ast.Compare, depth: int) -> Any:
        """One comparison, or several in a chain as in 0 < x < 4."""
        sides = [node.left, *node.comparators]
        found = np.bool_(True)
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            found = np.logical_and(found, self.one_comparison(left, operator, right, depth + 1))
        return found

    def one_comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, depth: int) -> Any:
        if isinstance(operator, ast.In | ast.NotIn):
            if not isinstance(right, ast.Tuple | ast.List) or not right.elts:
                raise self.refusal("After 'in' stands a list in parentheses, for example outcome in (ESCAPED, LEFT_DOMAIN).")
            parts = [self.one_comparison(left, ast.Eq(), part, depth) for part in right.elts]
            among = np.logical_or.reduce(np.broadcast_arrays(*parts), axis=0)
            return np.logical_not(among) if isinstance(operator, ast.NotIn) else among
        if type(operator) not in COMPARISONS:
            raise self.refusal("Conditions compare by < <= > >= == != and in.")
        words = self.texts(left), self.texts(right)
        if words[0] is None and words[1] is None:
            return COMPARISONS[type(operator)](self.number(left, depth), self.number(right, depth))
        if not any(words):  # or a name that was not recorded would be a word, which no text equals
            _ = [self.column(side.id) for side in (left, right) if isinstance(side, ast.Name)]
            raise self.refusal("A text is compared with a column of texts, as in outcome == ESCAPED.")
        if not isinstance(operator, ast.Eq | ast.NotEq):
            raise self.refusal("Texts have no order: compare them by ==, != or in.")
        return COMPARISONS[type(operator)](*(self.word(side, known) for side, known in zip((left, right), words[::-1], strict=True)))

    def texts(self, node: ast.expr) -> str | None:
        """Name of the column of texts that a node stands for, empty for a text in quotes, None for anything else."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return ""
        name = self.quoted.get(node.id, node.id) if isinstance(node, ast.Name) else None
        return name if name is not None and name in self.columns and self.columns[name].dtype.kind == "U" else None

    def word(self, node: ast.expr, against: str | None) -> Any:
        """One side of a comparison of texts: a column, or the word that it is held against."""
        if isinstance(node, ast.Name) and self.texts(node) is not None:
            return self.column(node.id)
        given = node.id if isinstance(node, ast.Name) else getattr(node, "value", None)
        if not isinstance(given, str):
            raise self.refusal(f"{'A text' if not against else repr(against)} is compared with a word, as in outcome == ESCAPED.")
        known = WORDS.get(against or "", ())
        for part in given.split("; ") if against in LISTS else [given]:
            if known and part not in known:
                raise UnknownNameError(f"There is no {against} {part!r}. {nearest(part, known)}")
        return np.str_(given)

    def truth(self, node: ast.expr, depth: int) -> Any:
        found = self.value(node, depth + 1)
        if np.asarray(found).dtype != np.bool_:
            raise self.refusal("'and', 'or' and 'not' join comparisons; compare numbers first, as in x > 4.")
        return found

    def number(self, node: ast.expr, depth: int) -> Any:
        found = self.value(node, depth + 1)
        if np.asarray(found).dtype.kind != "f":
            raise self.refusal("Arithmetic and the order of sizes need numbers.")
        return found

    def constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, str):
            return np.str_(node.value)
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.refusal(f"{node.value!r} is no number.")
        try:
            return np.float64(node.value)
        except OverflowError:
            raise self.refusal("A number is beyond what a float holds.") from None

    def column(self, identifier: str) -> Column:
        name = self.quoted.get(identifier, identifier)
        if name not in self.columns:
            if name + START in self.columns and name + END in self.columns:
                raise UnknownNameError(f"'{name}' is a start value and a state. Write `{name + START}` or `{name + END}`, in backquotes.")
            raise UnknownNameError(f"Nothing recorded is called '{name}'. {nearest(name, self.columns)}")
        found = self.columns[name]
        return found if found.dtype.kind in "bU" else found.astype(np.float64)

    def call(self, node: ast.Call, depth: int) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            raise self.refusal(f"Conditions know the functions {', '.join(FUNCTIONS)} only.")
        function, count = FUNCTIONS[name]
        if node.keywords or len(node.args) != count or any(isinstance(part, ast.Starred) for part in node.args):
            raise self.refusal(f"{name} takes {count} plain argument{'s' * (count > 1)}.")
        return function(*(self.number(part, depth) for part in node.args))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
