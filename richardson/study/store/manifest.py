"""The manifest of a stored study: what is computed, how its arrays lie, and in the end the checksum of every block; with one of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from richardson.errors import InvalidInputError, OutputError
from richardson.study.configuration import digest
from richardson.study.layout import Layout
from richardson.study.store.files import write_whole
from richardson.study.store.journal import JOURNAL, Entry

MANIFEST = "manifest.json"
FORMAT, VERSION = "richardson study", 1  # of the folder; raised when an older reader would misread it
SEAL = "sha256 of the rest"
SHOWN = 4  # differences in a refusal


@dataclass(frozen=True, eq=False)
class Manifest:
    """What a manifest says.

    Attributes
    ----------
    configuration : mapping
        All that the numbers depend on, as plain values.
    layout : Layout
    storage : str
        ``"netcdf"`` or ``"zarr"``.
    created : str
        When, in ISO 8601, UTC.
    blocks : tuple of Entry
        All of them when the study is complete, none before: until then they stand in the journal.
    """

    configuration: Mapping[str, Any]
    layout: Layout
    storage: str
    created: str
    blocks: tuple[Entry, ...] = ()

    @property
    def key(self) -> str:
        """Hash of the configuration."""
        return digest_of(self.configuration)


def digest_of(plain: Mapping[str, Any]) -> str:
    """sha256 of plain values, whatever the order of their keys.

    Raises
    ------
    InvalidInputError
        If they are more than text, finite numbers, truth values, None, lists and mappings by text.
    """
    try:
        return digest(plain)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"A configuration holds text, finite numbers, truth values, lists and mappings by text only ({error})."
        ) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, whole or not at all.

    Raises
    ------
    OSError
        If that fails.
    """
    write_whole(folder / MANIFEST, text_of(manifest))


def text_of(manifest: Manifest) -> bytes:
    """What stands in the file."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "configuration": manifest.configuration,
        "sha256 of the configuration": manifest.key,
        "layout": manifest.layout.to_plain(),
        "storage": manifest.storage,
        "created": manifest.created,
        "blocks": [entry.to_plain() for entry in manifest.blocks],
    }
    return (json.dumps({**content, SEAL: digest_of(content)}, indent=1, allow_nan=False) + "\n").encode("ascii")


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder; None of one without.

    Raises
    ------
    OutputError
        If it is not as this library wrote it, or of a newer version.
    OSError
        If it cannot be read.
    """
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_bytes(), parse_constant=_refused)
        if content["format"] != FORMAT or not isinstance(content["version"], int):
            raise LookupError
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise OutputError(f"{path} is no manifest of a study of this library, or it is damaged. {REMEDY}") from error
    if content["version"] > VERSION:
        raise OutputError(f"{path} comes from a newer version of richardson (format {content['version']}). Install that version.")
    if content.pop(SEAL, None) != digest_of(content):
        raise OutputError(f"{path} was edited by hand, or it is damaged: its own checksum does not fit. {REMEDY}")
    return Manifest(
        configuration=content["configuration"],
        layout=Layout.from_plain(content["layout"]),
        storage=content["storage"],
        created=content["created"],
        blocks=tuple(map(Entry.from_plain, content["blocks"])),
    )


def _refused(constant: str) -> Any:
    """Refuse NaN and infinities, which no manifest of ours holds."""
    raise ValueError(f"{constant} is no number of JSON")


REMEDY = (
    "Nothing was changed. Put back the file as it was; or, if the folder holds a study, delete the file and go on with resume=True, which "
    f"makes it anew from {JOURNAL} and checks every block."
)


def differences(there: Any, here: Any) -> str:
    """What differs between two configurations, in words.

    Parameters
    ----------
    there, here : mapping
        Of plain values.
    """
    found = list(_differing(there, here, ""))
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(f"{path} is {_short(first)} there and {_short(second)} here" for path, first, second in found[:SHOWN]) + more


def _differing(there: Any, here: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(there, Mapping) and isinstance(here, Mapping):
        for key in dict.fromkeys((*there, *here)):
            yield from _differing(there.get(key), here.get(key), f"{path}.{key}" if path else str(key))
    elif there != here:
        yield path or "the whole", there, here


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


LONGEST = 60  # signs of a value in a refusal
