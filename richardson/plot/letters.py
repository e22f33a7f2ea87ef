"""Computer Modern without LaTeX: what its text font keeps in other places, or lacks, is taken from its mathematics."""

import unicodedata
from typing import Any
from weakref import WeakKeyDictionary

from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text

FONT = "cmr10"  # TeX's own order of letters: a bar stands where Unicode has a dash
BOLD = "cmb10"
PLACES = {  # letters that the font has elsewhere, or that another of its fonts has
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    "{": r"$\{$",
    "}": r"$\}$",
    "_": r"$\_$",
    "\\": r"$\backslash$",
    "–": "|",
    "—": "{",
    "“": "\\",
    "”": '"',
    "’": "'",
    "′": r"$^\prime$",
    "±": r"$\pm$",
    "°": r"$^\circ$",
    "²": "$^2$",
    "−": "$-$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "→": r"$\rightarrow$",
    "\u00a0": " ",
}
ACCENTS = {"\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0308": "ddot"}


class SpellingLayout(ConstrainedLayoutEngine):
    """Constrained layout that spells the texts of a figure for their font before it asks for their sizes."""

    def __init__(self) -> None:
        super().__init__()
        self._written: WeakKeyDictionary[Text, str] = WeakKeyDictionary()  # so that nothing is spelt twice

    def execute(self, fig: Any) -> None:
        """Spell, then lay out."""
        for text in fig.findobj(Text):
            if FONT in text.get_fontfamily() and self._written.get(text) != text.get_text():
                text.set_text(spelt(text.get_text()))
                self._written[text] = text.get_text()
                if text.get_fontweight() == "bold":  # another font, not another weight
                    text.set(fontfamily=[BOLD, *text.get_fontfamily()[1:]], fontweight="normal")
        super().execute(fig)


def spelt(text: str) -> str:
    """A text for the font of Computer Modern, its formulas as they are."""
    parts = text.split("$")
    if len(parts) % 2 == 0:  # a dollar that begins no formula
        return text
    return "$".join(part if number % 2 else "".join(map(_letter, part)) for number, part in enumerate(parts))


def _letter(letter: str) -> str:
    if letter in PLACES:
        return PLACES[letter]
    plain, *marks = list(unicodedata.normalize("NFD", letter))
    if len(marks) == 1 and marks[0] in ACCENTS:
        return rf"$\{ACCENTS[marks[0]]}{{\mathrm{{{plain}}}}}$"
    return letter
