"""A diagnosis as a table of ticks with their numbers, and what arms are owed to as bars."""

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from richardson.errors import InvalidInputError
from richardson.plot import key
from richardson.plot.draws import draws
from richardson.plot.style import PAGE, drawing, figure, paper
from richardson.theory.diagnose import Diagnosis
from richardson.theory.flagship import FACTORS
from richardson.theory.shares import ArmingShares
from richardson.theory.ticks import Tick

LINE, HEAD = 7.5, 13.0  # mm: a row of the table, its head
COLUMNS = (0.012, 0.055, 0.30, 0.44, 0.545)  # of the width: mark, question, answer, number, meaning
LETTERS = 62  # of a meaning in a line
SHORT, FIRST, LETTERS_ACROSS = 6.0, 0.25, 105  # mm: a row of diagnoses side by side; of the width: the questions; letters in it all
NOTE, LETTERS_OF_NOTES = 3.4, 175  # mm: a line of what the numbers are; letters in it
FULL, HALF, EMPTY = {"yes", "active", "both"}, {"in part", "latent", "material", "psychological"}, {"no", "none"}
ROW, FRAME, THICK = 7.0, 27.0, 0.66  # mm: a bar, axis with label and legend; of a row
SIDE = 0.03  # of the longest bar
FACES: dict[str, dict[str, Any]] = {
    "fear": {"facecolor": "#3f007d"},
    "grievance": {"facecolor": "#9e9ac8"},
    "ambition": {"facecolor": "#fdc086", "hatch": "////"},
    "history": {"facecolor": "white", "hatch": "\\\\\\\\"},
}
GAMES = {"maintenance": "kept by", "origin": "made by"}


@draws
def diagnosis(found: Diagnosis, *, ax: Axes | None = None) -> Axes:
    """The questions by which theories of the security dilemma are told apart, with a mark, the answer, its number and what that is.

    Parameters
    ----------
    found : Diagnosis
    ax : Axes, optional
        A figure two columns wide by default.

    Returns
    -------
    Axes
        Without axis lines. A full mark stands for yes, a half one for in part or latent, an empty one for no, a dash where the
        question cannot be decided.

    Examples
    --------
    >>> import richardson as rn
    >>> axes = rn.plot.diagnosis(rn.diagnose(rn.models.security_dilemma()))
    """
    with paper():
        axes = figure(width=PAGE, height=HEAD + LINE * len(found.ticks)).add_subplot() if ax is None else ax
        axes.set_axis_off()
        axes.set_xlim(0.0, 1.0)
        axes.set_ylim(len(found.ticks) - 0.4, -1.6)
        axes.text(0.0, -1.1, f"Verdict: {found.verdict}", weight="bold", va="center_baseline")
        axes.text(COLUMNS[2], -1.1, _border(found), va="center_baseline")
        axes.axhline(-0.55, color=key.INK, linewidth=0.8)
        for row, (question, tick) in enumerate(found.ticks.items()):
            _draw_tick(axes, row, question, tick)
            axes.axhline(row + 0.5, color=key.FLOW, linewidth=0.5)
    return axes


def _border(found: Diagnosis) -> str:
    border = found.border
    if np.isnan(border.border):
        return f"{border.quantity}: border not decidable"
    ahead = "no border within reach" if np.isinf(border.border) else f"another verdict at {border.border:.4g}"
    return f"{border.quantity} {border.value:.4g}, {ahead}".replace("-", "−")


def _draw_tick(axes: Axes, row: int, question: str, tick: Tick) -> None:
    _mark(axes, COLUMNS[0], row, tick)
    meaning = "\n".join(textwrap.wrap(tick.meaning, LETTERS))
    number = _number(tick, 4)
    for place, text in zip(COLUMNS[1:], (question, tick.answer, "", meaning), strict=True):
        axes.text(place, row, text, va="center_baseline" if "\n" not in text else "center", linespacing=1.05)
    axes.text(COLUMNS[4] - 0.015, row, number, va="center_baseline", ha="right")


@draws
def diagnoses(found: Mapping[str, Diagnosis], *, ax: Axes | None = None) -> Axes:
    """Several diagnoses side by side: a row a question, a column a model, in each a mark and the number behind it.

    Parameters
    ----------
    found : mapping of str to Diagnosis
        By the heads of the columns, all with the same questions.
    ax : Axes, optional
        A figure two columns wide by default.

    Returns
    -------
    Axes
        Without axis lines; marks as in `diagnosis`, below them the verdicts and what the numbers are.

    Raises
    ------
    InvalidInputError
        If there are none, or they answer different questions.

    Examples
    --------
    >>> import richardson as rn
    >>> found = {"calm": rn.diagnose(rn.models.security_dilemma(alarm=0)), "fearful": rn.diagnose(rn.models.security_dilemma())}
    >>> axes = rn.plot.diagnoses(found)
    """
    if len({tuple(each.ticks) for each in found.values()}) != 1:
        raise InvalidInputError(f"Diagnoses side by side answer the same questions; got {dict(found)!r}. Give at least one.")
    questions = list(next(iter(found.values())).ticks)
    notes = textwrap.wrap(_notes(found), LETTERS_OF_NOTES)
    with paper():
        room = NOTE * len(notes) / SHORT  # in rows
        axes = figure(width=PAGE, height=HEAD + SHORT * (len(questions) + 2 + room)).add_subplot() if ax is None else ax
        axes.set_axis_off()
        axes.set_xlim(0.0, 1.0)
        axes.set_ylim(len(questions) + 0.6 + room, -1.8)
        axes.text(0.0, len(questions) + 0.6, "\n".join(notes), va="top", fontsize="small")
        for row, question in enumerate(questions):
            axes.text(0.0, row, question, va="center_baseline")
            axes.axhline(row - 0.5, color=key.INK if row == 0 else key.FLOW, linewidth=0.8 if row == 0 else 0.5)
        axes.axhline(len(questions) - 0.5, color=key.INK, linewidth=0.8)
        axes.text(0.0, len(questions), "verdict", va="center_baseline", weight="bold")
        width = (1.0 - FIRST) / len(found)
        for column, (head, each) in enumerate(found.items()):
            left = FIRST + column * width
            axes.text(left, -0.68, textwrap.fill(head, round(width * LETTERS_ACROSS)), va="bottom", weight="bold", linespacing=1.05)
            for row, tick in enumerate(each.ticks.values()):
                _mark(axes, left + 0.01, row, tick)
                axes.text(left + 0.03, row, tick.answer, va="center_baseline")
                axes.text(left + width - 0.03, row, _number(tick, 3), va="center_baseline", ha="right")
            axes.text(left, len(questions), each.verdict, va="center_baseline", weight="bold")
    return axes


def _notes(found: Mapping[str, Diagnosis]) -> str:
    """What the number behind each question is, in so far as there is one."""
    said: dict[str, dict[str, None]] = {}
    for each in found.values():
        for question, tick in each.ticks.items():
            if tick.number is not None:
                said.setdefault(question, {})[tick.meaning] = None
    parts = "; ".join(f"{question}: {', or '.join(meanings)}" for question, meanings in said.items())
    return f"Numbers. {parts[:1].upper()}{parts[1:]}." if parts else ""


def _mark(axes: Axes, place: float, row: int, tick: Tick) -> None:
    style: dict[str, Any] = {"color": key.INK, "markersize": 6.5, "markeredgewidth": 0.8, "linestyle": "none", "clip_on": False}
    if tick.answer in FULL:
        axes.plot(place, row, marker="o", **style)
    elif tick.answer in HALF:
        axes.plot(place, row, marker="o", fillstyle="left", markerfacecoloralt="white", **style)
    elif tick.answer in EMPTY:
        axes.plot(place, row, marker="o", fillstyle="none", **style)
    else:
        axes.plot(place, row, marker="_", **style)


def _number(tick: Tick, digits: int) -> str:
    return "–" if tick.number is None else f"{tick.number:.{digits}g}".replace("-", "−")


@draws
def arming_shares(found: ArmingShares, *, legend: bool = True, ax: Axes | None = None) -> Axes:
    """What keeps each nation's arms and what made them, as bars of fear, grievance and ambition; history is what no race from zero builds.

    Parameters
    ----------
    found : ArmingShares
    legend : bool
        Whether to explain the parts above the Axes.
    ax : Axes, optional
        A figure one column wide by default.

    Returns
    -------
    Axes
        Negative parts lie left of zero. A game without a limit has no bar, and says so.

    Examples
    --------
    >>> import richardson as rn
    >>> axes = rn.plot.arming_shares(rn.arming_shares(rn.models.security_dilemma()))
    >>> axes.get_xlabel()
    'arms'
    """
    rows = [(nation, game) for nation in range(len(found.nations)) for game in GAMES]
    with drawing(ax, height=FRAME + ROW * len(rows)) as axes:
        for place, (nation, game) in enumerate(rows):
            parts = dict(zip(FACTORS, getattr(found, game)[:, nation].tolist(), strict=True))
            parts |= {"history": float(found.history[nation])} if game == "origin" else {}
            _stack(axes, place + 0.35 * nation, parts, {name: name if _is_drawn(found, name) else "" for name in parts})
        axes.axvline(0.0, color=key.INK, linewidth=0.6, zorder=3)
        heights = [place + 0.35 * nation for place, (nation, _) in enumerate(rows)]
        axes.set_yticks(heights, [f"{found.nations[nation]} {GAMES[game]}" for nation, game in rows])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(heights[-1] + 0.55, -0.55)
        low, high = axes.get_xlim()
        axes.set_xlim(low if low < 0.0 else 0.0, high * (1.0 + SIDE))
        axes.set_xlabel("arms")
        if legend:
            key.legend(axes, columns=len(FACES))
    return axes


def _stack(axes: Axes, height: float, parts: dict[str, float], labels: dict[str, str]) -> None:
    """One bar; parts above zero to the right of it, those below to the left."""
    if any(np.isnan(part) for part in parts.values()):
        axes.text(0.0, height, " a path has no limit", va="center", style="italic")
        return
    right = left = 0.0
    for name, part in parts.items():
        edge = right if part >= 0.0 else left
        axes.barh(height, part, THICK, left=edge, edgecolor=key.INK, linewidth=0.6, label=labels[name], **FACES[name])
        right, left = right + max(part, 0.0), left + min(part, 0.0)


def _is_drawn(found: ArmingShares, name: str) -> bool:
    if name == "history":
        return bool(np.nan_to_num(found.history).any())
    place = FACTORS.index(name)
    return bool(np.nan_to_num(found.maintenance[place]).any() or np.nan_to_num(found.origin[place]).any())
