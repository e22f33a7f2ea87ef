"""How large a store of netCDF files becomes, told before it is there: its numbers exactly, names and attributes closely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from richardson.study.layout import Layout
from richardson.study.store.manifest import Manifest, text_of
from richardson.study.store.netcdf import NUMBERS

FILE, ATTRIBUTE = 6_700, 245  # bytes that HDF5 and netCDF-4 need besides the texts, and for each with its share of the arrays
LINE = 350  # bytes of a block in the journal, and again in the manifest
ONCE = 1_500  # bytes of who made it, and of the audit
CREATED = "2026-01-01T00:00:00+00:00"  # as long as any time


def store_size(configuration: Mapping[str, Any], layout: Layout) -> int:
    """Bytes of all files of a complete store.

    Parameters
    ----------
    configuration : mapping
        Of the study.
    layout : Layout
        With the size of its blocks.
    """
    manifest = len(text_of(Manifest(configuration, layout, "netcdf", CREATED)))
    return manifest + ONCE + layout.block_count * (_header(layout) + LINE) + layout.count * _member_size(layout)


def block_size(layout: Layout) -> int:
    """Bytes that a block adds to a store, in its own file and in the lists of blocks."""
    return _header(layout) + LINE + layout.block * _member_size(layout)


def in_words(size: float) -> str:
    """A number of bytes in a sentence."""
    return f"{size / 2**30:.2f} GiB" if size >= 2**30 / 10 else f"{size / 2**20:.1f} MiB"


def _member_size(layout: Layout) -> int:
    """Bytes of a member: its numbers, and its own."""
    return layout.member_bytes + np.dtype(NUMBERS).itemsize


def _header(layout: Layout) -> int:
    """Bytes of a block's file besides its members."""
    described = [layout.attributes, *(each.attributes for each in layout.variables), *(each.attributes for each in layout.coordinates)]
    texts = [f"{name}{value}".encode() for attributes in described for name, value in attributes.items()]
    return FILE + ATTRIBUTE * len(texts) + sum(map(len, texts)) + sum(each.values.nbytes for each in layout.coordinates)
