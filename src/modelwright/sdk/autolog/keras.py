"""Keras 3: compile and fit settings, and the logs of every epoch.

Adds one callback to `Model.fit`. Refuses to log batches: a history of them belongs to the person's own callback.
"""

from __future__ import annotations

from typing import Any

from modelwright.sdk.autolog import hooks
from modelwright.sdk.run import Run


def patch(module: str) -> None:
    """Patch `fit`."""
    import keras

    hooks.wrap(keras.Model, "fit", _fit)


def _fit(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    with hooks.training("keras", getattr(self, "name", "keras")) as run:
        if run is not None:
            with hooks.guarded("keras"):
                _before(run, self, kwargs)
                given = kwargs.get("callbacks") or []
                if not type(given).__name__.endswith("CallbackList"):
                    kwargs["callbacks"] = [*(given if isinstance(given, (list, tuple)) else [given]), _callback(run)]
        return original(self, *args, **kwargs)


def _before(run: Run, model: Any, kwargs: dict[str, Any]) -> None:
    settings = {
        name: kwargs[name]
        for name in ("batch_size", "epochs", "steps_per_epoch", "validation_split")
        if kwargs.get(name) is not None
    }
    run.config.update({"model": model.name, "layers": len(model.layers), **settings})
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None:
        run.config["optimizer"] = {
            key: value for key, value in optimizer.get_config().items() if isinstance(value, (str, int, float, bool))
        }
    if model.built:
        run.config["parameters"] = model.count_params()


def _callback(run: Run) -> Any:
    import keras

    class Epochs(keras.callbacks.Callback):
        """Logs what each epoch measured; `val_` names become `val/`."""

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            with hooks.guarded("keras"):
                values = {
                    f"val/{key[4:]}" if key.startswith("val_") else f"train/{key}": value
                    for key, value in (logs or {}).items()
                }
                if values:
                    run.log(values, step=epoch)

    return Epochs()
