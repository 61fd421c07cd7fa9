"""Media: what becomes of arrays, figures, tables and histograms."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from modelwright.sdk import png
from modelwright.sdk.media import Histogram, Html, Image, Table, as_media
from modelwright.types.errors import Invalid


def pixels(data: bytes) -> Any:
    return np.asarray(Picture.open(io.BytesIO(data)))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_another_decoder_reads_the_same_pixels(channels: int, height: int, width: int, seed: int) -> None:
    array = np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)
    read = pixels(png.encode(array.tobytes(), width, height, channels))
    assert np.array_equal(read.reshape(array.shape), array)


def test_arrays_of_every_layout_and_type_are_images() -> None:
    grey = np.arange(12).reshape(3, 4)
    assert np.array_equal(pixels(Image(grey).content()), grey)
    assert pixels(Image(np.ones((2, 2, 3)) * 0.5).content())[0, 0].tolist() == [127, 127, 127]
    assert pixels(Image(np.array([[True, False]])).content()).tolist() == [[255, 0]]
    assert pixels(Image(np.zeros((3, 10, 12))).content()).shape == (10, 12, 3), "channels first, as PyTorch has them"
    assert pixels(Image(np.array([[np.nan, 300.0]])).content()).tolist() == [[0, 255]]


@pytest.mark.parametrize(
    "odd", [np.zeros((2, 2, 7, 1)), np.zeros((0, 3)), np.array(["a"]), object(), np.zeros((2, 2), complex)]
)
def test_what_is_no_image_is_refused_with_a_reason(odd: Any) -> None:
    with pytest.raises(Invalid) as refused:
        Image(odd)
    assert refused.value.where == "image"


def test_files_figures_and_pictures_are_images(tmp_path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([1, 2])
    assert Image(figure).content()[:4] == b"\x89PNG" and Image(axes).content()[:4] == b"\x89PNG"
    plt.close(figure)
    picture = Picture.new("RGB", (3, 2), "red")
    assert Image(picture).about() == {"width": 3, "height": 2}
    picture.save(tmp_path / "a.jpg")
    kept = Image(tmp_path / "a.jpg", caption="red")
    assert (kept.extension, kept.content()) == ("jpg", (tmp_path / "a.jpg").read_bytes())
    assert [type(item) for item in as_media(picture) or []] == [Image]


def test_tables_come_from_everything_that_has_rows() -> None:
    wanted = (["a", "b"], [[1, "x"], [2, "y"]])
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    for source in (frame, [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], {"a": [1, 2], "b": ["x", "y"]}):
        table = Table(source)
        assert (table.columns, table.data) == wanted
    rows = Table([[1, "x"], [2]], ["a", "b"])
    assert rows.data == [[1, "x"], [2, None]]
    rows.add_data(3, math.inf)
    assert json.loads(rows.content()) == {"columns": ["a", "b"], "data": [[1, "x"], [2, None], [3, "Infinity"]]}
    assert rows.csv().decode().splitlines() == ["a,b", "1,x", "2,", "3,inf"]
    assert [type(item) for item in as_media(frame) or []] == [Table]


def test_a_histogram_counts_every_value_once() -> None:
    histogram = Histogram([*range(100), math.nan, math.inf], bins=10)
    content = json.loads(histogram.content())
    assert content["counts"] == [10] * 10 and content["not_finite"] == 2
    assert content["edges"][0] == 0 and math.isclose(content["edges"][-1], 99)
    assert json.loads(Histogram([]).content())["counts"] == [0] * 64
    assert sum(json.loads(Histogram([5, 5]).content())["counts"]) == 2


def test_html_is_text_a_file_or_an_object_that_knows(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>file</p>")

    class Chart:
        def to_html(self) -> str:
            return "<p>chart</p>"

    assert [Html(source).content() for source in ("<p>text</p>", tmp_path / "page.html", Chart())] == [
        b"<p>text</p>", b"<p>file</p>", b"<p>chart</p>",
    ]  # fmt: skip
