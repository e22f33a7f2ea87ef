"""How many floating-point operations a step of a scheme takes in a lane, counted in the source text that is compiled.

An addition, subtraction, multiplication or division of numbers counts as one; arithmetic of places in arrays, comparisons,
selections, absolute values and bits count as none. Functions that the rates call are counted where they stand.
"""

import ast
import inspect
from collections.abc import Iterator

from richardson.compiled import circular, elementary, emit, floating, functions
from richardson.compiled.lanes import LANES
from richardson.compiled.schemes import scheme_text
from richardson.symbolic.model import Model

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)


def step_flops(model: Model, scheme: str) -> int:
    """Operations of one step: the scheme's own, and those of the rates as often as it calls them."""
    text = ast.parse(scheme_text(scheme, len(model.states)))
    attempt = next(node for node in text.body if isinstance(node, ast.FunctionDef) and node.name == "attempt")
    own = sum(_count(statement) for loop in ast.walk(attempt) if isinstance(loop, ast.For) for statement in loop.body)
    calls = {name: sum(_called(node) == name for node in ast.walk(attempt)) for name in ("rates", "slopes")}
    return own + sum(number * function_flops(model, name) for name, number in calls.items() if number)


def function_flops(model: Model, name: str) -> int:
    """Operations of a model's function for one lane, exponents being small whole numbers."""
    text = ast.parse(emit.lanes_source(model, LANES, with_slopes=True))
    function = next(node for node in text.body if isinstance(node, ast.FunctionDef) and node.name == name)
    loops = [loop for loop in ast.walk(function) if isinstance(loop, ast.For)]
    return sum(_count(statement) for statement in loops[0].body)  # the first is that of whole exponents, where there are two


def _count(node: ast.AST) -> int:
    """Operations of a statement, places in arrays left out, called functions included."""
    total = 0
    for part in _outside_subscripts(node):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ARITHMETIC):
            total += 1
        if isinstance(part, ast.AugAssign):
            total += 1
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow):
            total += int(ast.literal_eval(part.right)) - 1
        name = _called(part)
        if name in vars(functions):
            total += _of_function(name)
        if name == "fma":
            total += 2
    return total


def _of_function(name: str) -> int:
    for module in (functions, elementary, circular, floating):
        if name in vars(module):
            plain = getattr(vars(module)[name], "py_func", vars(module)[name])
            if inspect.getmodule(plain) is module:
                tree = ast.parse(inspect.getsource(plain)).body[0]
                return sum(_count(statement) for statement in tree.body)
    return 0


def _outside_subscripts(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.Subscript):
            yield from _outside_subscripts(child)


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
