"""Runs as a parquet file: a table by columns, with types, and meanings and units beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from richardson import extras
from richardson.files.batches import TEXT, Column, Runs, batches, columns_of, layout_of_runs, named


def write_parquet(runs: Runs, path: Path) -> None:
    """Write the table, a group of rows a batch; what the dataset says as attributes stands in the metadata of the schema.

    Parameters
    ----------
    runs : Ensemble, DynamicsStudy or StoredStudy
    path : Path
        Which does not exist.

    Raises
    ------
    MissingExtraError
        If pyarrow, of the extra ``scale``, is not installed.
    """
    arrow = extras.require("pyarrow", "scale")
    layout = layout_of_runs(runs)
    columns = columns_of(layout)
    about = {name: value if isinstance(value, str) else json.dumps(value) for name, value in layout.attributes.items()}
    schema = arrow.schema([_field(arrow, column) for column in columns], metadata=about)
    with extras.require("pyarrow.parquet", "scale").ParquetWriter(path, schema) as writer:
        for table in batches(runs):
            arrays = [arrow.array(named(column, table[column.name])).cast(schema.field(column.name).type) for column in columns]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))


def _field(arrow: Any, column: Column) -> Any:
    kind = arrow.dictionary(arrow.int8(), arrow.string()) if column.meanings else None
    kind = kind or (arrow.string() if column.kind == TEXT else arrow.from_numpy_dtype(column.kind))
    return arrow.field(column.name, kind, metadata={"long_name": column.meaning, "units": column.unit})
