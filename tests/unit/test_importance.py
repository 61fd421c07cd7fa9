"""What params have to do with a metric, on data whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from modelwright.domains.tracking.rules import columns, importance
from modelwright.types.overview import ColumnKind
from modelwright.types.tracking import Goal


def number(name: str, values: np.ndarray) -> columns.Column:
    return columns.of_numbers(f"params.{name}", values, ColumnKind.NUMBER, [])


def test_importances_are_the_parts_of_the_variance_that_params_make() -> None:
    rng = np.random.default_rng(2)
    x = rng.random((1_000, 6))
    said = importance.of_params(
        2 * x[:, 0] + x[:, 1] + 0.05 * rng.normal(size=1_000), [number(f"x{n}", x[:, n]) for n in range(6)], Goal.MAX
    )
    by = {each.param: each for each in said.params}
    assert said.explained > 0.85 and [each.param for each in said.params[:2]] == ["x0", "x1"]
    assert by["x0"].importance == pytest.approx(0.8, abs=0.2) and by["x1"].importance == pytest.approx(0.2, abs=0.1)
    for each in said.params:
        assert each.importance_low <= each.importance <= each.importance_high
    for name in ("x2", "x3", "x4", "x5"):
        assert by[name].importance_low <= 0.0 <= by[name].importance_high + 0.01
    assert by["x0"].helps == "up" and said.note == ""


def test_of_noise_alone_no_param_is_said_to_matter() -> None:
    rng = np.random.default_rng(4)
    said = importance.of_params(rng.random(200), [number(f"x{n}", rng.random(200)) for n in range(10)], None)
    assert said.explained < 0.05 and "noise" in said.note
    assert all(each.importance_low <= 0.0 for each in said.params)


def test_the_order_of_categories_means_nothing() -> None:
    rng = np.random.default_rng(5)
    names = [f"c{n}" for n in rng.integers(0, 8, 400)]
    effects = {f"c{n}": float(n % 2) for n in range(8)}
    column = columns.of_texts("params.c", names, ColumnKind.TEXT)
    said = importance.of_params(
        np.array([effects[name] for name in names]) + 0.01 * rng.random(400),
        [column, number("x", rng.random(400))],
        None,
    )
    assert said.params[0].param == "c" and said.params[0].importance > 0.5 and said.params[0].correlation is None


def test_a_rank_correlation_is_spearmans_with_ties() -> None:
    from scipy import stats

    rng = np.random.default_rng(6)
    x, y = rng.integers(0, 5, 50).astype(float), rng.integers(0, 5, 50).astype(float)
    y[:20] = x[:20]
    one = importance.of_params(y, [number("x", x)], None).params[0]
    assert one.correlation == pytest.approx(float(stats.spearmanr(x, y).statistic), abs=1e-6)
    assert one.correlation_low < one.correlation < one.correlation_high


@pytest.mark.parametrize("count", [0, 1, 2, 3, 9, 10])
def test_few_runs_are_told_apart_from_many(count: int) -> None:
    values = np.arange(count, dtype=float)
    said = importance.of_params(values, [number("x", values[::-1].copy())], None)
    assert (said.params[0].importance is None) == (count < 10) and said.note
    assert (said.params[0].correlation is None) == (count < 4)


def test_missing_values_equal_ones_and_huge_ones_break_nothing() -> None:
    x = np.array([np.nan, 1e308, -1e308, 5e-324] * 10)
    said = importance.of_params(
        np.linspace(0, 1e300, 40),
        [number("x", x), number("none", np.full(40, np.nan)), number("same", np.ones(40))],
        None,
    )
    by = {each.param: each for each in said.params}
    assert by["x"].n == 30 and by["x"].importance is not None
    assert by["none"].importance is None is by["same"].importance
    assert importance.of_params(np.ones(40), [number("x", x)], None).note.startswith("the metric has the same value")
