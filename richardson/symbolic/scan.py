"""What the parser refuses before Python's own parser sees a text: characters, length, size and nesting."""

import re

from richardson.errors import ParseError

LONGEST_TEXT = 8000  # characters; twenty nations in a security dilemma take half of it, each
MOST_TOKENS = 2000  # numbers, names and operators; keeps building near a tenth of a second
MOST_CALLS = 100  # of functions; each takes sympy a thousandth of a second and more
DEEPEST_NESTING = 50  # of parentheses and operators; keeps clear of Python's recursion limit

_TOKEN = re.compile(
    r"(?P<space>[ \t]+)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<operator>\*\*|//|[-+*/(),])"
)
_LIMITS = {"names, numbers and operators": MOST_TOKENS, "function calls": MOST_CALLS, "levels of parentheses": DEEPEST_NESTING}
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
    position = tokens = calls = depth = 0
    previous: str | None = None
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _bad_character(text, position)
        if match.lastgroup != "space":
            if previous == "number" and match.lastgroup in ("name", "number"):
                raise _joined(text, match)
            tokens += 1
            calls += previous == "name" and match.group() == "("
            depth += {"(": 1, ")": -1}.get(match.group(), 0)
            previous = match.lastgroup
            _check_counts(text, position, {"names, numbers and operators": tokens, "function calls": calls, "levels of parentheses": depth})
        position = match.end()
    if text.rstrip()[-1] in "+-*/,(":
        end = len(text.rstrip()) + 1
        raise ParseError(f"The expression ends after '{text.rstrip()[-1]}' (column {end}). Complete it.", text, end)
    if depth:
        raise ParseError(f"{depth} '(' without ')'. Balance the parentheses.", text, len(text) + 1)


def _check_counts(text: str, position: int, counts: dict[str, int]) -> None:
    """Refuse the token that passes a limit, or closes what is not open."""
    for what, count in counts.items():
        if count > _LIMITS[what]:
            raise ParseError(
                f"The expression has more than {_LIMITS[what]} {what} (column {position + 1}). Write it shorter, or with more states.",
                text,
                position + 1,
            )
        if count < 0:
            raise ParseError(f"A ')' has no '(' before it (column {position + 1}). Balance the parentheses.", text, position + 1)


def _joined(text: str, match: re.Match[str]) -> ParseError:
    """Refusal of a number with a name or number right after it."""
    column = match.start() + 1
    return ParseError(
        f"A number runs into '{match.group()}' (column {column}). Write '*' between factors, and whole numbers in plain decimal digits.",
        text,
        column,
    )


def _bad_character(text: str, position: int) -> ParseError:
    """Refusal of one character, with what to write instead."""
    character = text[position]
    hint = _HINTS.get(character, "Use ASCII letters, digits, '_' and + - * / ** ( ) , only.")
    return ParseError(f"The character {character!r} (column {position + 1}) does not belong in an equation. {hint}", text, position + 1)
