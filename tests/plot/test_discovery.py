"""Drawn boxes: where their edges stand, what is written, what is refused."""

import pytest
from matplotlib.patches import Rectangle

from richardson import plot
from richardson.errors import InvalidInputError
from tests.study.recorded import discovery_by_hand

FOUND = discovery_by_hand()


def test_boxes_are_drawn_by_their_limits_in_the_two_columns_restricted_most() -> None:
    axes = plot.discovery(FOUND)
    boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    assert axes.get_xlabel().startswith("defence")
    assert axes.get_ylabel().startswith("fatigue")
    assert [box.get_x() + box.get_width() for box in boxes] == pytest.approx([0.42, 0.3])
    assert [box.get_y() for box in boxes] == pytest.approx([0.5, 0.55])


def test_members_beyond_the_other_limits_of_the_first_box_are_not_drawn_inside_it() -> None:
    turned = FOUND.__class__(**{**vars(FOUND), "boxes": FOUND.boxes[::-1]})
    axes = plot.discovery(turned)
    legend = axes.get_legend()
    assert legend is not None
    others = turned.boxes[0].limits[2]
    assert legend.get_title().get_text() == f"members with {others!r}".replace("_", " ")
    shown = sum(len(line.get_xdata()) for line in axes.lines)  # type: ignore[arg-type]
    assert shown == (FOUND.samples[:, 2] <= others.high).sum()


def test_limits_are_intervals_of_the_range_with_their_numbers() -> None:
    axes = plot.box_limits(FOUND)
    written = {text.get_text() for text in axes.texts}
    assert {"0.42", "0.5"} <= written
    bars = [bar.patches[0] for bar in axes.containers if bar.get_label() == "within the box"]  # type: ignore[attr-defined]
    assert [bar.get_width() for bar in bars] == pytest.approx([0.42, 0.75], abs=0.01)


def test_the_path_is_drawn_by_coverage_and_density_with_the_box_taken_ringed() -> None:
    axes = plot.peeling(FOUND)
    path = FOUND.peelings[0]
    assert axes.collections[0].get_offsets().tolist() == [list(pair) for pair in zip(path.coverage, path.density, strict=True)]  # type: ignore[union-attr]
    ring = next(line for line in axes.lines if line.get_label() == "taken")
    assert (ring.get_xdata()[0], ring.get_ydata()[0]) == (path.coverage[4], path.density[4])  # type: ignore[index]


@pytest.mark.parametrize("box", [0, 3, True, "1"])
def test_a_box_that_is_none_is_refused(box: object) -> None:
    for draw in (plot.box_limits, plot.peeling):
        with pytest.raises(InvalidInputError, match="1 to 2"):
            draw(FOUND, box=box)


def test_one_column_makes_no_plane_and_a_tree_no_path() -> None:
    narrow = FOUND.__class__(**{**vars(FOUND), "names": ("defence",)})
    with pytest.raises(InvalidInputError, match="box_limits"):
        plot.discovery(narrow)
    tree = FOUND.__class__(**{**vars(FOUND), "peelings": (), "method": "cart"})
    with pytest.raises(InvalidInputError, match="by cart"):
        plot.peeling(tree)
