"""Media that can be logged: images, HTML, tables, histograms.

Knows how to turn what users have (PIL, NumPy, PyTorch, matplotlib, pandas, polars, plain lists) into the bytes of a
file. Refuses to import any of them: it asks an object for what it can do.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from modelwright.sdk import png
from modelwright.sdk.values import number, plain, shown
from modelwright.types.codec import finite
from modelwright.types.errors import Invalid


class Media:
    """Something that is stored as a file. `kind` names it, `extension` the file type."""

    kind = "file"
    extension = "bin"

    def content(self) -> bytes:
        """The bytes of the file."""
        raise Invalid(f"{type(self).__name__} has no content")

    def about(self) -> dict[str, Any]:
        """What is told beside the file (caption, size)."""
        return {}


class Image(Media):
    """An image from a path, bytes, a PIL image, a matplotlib figure, a NumPy array or a PyTorch tensor.

    Args:
        source: arrays are (height, width), (height, width, channels) or (channels, height, width) with 1 to 4 channels;
            integers are 0 to 255, floats are 0 to 1 (or 0 to 255 when a value is above 1).
        caption: a line of text shown with it.

    Raises:
        Invalid: the source is none of these.
    """

    kind = "image"

    def __init__(self, source: Any, caption: str = "") -> None:
        self.caption = caption
        self.width = self.height = 0
        self.extension = "png"
        self._data = self._read(source)

    def _read(self, source: Any) -> bytes:
        if isinstance(source, (str, Path)):
            path = Path(source)
            self.extension = path.suffix.lstrip(".").lower() or "png"
            try:
                return path.read_bytes()
            except OSError as error:
                raise Invalid(f"the image {path} cannot be read: {error.strerror}", where="image") from None
        if isinstance(source, (bytes, bytearray)):
            return bytes(source)
        buffer = io.BytesIO()
        if hasattr(source, "savefig"):
            source.savefig(buffer, format="png", bbox_inches="tight")
            return buffer.getvalue()
        if hasattr(source, "gca") is False and hasattr(source, "figure") and hasattr(source.figure, "savefig"):
            source.figure.savefig(buffer, format="png", bbox_inches="tight")  # axes
            return buffer.getvalue()
        if hasattr(source, "save") and hasattr(source, "mode") and hasattr(source, "size"):
            self.width, self.height = source.size
            source.save(buffer, format="PNG")
            return buffer.getvalue()
        return self._from_array(source)

    def _from_array(self, source: Any) -> bytes:
        for step in ("detach", "cpu"):
            if hasattr(source, step):
                source = getattr(source, step)()
        try:
            import numpy as np

            pixels = np.asarray(source)
        except Exception:
            raise Invalid(
                f"{type(source).__name__} is no image", where="image", hint="give a path, PIL image, figure or array"
            ) from None
        if pixels.ndim == 3 and pixels.shape[0] <= 4 < pixels.shape[2]:
            pixels = pixels.transpose(1, 2, 0)
        if pixels.ndim == 2:
            pixels = pixels[:, :, None]
        if pixels.ndim != 3 or not 1 <= pixels.shape[2] <= 4 or 0 in pixels.shape or pixels.dtype.kind not in "biuf":
            raise Invalid(f"an array of shape {pixels.shape} and type {pixels.dtype} is no image", where="image")
        if pixels.dtype.kind == "f":
            pixels = np.nan_to_num(pixels)
            pixels = pixels * 255 if pixels.max() <= 1 else pixels
        elif pixels.dtype.kind == "b":
            pixels = pixels * np.uint8(255)
        pixels = np.clip(pixels, 0, 255).astype(np.uint8)
        self.height, self.width = int(pixels.shape[0]), int(pixels.shape[1])
        return png.encode(np.ascontiguousarray(pixels).tobytes(), self.width, self.height, int(pixels.shape[2]))

    def content(self) -> bytes:
        """The bytes of the image file."""
        return self._data

    def about(self) -> dict[str, Any]:
        """Its size in pixels and its caption, as far as they are known."""
        size = {"width": self.width, "height": self.height} if self.width else {}
        return {**size, **({"caption": self.caption} if self.caption else {})}


class Html(Media):
    """A page or fragment: text, a path to a `.html` file, or an object with `to_html` (plotly figure, pandas style)."""

    kind = "html"
    extension = "html"

    def __init__(self, source: Any) -> None:
        if hasattr(source, "to_html"):
            source = source.to_html()
        elif isinstance(source, Path) or (
            isinstance(source, str) and "<" not in source and source.endswith((".html", ".htm"))
        ):
            source = Path(source).read_text(encoding="utf-8", errors="replace")
        self._text = source if isinstance(source, str) else shown(source)

    def content(self) -> bytes:
        """The page in UTF-8."""
        return self._text.encode("utf-8", "backslashreplace")


class Table(Media):
    """Rows under columns: a DataFrame (pandas, polars, pyarrow), dicts, a dict of columns, or `columns` and `data`.

    Stored as JSON `{"columns": […], "data": [[…], …]}`. `log_table` also writes CSV and Parquet.
    """

    kind = "table"
    extension = "json"

    def __init__(self, data: Any = None, columns: Sequence[str] | None = None) -> None:
        self.columns, self.data = _rows(data, columns)

    def add_data(self, *row: Any) -> None:
        """Add one row."""
        self.data.append(list(row))

    def content(self) -> bytes:
        """Columns and rows as JSON."""
        data = {"columns": self.columns, "data": finite([[plain(cell) for cell in row] for row in self.data])}
        import json

        return json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace")

    def csv(self) -> bytes:
        """The table as CSV (RFC 4180) with a header."""
        import csv

        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(self.columns)
        writer.writerows([["" if cell is None else plain(cell) for cell in row] for row in self.data])
        return out.getvalue().encode("utf-8", "backslashreplace")

    def parquet(self) -> bytes:
        """The table as Parquet; needs `pyarrow`.

        Raises:
            Invalid: pyarrow is not installed, or a column mixes types.
        """
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError:
            raise Invalid(
                "Parquet needs the package pyarrow", where="format", hint="pip install pyarrow, or choose csv or json"
            ) from None
        try:
            cells = zip(*self.data, strict=True) if self.data else [[] for _ in self.columns]
            table = pa.table(
                {name: [plain(cell) for cell in column] for name, column in zip(self.columns, cells, strict=True)}
            )
            out = io.BytesIO()
            pq.write_table(table, out, compression="zstd")
        except Exception as error:
            raise Invalid(f"the table cannot be written as Parquet: {error}", where="table") from None
        return out.getvalue()

    def about(self) -> dict[str, Any]:
        """How many rows it has, and its first columns."""
        return {"rows": len(self.data), "columns": self.columns[:100]}


def _rows(data: Any, columns: Sequence[str] | None) -> tuple[list[str], list[list[Any]]]:
    if data is None:
        return [str(name) for name in columns or []], []
    if hasattr(data, "to_pylist"):  # pyarrow
        data = data.to_pylist()
    elif hasattr(data, "to_dicts"):  # polars
        data = data.to_dicts() or {name: [] for name in data.columns}
    elif hasattr(data, "columns") and hasattr(data, "itertuples"):  # pandas
        names = [str(name) for name in data.columns]
        return names, [list(row) for row in data.itertuples(index=False, name=None)]
    elif hasattr(data, "to_frame"):  # a pandas series
        return _rows(data.to_frame(), columns)
    elif hasattr(data, "tolist") and hasattr(data, "shape"):
        data = data.tolist()
    if isinstance(data, Mapping):
        pairs = cast("Mapping[Any, Iterable[Any]]", data)
        names = [str(name) for name in pairs]
        return names, [list(row) for row in zip(*pairs.values(), strict=False)]
    rows = list(cast("Iterable[Any]", data))
    if rows and isinstance(rows[0], Mapping):
        names = list(dict.fromkeys(str(name) for row in rows for name in row))
        by_text = [{str(key): value for key, value in row.items()} for row in rows]
        return names, [[row.get(name) for name in names] for row in by_text]
    body = [list(row) if isinstance(row, (list, tuple)) else [row] for row in rows]
    width = max((len(row) for row in body), default=0)
    names = [str(name) for name in columns or []] or [f"column_{index}" for index in range(width)]
    return names, [row + [None] * (len(names) - len(row)) for row in body]


class Histogram(Media):
    """How values are distributed: counts in equal bins from the least to the greatest. NaN and ±Inf are counted apart.

    Args:
        values: any array or iterable of numbers.
        bins: number of bins.
    """

    kind = "histogram"
    extension = "json"

    def __init__(self, values: Any, bins: int = 64) -> None:
        for step in ("detach", "cpu"):
            if hasattr(values, step):
                values = getattr(values, step)()
        if hasattr(values, "reshape") and hasattr(values, "tolist"):
            values = values.reshape(-1).tolist()
        numbers = [value for item in values if (value := number(item)) is not None]
        kept = [value for value in numbers if math.isfinite(value)]
        self.odd = len(numbers) - len(kept)
        low, high = (min(kept), max(kept)) if kept else (0.0, 0.0)
        width = (high - low) / bins or 1.0
        self.counts = [0] * bins
        for value in kept:
            self.counts[min(int((value - low) / width), bins - 1)] += 1
        self.edges = [low + index * width for index in range(bins + 1)]

    def content(self) -> bytes:
        """Edges and counts as JSON."""
        import json

        return json.dumps({"edges": self.edges, "counts": self.counts, "not_finite": self.odd}).encode()

    def about(self) -> dict[str, Any]:
        """How many bins it has, and where they begin and end."""
        return {"bins": len(self.counts), "low": self.edges[0], "high": self.edges[-1]}


def as_media(value: Any) -> list[Media] | None:
    """Media from a value: itself, a list of media, a figure, a PIL image, a DataFrame; None when it is no medium."""
    if isinstance(value, Media):
        return [value]
    if isinstance(value, (list, tuple)):
        items = list(cast("Iterable[Any]", value))
        return items if items and all(isinstance(item, Media) for item in items) else None
    root = type(value).__module__.partition(".")[0]
    if (root == "matplotlib" and hasattr(value, "savefig")) or (root == "PIL" and hasattr(value, "save")):
        return [Image(value)]
    if root == "plotly" and hasattr(value, "to_html"):
        return [Html(value)]
    if root in {"pandas", "polars", "pyarrow"} and hasattr(value, "columns"):
        return [Table(value)]
    return None
