"""Calls as data: what is made of them, and that the script says the same."""

import ast
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import richardson as rn
from richardson.cli.calls import Call, Line, Name, perform, script

PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


def refused(error: Exception, *_: str) -> Exception:
    return error


@given(PLAIN)
def test_whatever_a_scenario_holds_stands_in_the_script_as_it_is(value: Any) -> None:
    *_, line = ast.parse(script([Line("value", Call("np.array", (value,)), ())])).body
    assert isinstance(line, ast.Assign)
    assert isinstance(line.value, ast.Call)
    assert eval(ast.unparse(line.value.args[0])) == value


def test_long_calls_are_broken_into_lines_of_the_same_meaning() -> None:
    grids = tuple(Call("rn.Design.grid", ({f"{letter}{'_' * 30}": [1.0, 2.0]},)) for letter in "abc")
    lines = [
        Line("design", Call("*", grids), ("design",)),
        Line("copy", Call("rn.Design.from_table", (Call("to_table", object=Name("design")),)), ()),
    ]
    variables: dict[str, Any] = {}
    text = script(lines)
    exec(text, variables)
    assert max(map(len, text.splitlines())) <= 120
    assert (perform(lines, refused)["copy"].samples == variables["copy"].samples).all()


def test_what_new_processes_begin_with_stands_under_a_guard() -> None:
    lines = [Line("model", Call("rn.models.linear"), ()), Line("rates", Call("np.array", ([1.0], Path("a b"))), (), is_guarded=True)]
    assert script(lines).splitlines()[3:] == [
        "model = rn.models.linear()",
        "",
        'if __name__ == "__main__":',
        '    rates = np.array([1.0], "a b")',
    ]


def test_methods_and_packages_are_found_by_name() -> None:
    call = Call("with_values", named={"defence": Call("np.float64", (0.25,))}, object=Call("rn.models.linear"))
    assert perform([Line("model", call, ())], refused)["model"] == rn.models.linear(defence=np.float64(0.25))
