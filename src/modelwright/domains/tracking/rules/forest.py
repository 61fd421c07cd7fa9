"""A small forest of extremely randomized trees, and what shuffling a feature costs it. Pure numpy, the same every time.

Trees as in Geurts, Ernst and Wehenkel, "Extremely randomized trees" (2006): at each node some features are drawn,
each with one random threshold, and the best of these splits is taken. All trees grow at once, level by level, so that
a level is a few operations on long arrays. Importance as in Breiman, "Random forests" (2001): how much worse what a
tree has not seen is predicted when the values of one feature are shuffled.

The interval is a bootstrap over the runs: each of 40 resamples grows trees of its own and gives an importance of its
own; 95 % of these lie within the interval. Knows numbers; refuses to know what they stand for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 40
_TREES = 2  # of a resample
_UNSEEN = 1 / 3  # of the runs of a resample, by tree
_DEPTH = 10
_LEAF = 3  # runs in a leaf at least
_TRIED = 10  # features at a node
_MASK = 0xFFFF
_SEED = 20_010_701

_I8 = NDArray[np.int64]
_F8 = NDArray[np.float64]


class Found(NamedTuple):
    """Importance of each feature with its interval, as parts of the variance, and the part that the forest explains."""

    importance: _F8
    low: _F8
    high: _F8
    explained: float


class _Samples(NamedTuple):
    """Runs as trees see them: places in the data and trees."""

    rows: _I8
    trees: _I8


class _Forest(NamedTuple):
    """Nodes: `feature` −1 is a leaf; the right child is the one behind the left."""

    feature: _I8
    threshold: _I8
    left: _I8
    value: _F8


class _Data:
    """Features as small whole numbers, and how each tree reads them.

    Trees read numbers as they are. The order of categories means nothing, so each tree has one of its own: an odd
    factor permutes the numbers below 2^16.
    """

    def __init__(self, codes: _I8, categories: NDArray[np.bool_], target: _F8, rng: np.random.Generator) -> None:
        trees, features = _RESAMPLES * _TREES, codes.shape[1]
        self.codes = np.ascontiguousarray(codes, np.int64)
        self.target = target
        drawn: Any = rng.integers(0, _MASK + 1, (2, trees, features))
        self.factor = np.where(categories, drawn[0] | 1, 1).astype(np.int64)
        self.offset = np.where(categories, drawn[1], 0).astype(np.int64)

    def read(self, samples: _Samples, features: _I8) -> _I8:
        """The value of one feature for each sample."""
        codes = self.codes[samples.rows, features]
        return (codes * self.factor[samples.trees, features] + self.offset[samples.trees, features]) & _MASK


def importance(codes: _I8, categories: NDArray[np.bool_], target: _F8) -> Found:
    """What each feature is worth.

    Args:
        codes: (runs, features) whole numbers from 0 to 65,535, of at least 10 runs.
        categories: which features have no order.
        target: what is predicted, of mean 0 and variance 1.
    """
    rng = np.random.default_rng(_SEED)
    data = _Data(codes, categories, target, rng)
    seen, unseen = _split(len(target), rng)
    forest = _grow(data, seen, rng)
    groups = unseen.trees // _TREES
    counts = np.maximum(np.bincount(groups, minlength=_RESAMPLES), 1)
    wanted = target[unseen.rows]
    plain = _predict(forest, data, unseen)
    base = (plain - wanted) ** 2
    used = set(forest.feature.tolist())
    worse = np.zeros((_RESAMPLES, codes.shape[1]))
    for feature in range(codes.shape[1]):
        if feature not in used:
            continue
        # The samples are sorted by tree, so this shuffles within trees.
        order = np.argsort(unseen.trees + rng.random(len(unseen.trees)))
        error = (_predict(forest, data, unseen, feature, unseen.rows[order]) - wanted) ** 2
        worse[:, feature] = np.bincount(groups, error - base, _RESAMPLES) / counts / 2
    low, high = np.quantile(worse, (0.025, 0.975), axis=0)
    return Found(worse.mean(axis=0), low, high, _explained(unseen.rows, plain, target))


def _split(count: int, rng: np.random.Generator) -> tuple[_Samples, _Samples]:
    """What trees are grown on and what they are tried on; no run of a resample is both to a tree."""
    trees = _RESAMPLES * _TREES
    rows = np.repeat(rng.integers(0, count, (_RESAMPLES, count)), _TREES, axis=0)
    numbers = np.repeat(np.arange(trees), count).reshape(trees, count)
    kept = np.take_along_axis(rng.random((trees, count)) >= _UNSEEN, rows, axis=1)
    return _Samples(rows[kept], numbers[kept]), _Samples(rows[~kept], numbers[~kept])


def _explained(rows: _I8, predicted: _F8, target: _F8) -> float:
    """1 − error/variance of the mean prediction of the trees that have not seen a run."""
    times = np.bincount(rows, minlength=len(target))
    there = times > 0
    means = np.bincount(rows, predicted, len(target))[there] / times[there]
    spread = float(((target[there] - target[there].mean()) ** 2).sum())
    return 1.0 - float(((target[there] - means) ** 2).sum()) / spread if spread > 0 else 0.0


def _grow(data: _Data, seen: _Samples, rng: np.random.Generator) -> _Forest:
    trees, features = data.factor.shape
    parts: list[tuple[_I8, _I8, _I8, _F8]] = []
    samples, target = seen, data.target[seen.rows]
    owner = seen.trees  # the node of each sample, as a place within its level; samples are sorted by it
    size = trees  # nodes of the level
    below = trees  # id of the first node of the next level
    for depth in range(_DEPTH + 1):
        counts = np.bincount(owner, minlength=size).astype(np.float64)
        sums: _F8 = np.bincount(owner, target, size).astype(np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.where(counts > 0, sums / counts, 0.0)
        chosen, threshold = (
            _best(data, samples, target, owner, counts, sums, min(features, _TRIED), rng)
            if depth < _DEPTH
            else (np.full(size, -1, np.int64), np.zeros(size, np.int64))
        )
        splits = chosen >= 0
        place = np.cumsum(splits) - 1
        parts.append((chosen, threshold, np.where(splits, below + 2 * place, 0), value))
        size = 2 * int(splits.sum())
        if not size:
            break
        inside = splits[owner]
        samples, target, owner = _Samples(samples.rows[inside], samples.trees[inside]), target[inside], owner[inside]
        right = data.read(samples, chosen[owner]) > threshold[owner]
        owner = 2 * place[owner] + right
        order = np.argsort(owner, kind="stable")
        samples, target, owner = _Samples(samples.rows[order], samples.trees[order]), target[order], owner[order]
        below += size
    feature, threshold, left, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _Forest(feature, threshold, left, value)


def _best(
    data: _Data,
    samples: _Samples,
    target: _F8,
    owner: _I8,
    counts: _F8,
    sums: _F8,
    tried: int,
    rng: np.random.Generator,
) -> tuple[_I8, _I8]:
    """For each node the best of some random splits, (feature, threshold); −1 where none is any good."""
    size = len(counts)
    present = np.flatnonzero(counts)
    at = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts[present].astype(np.int64))[:-1]))
    least = np.full(size, _MASK, np.int64)
    most = np.zeros(size, np.int64)
    feature = np.full(size, -1, np.int64)
    threshold = np.zeros(size, np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        best = np.where(counts > 0, sums * sums / counts, 0.0) + 1e-9
        for _ in range(tried):
            drawn = rng.integers(0, data.codes.shape[1], size)
            values = data.read(samples, drawn[owner])
            least[present] = np.minimum.reduceat(values, at)
            most[present] = np.maximum.reduceat(values, at)
            cut = least + np.floor(rng.random(size) * (most - least)).astype(np.int64)
            goes_left = values <= cut[owner]
            left = np.bincount(owner, goes_left, size)
            total = np.bincount(owner, target * goes_left, size)
            gain = total * total / left + (sums - total) ** 2 / (counts - left)
            better = (left >= _LEAF) & (counts - left >= _LEAF) & (gain > best)
            best = np.where(better, gain, best)
            feature = np.where(better, drawn, feature)
            threshold = np.where(better, cut, threshold)
    return feature, threshold


def _predict(forest: _Forest, data: _Data, samples: _Samples, shuffled: int = -1, others: _I8 | None = None) -> _F8:
    """Predictions; one feature may be read of other runs instead."""
    node = samples.trees.copy()
    active = np.flatnonzero(forest.feature[node] >= 0)
    while len(active):
        here = node[active]
        features = forest.feature[here]
        rows = samples.rows[active]
        if others is not None:
            rows = np.where(features == shuffled, others[active], rows)
        values = data.read(_Samples(rows, samples.trees[active]), features)
        here = forest.left[here] + (values > forest.threshold[here])
        node[active] = here
        active = active[forest.feature[here] >= 0]
    return forest.value[node]
