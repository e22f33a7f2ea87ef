"""Text to expression, safely: nothing that the text says is ever executed.

A scanner refuses every character that equations do not need and bounds length, size and nesting; Python's
``ast`` gives the structure; a whitelist of nodes builds sympy objects through `richardson.symbolic.bounded`.
"""

import ast
import keyword
import math
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import sympy

from richardson.errors import ModelError, ParseError, nearest
from richardson.symbolic import bounded
from richardson.symbolic.constants import number
from richardson.symbolic.functions import FUNCTIONS, NAMES, RESERVED, TIME, hill
from richardson.symbolic.scan import DEEPEST_NESTING, scan

MOST_NODES = 50_000  # of a sympy expression; six nations written out need a few thousand
DEEPEST_TREE = 100  # of a sympy expression; keeps clear of Python's recursion limit

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NODE_WORDS: dict[type[ast.AST], str] = {
    ast.BoolOp: "'and' and 'or'",
    ast.Compare: "Comparisons",
    ast.IfExp: "Conditions (if … else)",
    ast.Tuple: "Lists of values",
    ast.Starred: "Starred arguments",
    ast.Await: "'await'",
    ast.Yield: "'yield'",
    ast.YieldFrom: "'yield'",
    ast.GeneratorExp: "Comprehensions",
}


def parse(text: str | sympy.Expr | float, names: Mapping[str, sympy.Expr]) -> sympy.Expr:
    """Expression that ``text`` writes, over declared names, time ``t`` and ``pi``.

    Parameters
    ----------
    text : str
        Numbers, names, ``+ - * / **``, parentheses and the functions of `FUNCTIONS`. Numbers are taken exactly
        as written: ``0.15`` is 3/20. What is not text goes to `adopt`.
    names : mapping of str to sympy.Expr
        What each declared name stands for.

    Returns
    -------
    sympy.Expr
        Equal to the text wherever that is defined; ``x/x`` becomes 1.

    Raises
    ------
    ParseError
        If the text is anything else, passes a limit on length, nesting, exponents or constants, or is not real
        and finite; with the text, and the column counted from 1.

    Examples
    --------
    >>> x = sympy.Symbol("x", real=True)
    >>> parse("0.15*x - x**2/4", {"x": x})
    -x**2/4 + 3*x/20
    """
    if not isinstance(text, str):
        return adopt(text, names)
    scan(text)
    start = len(text) - len(text.lstrip(" \t"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text[start:], mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None) or 1
        raise ParseError(
            f"'{_excerpt(text)}' is not an expression: {getattr(error, 'msg', error)} (column {column + start}). "
            "Check operators, commas and parentheses there.",
            text,
            column + start,
        ) from None
    return _Reader(text, start, names).expression(tree.body, 0)


def adopt(expression: sympy.Expr | Real | float, names: Mapping[str, sympy.Expr]) -> sympy.Expr:
    """A sympy expression rebuilt from what equations may contain, with its symbols replaced by name.

    Parameters
    ----------
    expression : sympy.Expr, int or float
        Built from numbers, symbols, ``+ * **``, ``pi`` and the functions of `FUNCTIONS`. Floats are taken as
        their shortest decimal text: ``0.15`` is 3/20.
    names : mapping of str to sympy.Expr
        What each symbol, by its name, stands for; ``t`` is time.

    Raises
    ------
    ParseError
        If it contains anything else (the class is named), or passes a limit of `parse`.
    """
    if isinstance(expression, bool) or not isinstance(expression, Real | sympy.Expr):
        raise ParseError(
            f"An equation must be text, a number or a sympy expression; got {type(expression).__name__}. "
            "Write it as text, for example 'k*y - a*x'."
        )
    tree = expression if isinstance(expression, sympy.Expr) else _plain_number(expression)
    nodes = sum(1 for _ in zip(sympy.preorder_traversal(tree), range(MOST_NODES + 1), strict=False))
    if nodes > MOST_NODES:
        raise ParseError(f"The expression has more than {MOST_NODES} parts. Write it shorter.")
    return _adopted(tree, names, 0)


def check_name(name: str, what: str) -> str:
    """``name`` if equations can use it for ``what`` (a word such as "state").

    Raises
    ------
    ModelError
        If it is not an ASCII identifier, or is a keyword of Python, a reserved word or a double-underscore name.
    """
    if not isinstance(name, str):
        raise ModelError(f"The name of a {what} must be text; got {type(name).__name__}.")
    if _NAME.fullmatch(name) is None:
        raise ModelError(f"{name!r} cannot name a {what}: a name is ASCII letters, digits and '_', and starts with no digit. Rename it.")
    if keyword.iskeyword(name):
        raise ModelError(f"'{name}' cannot name a {what}: it is a keyword of Python. Rename it, for example '{name}_'.")
    if name in RESERVED:
        reason = {"t": "it is time", "pi": "it is the number 3.14159…"}.get(name, "it is a function in equations")
        raise ModelError(f"'{name}' cannot name a {what}: {reason}. Rename it, for example '{name}_0'.")
    if name.startswith("__") or name.endswith("__"):
        raise ModelError(f"'{name}' cannot name a {what}: double underscores at the ends belong to Python. Rename it.")
    return name


def _adopted(node: sympy.Basic, names: Mapping[str, sympy.Expr], depth: int) -> sympy.Expr:
    """``node`` rebuilt from the whitelist."""
    if depth > DEEPEST_TREE:
        raise ParseError(f"The expression nests more than {DEEPEST_TREE} deep. Write it shorter.")
    if node.is_Symbol:
        return _adopted_symbol(node.name, names)
    if node.is_Float:
        value = float(node)
        if not math.isfinite(value) or (value == 0.0 and node != 0):
            raise ParseError(f"The number {node} is beyond what a float holds. Change the unit.")
        return number(sympy.Rational(repr(value)))
    if node.is_Rational:
        return number(node)
    if node in (sympy.pi, sympy.E):
        return node
    if isinstance(node, hill) and len(node.args) == 4:
        raise ParseError(f"{_excerpt(str(node))} is a derivative of hill, which equations cannot contain. Write hill(u, h, m).")
    if isinstance(node, sympy.Heaviside) and node.args[1:] != (sympy.S.Half,):
        raise ParseError(f"{node} is not ½ at zero, as heaviside in equations is. Write Heaviside(z, Rational(1, 2)).")
    operation = {sympy.Add: bounded.add, sympy.Mul: bounded.multiply}.get(node.func)
    if operation is None and node.func is not sympy.Pow and node.func not in NAMES:
        raise ParseError(_unknown_class(node))
    parts = [_adopted(part, names, depth + 1) for part in (node.args[:1] if isinstance(node, sympy.Heaviside) else node.args)]
    try:
        if operation is not None:
            return operation(parts)
        return bounded.power(*parts) if node.func is sympy.Pow else bounded.apply(NAMES[node.func], parts)
    except (ArithmeticError, TypeError, RecursionError) as error:
        raise ParseError(f"This cannot be computed: {error}. Write it in another form.") from error


def _plain_number(value: Any) -> sympy.Expr:
    """A number of Python or numpy as one of sympy."""
    return sympy.Integer(int(value)) if isinstance(value, Integral) else sympy.Float(float(value))


def _adopted_symbol(name: str, names: Mapping[str, sympy.Expr]) -> sympy.Expr:
    """What a symbol stands for."""
    if name == "t":
        return TIME
    if name not in names:
        raise ParseError(f"'{name}' is no state or parameter. {nearest(name, [*names, 't'])}")
    return names[name]


def _unknown_class(node: sympy.Basic) -> str:
    return (
        f"{_excerpt(str(node))} is a {type(node).__name__}, which equations cannot contain. "
        f"Use numbers, symbols, + - * / ** and the functions {', '.join(FUNCTIONS)}."
    )


def _excerpt(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


@dataclass(frozen=True)
class _Reader:
    """Walks the syntax tree of one text."""

    text: str
    start: int
    names: Mapping[str, sympy.Expr]

    def refusal(self, node: ast.AST, message: str) -> ParseError:
        column = getattr(node, "col_offset", 0) + self.start + 1
        return ParseError(f"{message} (column {column} of '{_excerpt(self.text)}')", self.text, column)

    def expression(self, node: ast.expr, depth: int) -> sympy.Expr:
        """What ``node`` means, ``depth`` levels below the top."""
        if depth > DEEPEST_NESTING:
            raise self.refusal(node, f"The expression nests operators more than {DEEPEST_NESTING} deep. Write it shorter.")
        if isinstance(node, ast.Constant):
            return self.constant(node)
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.Call):
            return self.call(node, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self.bounded(node, bounded.multiply, [sympy.S.NegativeOne, self.expression(node.operand, depth + 1)])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
            return self.expression(node.operand, depth + 1)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            return self.bounded(node, bounded.add, self.chain(node, depth))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            return self.bounded(node, bounded.multiply, self.chain(node, depth))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            base, exponent = self.expression(node.left, depth + 1), self.expression(node.right, depth + 1)
            return self.bounded(node, bounded.power, base, exponent)
        raise self.not_allowed(node)

    def chain(self, node: ast.expr, depth: int) -> list[sympy.Expr]:
        """Terms of a sum or factors of a product, however long, without recursion along it."""
        kinds = (ast.Add, ast.Sub) if isinstance(getattr(node, "op", None), ast.Add | ast.Sub) else (ast.Mult, ast.Div)
        parts = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, kinds):
            part = self.expression(node.right, depth + 1)
            if isinstance(node.op, ast.Sub):
                part = self.bounded(node.right, bounded.multiply, [sympy.S.NegativeOne, part])
            elif isinstance(node.op, ast.Div):
                part = self.bounded(node.right, bounded.power, part, sympy.S.NegativeOne)
            parts.append(part)
            node = node.left
        parts.append(self.expression(node, depth + 1))
        return parts[::-1]

    def bounded(self, node: ast.AST, operation: Callable[..., sympy.Expr], *arguments: Any) -> sympy.Expr:
        """An operation whose refusal gains text and column."""
        try:
            return operation(*arguments)
        except ParseError as error:
            raise self.refusal(node, str(error)) from None
        except (ArithmeticError, TypeError, ValueError, RecursionError) as error:
            raise self.refusal(node, f"This cannot be computed: {error}. Write it in another form.") from error

    def constant(self, node: ast.Constant) -> sympy.Expr:
        """A number, exactly as its decimal digits say."""
        if type(node.value) not in (int, float):
            raise self.refusal(node, f"{node.value!r} is not a number. Write numbers, names and functions only.")
        digits = self.text[self.start + node.col_offset : self.start + (node.end_col_offset or 0)]
        value = float(digits)
        if not math.isfinite(value) or (value == 0.0 and re.search("[1-9]", re.split("[eE]", digits)[0])):
            raise self.refusal(node, f"The number {_excerpt(digits)} is beyond what a float holds. Change the unit.")
        return self.bounded(node, number, sympy.Rational(digits) if value else sympy.S.Zero)

    def name(self, node: ast.Name) -> sympy.Expr:
        """What a bare name stands for."""
        if node.id == "t":
            return TIME
        if node.id == "pi":
            return sympy.pi
        if node.id in FUNCTIONS:
            raise self.refusal(node, f"'{node.id}' is a function and needs arguments: write {node.id}(…).")
        if node.id not in self.names:
            raise self.refusal(node, f"'{node.id}' is no state or parameter. {nearest(node.id, [*self.names, 't', 'pi'])}")
        return self.names[node.id]

    def call(self, node: ast.Call, depth: int) -> sympy.Expr:
        """A function of the table at as many arguments as it has."""
        if not isinstance(node.func, ast.Name):
            raise self.refusal(node, "Only the functions of equations can be called. Write '*' between factors.")
        name = node.func.id
        if name in self.names or name in ("t", "pi"):
            raise self.refusal(node, f"'{name}' is not a function. Write '*' between factors: {name}*(…).")
        if name not in FUNCTIONS:
            raise self.refusal(node, f"'{name}' is not a function of equations. {nearest(name, FUNCTIONS)}")
        count = FUNCTIONS[name][1]
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.refusal(node, f"{name} takes plain arguments only, without names and stars.")
        if len(node.args) != count if count is not None else len(node.args) < 2:
            expected = "two or more arguments" if count is None else f"{count} argument" + "s" * (count > 1)
            raise self.refusal(node, f"{name} takes {expected}; got {len(node.args)}.")
        arguments: Sequence[sympy.Expr] = [self.expression(argument, depth + 1) for argument in node.args]
        return self.bounded(node, bounded.apply, name, arguments)

    def not_allowed(self, node: ast.expr) -> ParseError:
        """Refusal of syntax outside the whitelist."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
            return self.refusal(node, "'//' does not exist in equations. Write '/' for division.")
        word = _NODE_WORDS.get(type(node), f"{type(node).__name__} expressions")
        return self.refusal(node, f"{word} do not exist in equations. Use + - * / **, names, numbers and functions.")
