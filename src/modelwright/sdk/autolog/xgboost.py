"""XGBoost: params and the evaluation of every round, natively and through its scikit-learn estimators.

Adds a callback to `xgboost.train` and `xgboost.cv`, which the estimators call too. Refuses to evaluate anything that
the caller did not ask for.
"""

from __future__ import annotations

from typing import Any

from modelwright.sdk.autolog import hooks
from modelwright.sdk.run import Run


def patch(module: str) -> None:
    """Patch `train` where it is defined and where it is used."""
    import xgboost
    import xgboost.sklearn
    import xgboost.training

    for owner in (xgboost.training, xgboost, xgboost.sklearn):
        hooks.wrap(owner, "train", _train)


def _train(original: Any, *args: Any, **kwargs: Any) -> Any:
    with hooks.training("xgboost", "xgboost") as run:
        if run is not None:
            with hooks.guarded("xgboost"):
                params = args[0] if args else kwargs.get("params", {})
                rounds = args[2] if len(args) > 2 else kwargs.get("num_boost_round", 10)
                run.config.update({key: value for key, value in dict(params).items() if value is not None})
                run.config["num_boost_round"] = rounds
                kwargs["callbacks"] = [*(kwargs.get("callbacks") or ()), _callback(run)]
        booster = original(*args, **kwargs)
        if run is not None:
            with hooks.guarded("xgboost"):
                _after(run, booster)
        return booster


def _callback(run: Run) -> Any:
    import xgboost

    class Rounds(xgboost.callback.TrainingCallback):
        """Logs what was evaluated after each round."""

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            with hooks.guarded("xgboost"):
                values: dict[str, float] = {}
                for data, metrics in evals_log.items():
                    for metric, series in metrics.items():
                        last = series[-1]
                        values[f"{data}/{metric}"] = last[0] if isinstance(last, tuple) else last
                if values:
                    run.log(values, step=epoch)
            return False

    return Rounds()


def _after(run: Run, booster: Any) -> None:
    best = getattr(booster, "best_iteration", None) if booster.attr("best_iteration") is not None else None
    if best is not None:
        run.summary["best_iteration"] = best
        run.summary["best_score"] = float(booster.best_score)
    gains = booster.get_score(importance_type="gain")
    if gains:
        rows = sorted(gains.items(), key=lambda item: -float(item[1] if not isinstance(item[1], list) else item[1][0]))
        run.log_table("feature_importance", [{"feature": name, "gain": gain} for name, gain in rows[:1000]])
    if hooks.option("xgboost", "models"):
        run.put_bytes("model/model.ubj", bytes(booster.save_raw("ubj")))
