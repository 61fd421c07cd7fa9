"""LightGBM: params and the evaluation of every iteration, natively and through its scikit-learn estimators.

Adds a callback to `lightgbm.train`, which the estimators call too. Refuses to evaluate anything that the caller did
not ask for.
"""

from __future__ import annotations

from typing import Any

from modelwright.sdk.autolog import hooks
from modelwright.sdk.run import Run


def patch(module: str) -> None:
    """Patch `train` where it is defined and where it is used."""
    import lightgbm
    import lightgbm.engine
    import lightgbm.sklearn

    for owner in (lightgbm.engine, lightgbm, lightgbm.sklearn):
        hooks.wrap(owner, "train", _train)


def _train(original: Any, *args: Any, **kwargs: Any) -> Any:
    with hooks.training("lightgbm", "lightgbm") as run:
        if run is not None:
            with hooks.guarded("lightgbm"):
                params = args[0] if args else kwargs.get("params", {})
                run.config.update(
                    {key: value for key, value in dict(params).items() if value is not None and not callable(value)}
                )
                run.config["num_boost_round"] = args[2] if len(args) > 2 else kwargs.get("num_boost_round", 100)
                kwargs["callbacks"] = [*(kwargs.get("callbacks") or ()), _callback(run)]
        booster = original(*args, **kwargs)
        if run is not None:
            with hooks.guarded("lightgbm"):
                _after(run, booster)
        return booster


def _callback(run: Run) -> Any:
    def after_iteration(env: Any) -> None:
        with hooks.guarded("lightgbm"):
            values = {f"{item[0]}/{item[1]}": item[2] for item in env.evaluation_result_list or ()}
            if values:
                run.log(values, step=env.iteration)

    after_iteration.order = 5  # before early stopping, which leaves by an exception
    return after_iteration


def _after(run: Run, booster: Any) -> None:
    if booster.best_iteration > 0:
        run.summary["best_iteration"] = booster.best_iteration
        run.summary["best_score"] = {data: dict(scores) for data, scores in booster.best_score.items()}
    names, gains = booster.feature_name(), booster.feature_importance("gain")
    rows = sorted(zip(names, gains, strict=True), key=lambda item: -item[1])
    run.log_table("feature_importance", [{"feature": name, "gain": float(gain)} for name, gain in rows[:1000]])
    if hooks.option("lightgbm", "models"):
        run.put_bytes("model/model.txt", booster.model_to_string().encode())
