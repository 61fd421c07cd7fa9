"""Tables in memory as Parquet with content-defined pages, and back. Knows pyarrow, imported when it is used.

The pages end where the rows say so: an inserted row changes the pages around it, and all other chunks are shared with
the version before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from modelwright.sdk.data.cutting import part
from modelwright.types.errors import Invalid

FILE = "data.parquet"


def is_table(source: Any) -> bool:
    """Whether this is a table in memory: of pyarrow, pandas or polars, or anything that exports Arrow streams."""
    room = type(source).__module__.split(".")[0]
    return hasattr(source, "__arrow_c_stream__") or room in ("pandas", "polars", "pyarrow")


def write(source: Any, target: Path) -> None:
    """Write a table as Parquet.

    Raises:
        Invalid: not a table, or a column that Parquet cannot hold.
    """
    arrow = part("pyarrow")
    parquet = part("pyarrow.parquet")
    try:
        if type(source).__module__.split(".")[0] == "pandas":
            plain = type(source.index).__name__ == "RangeIndex"
            found = arrow.Table.from_pandas(source, preserve_index=False if plain else None)
        elif isinstance(source, arrow.Table):
            found = source
        else:
            found = arrow.table(source)
        parquet.write_table(found, target, compression="zstd", use_content_defined_chunking=True)
    except (arrow.ArrowException, TypeError, ValueError) as error:
        raise Invalid(f"the table cannot be written as Parquet: {error}", where="source") from None


def read(paths: list[Path]) -> Any:
    """Files of one format as one `pyarrow.Table`. Raises `Invalid`."""
    dataset = part("pyarrow.dataset")
    suffix = paths[0].suffix.lower().removeprefix(".") if paths else ""
    kind = {"parquet": "parquet", "pq": "parquet", "csv": "csv", "arrow": "ipc", "feather": "ipc"}.get(suffix)
    if kind is None:
        raise Invalid(f"no table in files that end in {suffix!r}", where="dataset", hint="get the files instead")
    return dataset.dataset([str(path) for path in paths], format=kind).to_table()
