"""Packed columns, chunks and pyramids: every bit comes back, and damage is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from modelwright.domains.tracking.points import axis, batch, cells, chunk, columns, pyramid
from modelwright.domains.tracking.points.chunk import Block
from modelwright.types.errors import Unavailable

INTS = arrays.arrays(np.int64, st.integers(0, 300), elements=st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3))
FLOATS = arrays.arrays(np.float64, st.integers(0, 300), elements=st.floats() | st.integers(-5, 5).map(float))


@given(INTS, st.sampled_from((None, 0, 1, 2)), st.booleans())
def test_integers_come_back(numbers, order, floor) -> None:
    data = columns.pack_ints(numbers, order, floor=floor)
    out = np.empty(len(numbers), np.int64)
    assert columns.unpack_ints(memoryview(data + b"tail"), 0, out) == len(data)
    np.testing.assert_array_equal(out, numbers)


@given(FLOATS)
def test_floats_come_back_to_the_bit(values) -> None:
    data = columns.pack_floats(values)
    out = np.empty(len(values), np.float64)
    assert columns.unpack_floats(memoryview(data + b"tail"), 0, out) == len(data)
    np.testing.assert_array_equal(out.view(np.int64), values.view(np.int64))


@pytest.mark.parametrize(
    "numbers",
    [
        np.arange(8192),
        np.cumsum(np.random.default_rng(0).integers(90, 110, 8192)),
        np.zeros(5000),
        np.full(5000, 2**62) * np.tile((1, -1), 2500),
        np.random.default_rng(0).integers(-(2**63), 2**63 - 1, 8192),
        np.repeat(np.arange(100), 80),
        np.arange(8192)[::-1] * 7,
    ],
)
def test_large_columns_come_back_and_regular_ones_are_small(numbers) -> None:
    numbers = numbers.astype(np.int64)
    data = columns.pack_ints(numbers)
    out = np.empty(len(numbers), np.int64)
    columns.unpack_ints(memoryview(data), 0, out)
    np.testing.assert_array_equal(out, numbers)
    assert len(data) <= 8 * len(numbers) + 40
    if len(set(np.diff(numbers).tolist())) == 1:
        assert len(data) < 100


@given(
    st.lists(
        st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1), st.floats()),
        min_size=1,
        max_size=60,
    )
)
def test_every_form_of_chunk_comes_back_whole(points) -> None:
    block = Block(
        *(
            np.array(column, kind)
            for column, kind in zip(zip(*points, strict=True), (np.int64, np.int64, np.float64), strict=True)
        )
    )
    forms = [chunk.fresh(block), chunk.packed(block)]
    if len(points) == 1:
        forms.append(chunk.single(*points[0]))
        assert chunk.point(forms[-1], "m") is not None
    for data in forms:
        for column, expected in zip(chunk.read(data, "m"), block, strict=True):
            np.testing.assert_array_equal(column, expected)


@settings(max_examples=60)
@given(st.data())
def test_any_flipped_bit_or_missing_byte_of_a_chunk_or_pyramid_is_found(data) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    count = data.draw(st.sampled_from((1, 2, 200)))
    block = Block(np.arange(count), np.cumsum(rng.integers(0, 9, count)), rng.normal(size=count))
    whole = data.draw(
        st.sampled_from(
            (chunk.fresh(block), chunk.packed(block), chunk.single(1, 2, 3.0), pyramid.pack(pyramid.over(block)[1]))
        )
    )
    read = pyramid.unpack if whole == pyramid.pack(pyramid.over(block)[1]) else chunk.read
    place = data.draw(st.integers(0, len(whole) * 8 - 1))
    flipped = bytearray(whole)
    flipped[place // 8] ^= 1 << place % 8
    for broken in (bytes(flipped), whole[: place // 8]):
        with pytest.raises(Unavailable, match="damaged") as refusal:
            read(broken, "run 1, metric 'm'")
        assert refusal.value.where == "run 1, metric 'm'"


@given(
    st.lists(
        st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.sampled_from((0.0, 1.0, np.nan, np.inf))),
        min_size=1,
        max_size=40,
    )
)
def test_a_batch_is_sorted_and_holds_each_point_once(points) -> None:
    block = Block(
        *(
            np.array(column, kind)
            for column, kind in zip(zip(*points, strict=True), (np.int64, np.int64, np.float64), strict=True)
        )
    )
    made = batch.of("m", block)
    found = [
        (step, time, repr(value))
        for step, time, value in zip(*(column.tolist() for column in made.columns), strict=True)
    ]
    assert sorted(found) == sorted({(step, time, repr(float(value))) for step, time, value in points})
    assert [item[:2] for item in found] == sorted(item[:2] for item in found)
    assert made.count == len(found) and made.nans == sum(item[2] == "nan" for item in found)


@given(
    st.lists(st.floats(-1e6, 1e6) | st.sampled_from((np.nan, np.inf, -np.inf)), min_size=1, max_size=80),
    st.integers(1, 9),
)
def test_cells_of_cells_are_the_cells_of_all_points(values, width) -> None:
    numbers = np.array(values)
    fine = np.arange(len(numbers)) // width
    direct = cells.of_points(cells.starts(fine // 3), numbers, spread=True)
    at = cells.starts(fine)
    twice = cells.coarser(cells.of_points(at, numbers, spread=True), cells.starts(fine[at] // 3), spread=True)
    for name in ("count", "odd", "marks", "low", "high", "last"):
        np.testing.assert_array_equal(direct[name], twice[name])
    np.testing.assert_allclose(direct["total"], twice["total"], rtol=1e-12, atol=1e-6)
    np.testing.assert_allclose(direct["spread"], twice["spread"], rtol=1e-5, atol=1e-3)


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300), st.integers(1, 3000))
def test_a_grid_holds_its_range_in_few_buckets_on_both_kinds_of_axis(one, other, most) -> None:
    low, high = sorted((one, other))
    grid = axis.real(low, high, most)
    assert 1 <= grid.buckets <= max(most, 2)
    assert grid.real(np.array([low, high])).tolist() == [0, grid.buckets - 1]
    steps = [max(min(int(edge), 2**63 - 1), -(2**63)) for edge in (low, high)]
    grid = axis.whole(*steps, most)
    assert 1 <= grid.buckets <= max(most, 2) and (grid.shift == 0 or grid.buckets > most // 2 - 1)
    assert grid.whole(np.array(steps)).tolist() == [0, grid.buckets - 1]
