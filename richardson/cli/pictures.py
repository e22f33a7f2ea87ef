"""A picture written to the file that a user names, whole or not at all."""

import secrets
from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from richardson.errors import ComputationError, OutputError
from richardson.plot.style import UNDATED, paper

KINDS = (".pdf", ".svg", ".png")


def checked_picture(name: str | None) -> Path | None:
    """The file to draw to, refused before anything is computed.

    Raises
    ------
    OutputError
        If its ending is not that of a picture, or its folder does not exist.
    """
    if name is None:
        return None
    path = Path(name)
    if path.suffix.lower() not in KINDS:
        raise OutputError(f"'{name}' is not the name of a picture. Let it end in {', '.join(KINDS[:-1])} or {KINDS[-1]}.")
    if not path.parent.is_dir() or path.is_dir():
        raise OutputError(f"'{name}' cannot be written: {path.parent} is not a folder, or the name is a folder's. Name a file in a folder.")
    return path


def write_picture(axes: Axes, path: Path) -> None:
    """Draw the figure of some Axes to a file; a file that is already there is replaced.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    figure = axes.get_figure(root=True)
    if not isinstance(figure, Figure):
        raise ComputationError("There is nothing to draw: the picture has no figure.")
    kind = path.suffix.lower().removeprefix(".")
    buffer = BytesIO()
    with paper():
        figure.savefig(buffer, format=kind, metadata=UNDATED.get(kind))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        try:
            temporary.write_bytes(buffer.getvalue())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"'{path}' cannot be written: {(error.strerror or str(error)).lower()}. Name a file that you can write."
        ) from error
