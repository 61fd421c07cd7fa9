"""Binary frames come back whole and lie aligned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from modelwright.kit import frames
from modelwright.types.errors import Invalid


@given(
    st.dictionaries(
        st.text(max_size=5).filter(lambda name: name != "columns"), st.integers(-9, 9) | st.text(max_size=20)
    ),
    st.lists(
        arrays.arrays(st.sampled_from((np.float64, np.int64, np.uint8, np.float32)), st.integers(0, 9)), max_size=12
    ),
)
def test_header_and_columns_come_back_and_columns_lie_at_multiples_of_eight(header, columns) -> None:
    named = {f"c{number}": column for number, column in enumerate(columns)}
    data = frames.encode(header, named)
    found, read = frames.decode(data)
    assert found == header and list(read) == list(named)
    for name, column in named.items():
        np.testing.assert_array_equal(read[name], column)
        assert (read[name].ctypes.data - np.frombuffer(data, np.uint8).ctypes.data) % 8 == 0
    assert len(data) % 8 == 0


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: b"MWF1\x08\x00\x00\x00" + tail))
def test_other_bytes_are_refused(data: bytes) -> None:
    try:
        frames.decode(data)
    except Invalid:
        return


def test_a_frame_that_is_cut_short_is_refused() -> None:
    data = frames.encode({"a": 1}, {"x": np.arange(5.0)})
    for size in (0, 4, 10, len(data) - 8):
        with pytest.raises(Invalid):
            frames.decode(data[:size])
