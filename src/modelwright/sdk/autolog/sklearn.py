"""scikit-learn: params, training score and, of boosting models, the score of every stage.

Patches `fit`, `fit_predict` and `fit_transform` of every public estimator. Refuses to change what they return or how
long they take by more than one prediction on at most 10,000 training rows.
"""

from __future__ import annotations

from typing import Any

from modelwright.sdk.autolog import hooks
from modelwright.sdk.run import Run

_ROWS = 10_000


def patch(module: str) -> None:
    """Patch every public estimator, now and as further ones are imported."""
    from sklearn.base import BaseEstimator

    original = BaseEstimator.__init_subclass__.__func__

    def on_subclass(cls: type, **options: Any) -> None:
        original(cls, **options)
        with hooks.guarded(module):
            _patch_class(cls)

    BaseEstimator.__init_subclass__ = classmethod(on_subclass)
    waiting: list[type] = [BaseEstimator]
    while waiting:
        cls = waiting.pop()
        _patch_class(cls)
        waiting += cls.__subclasses__()


def _patch_class(cls: type) -> None:
    # Boosters of other packages subclass scikit-learn's estimators and have a file of their own.
    if cls.__module__.partition(".")[0] in {"xgboost", "lightgbm"}:
        return
    for name in ("fit", "fit_predict", "fit_transform"):
        if name in vars(cls) and callable(vars(cls)[name]):
            hooks.wrap(cls, name, _fit)


def _fit(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    with hooks.training("sklearn", type(self).__name__) as run:
        if run is not None:
            with hooks.guarded("sklearn"):
                _before(run, self)
        result = original(self, *args, **kwargs)
        if run is not None:
            with hooks.guarded("sklearn"):
                _after(run, self, args, kwargs)
        return result


def _before(run: Run, model: Any) -> None:
    run.config.update({"estimator": type(model).__name__, **_params(model)})


def _params(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in model.get_params(deep=True).items():
        if hasattr(value, "get_params"):
            value = type(value).__name__
        elif isinstance(value, (list, tuple)) and any(
            hasattr(part, "fit") for item in value for part in (item if isinstance(item, tuple) else (item,))
        ):
            value = [item[0] if isinstance(item, tuple) else type(item).__name__ for item in value]
        found[key.replace("__", ".")] = value
    return found


def _after(run: Run, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    inputs = args[0] if args else kwargs.get("X")
    target = args[1] if len(args) > 1 else kwargs.get("y")
    stages = getattr(model, "train_score_", None)
    if stages is not None:
        for step, value in enumerate(stages):
            run.log({"training/stage_score": value}, step=step)
    curve = getattr(model, "loss_curve_", None) or getattr(model, "validation_scores_", None)
    if curve is not None:
        for step, value in enumerate(curve):
            run.log({"training/loss": value}, step=step)
    for name in ("n_iter_", "best_score_", "inertia_"):
        value = getattr(model, name, None)
        if isinstance(value, (int, float)):
            run.summary[name.rstrip("_")] = value
    if hasattr(model, "cv_results_"):
        _search(run, model)
    if inputs is not None and target is not None and hasattr(model, "score"):
        rows = min(_ROWS, inputs.shape[0] if hasattr(inputs, "shape") else len(inputs))
        value = model.score(inputs[:rows], target[:rows])
        run.log({"training/score": value})
    if hooks.option("sklearn", "models"):
        import pickle

        run.put_bytes("model/model.pkl", pickle.dumps(model))


def _search(run: Run, model: Any) -> None:
    """The candidates of a grid or random search as a table, the best as the summary."""
    results = model.cv_results_
    names = [name for name in results if name.startswith(("param_", "mean_", "std_", "rank_"))]
    rows = [{name: results[name][index] for name in names} for index in range(len(results["params"]))]
    run.log_table("search/candidates", rows)
    run.summary["search.best"] = {"params": model.best_params_, "score": float(model.best_score_)}
