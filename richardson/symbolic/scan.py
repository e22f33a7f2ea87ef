"""What the parser refuses before Python's own parser sees a text: characters, length, size and nesting."""

import re

from richardson.errors import ParseError

LONGEST_TEXT = 4000  # characters; six nations written out need under 2000
MOST_TOKENS = 1000  # numbers, names and operators; keeps building under a tenth of a second
DEEPEST_NESTING = 50  # of parentheses and operators; keeps clear of Python's recursion limit

_TOKEN = re.compile(
    r"(?P<space>[ \t]+)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<operator>\*\*|//|[-+*/(),])"
)
_HINTS = {
    "^": "Write powers with '**'.",
    "=": "Write only the right-hand side, without '='.",
    "[": "Write parentheses ( ) instead.",
    "{": "Write parentheses ( ) instead.",
    ".": "Attributes do not exist in equations; a decimal point belongs inside a number, as in 0.5.",
    "<": "Comparisons do not exist in equations; use heaviside, min or max.",
    ">": "Comparisons do not exist in equations; use heaviside, min or max.",
    "%": "Write a percentage as a decimal number, 5 % as 0.05.",
    "#": "Comments do not belong in an equation; remove it.",
    ";": "Write one expression only.",
    "\n": "Write the expression on one line.",
    "\r": "Write the expression on one line.",
    "'": "Quotes do not belong in an equation; remove them.",
    '"': "Quotes do not belong in an equation; remove them.",
    "−": "Write '-' instead.",
    "–": "Write '-' instead.",
    "·": "Write '*' instead.",
    "×": "Write '*' instead.",
    "÷": "Write '/' instead.",
    "²": "Write '**2' instead.",
    "³": "Write '**3' instead.",
    "π": "Write 'pi' instead.",
    "\u00a0": "Write an ordinary space instead.",
}


def scan(text: str) -> None:
    """Refuse characters, lengths and nestings that no equation needs.

    Raises
    ------
    ParseError
        With the column of the first fault.
    """
    if len(text) > LONGEST_TEXT:
        raise ParseError(
            f"The text has {len(text)} characters; at most {LONGEST_TEXT} are read. Split the equation with more states or terms.",
            text,
            LONGEST_TEXT + 1,
        )
    if not text.strip():
        raise ParseError("The expression is empty. Write a number, a name or a formula; 0 for nothing.", text, 1)
    if text.rstrip()[-1] in "+-*/,(":
        end = len(text.rstrip()) + 1
        raise ParseError(f"The expression ends after '{text.rstrip()[-1]}' (column {end}). Complete it.", text, end)
    position = tokens = depth = 0
    previous = None
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _bad_character(text, position)
        if previous == "number" and match.lastgroup in ("name", "number"):
            raise ParseError(
                f"A number runs into '{match.group()}' (column {position + 1}). Write '*' between factors, and whole "
                "numbers in plain decimal digits.",
                text,
                position + 1,
            )
        previous = match.lastgroup
        tokens += previous != "space"
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if depth < 0:
            raise ParseError(f"A ')' has no '(' before it (column {position + 1}). Balance the parentheses.", text, position + 1)
        if depth > DEEPEST_NESTING or tokens > MOST_TOKENS:
            limit = f"{DEEPEST_NESTING} levels of parentheses" if depth > DEEPEST_NESTING else f"{MOST_TOKENS} names, numbers and operators"
            raise ParseError(f"The expression has more than {limit} (column {position + 1}). Write it shorter.", text, position + 1)
        position = match.end()
    if depth:
        raise ParseError(f"{depth} '(' without ')'. Balance the parentheses.", text, len(text) + 1)


def _bad_character(text: str, position: int) -> ParseError:
    """Refusal of one character, with what to write instead."""
    character = text[position]
    hint = _HINTS.get(character, "Use ASCII letters, digits, '_' and + - * / ** ( ) , only.")
    return ParseError(f"The character {character!r} (column {position + 1}) does not belong in an equation. {hint}", text, position + 1)
