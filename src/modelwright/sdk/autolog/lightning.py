"""Lightning (`lightning` and `pytorch_lightning`): hyperparameters and everything that modules log.

Adds one callback to every `Trainer`. Refuses to replace the loggers a person chose.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from modelwright.sdk.autolog import hooks
from modelwright.sdk.run import Run


def patch(module: str) -> None:
    """Patch the trainer of the package that was imported."""
    package: Any = sys.modules[module]
    home = package.pytorch if module == "lightning" else package
    callback_class = _make(home.Callback)

    def construct(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        with hooks.guarded("lightning"):
            given = kwargs.get("callbacks") or []
            kwargs["callbacks"] = [*(given if isinstance(given, list) else [given]), callback_class()]
        return original(self, *args, **kwargs)

    hooks.wrap(home.Trainer, "__init__", construct)
    hooks.wrap(home.Trainer, "fit", _fit)


def _fit(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    with hooks.training("lightning", "lightning") as run:
        for callback in self.callbacks:
            if hasattr(callback, "modelwright_run"):
                callback.modelwright_run = run
        return original(self, *args, **kwargs)


def _make(base: type) -> type:
    class ModelwrightCallback(base):
        """Logs hyperparameters at the start and metrics as they come."""

        modelwright_run: Run | None = None
        _last = -1

        def on_train_start(self, trainer: Any, module: Any) -> None:
            with hooks.guarded("lightning"):
                run = self.modelwright_run
                if run is None or trainer.global_rank != 0:
                    return
                with contextlib.suppress(Exception):
                    run.config.update(dict(module.hparams))
                run.config.update({
                    "model": type(module).__name__, "max_epochs": trainer.max_epochs,
                    "parameters": sum(tensor.numel() for tensor in module.parameters()),
                    "optimizer": [type(optimizer).__name__ for optimizer in trainer.optimizers],
                })

        def _send(self, trainer: Any) -> None:
            with hooks.guarded("lightning"):
                if self.modelwright_run is not None and trainer.global_rank == 0 and not trainer.sanity_checking:
                    values = {str(key): value for key, value in trainer.callback_metrics.items()}
                    if values:
                        self.modelwright_run.log({**values, "epoch": trainer.current_epoch}, step=trainer.global_step)

        def on_train_batch_end(self, trainer: Any, *_: Any, **__: Any) -> None:
            if trainer.global_step != self._last and trainer.global_step % max(trainer.log_every_n_steps, 1) == 0:
                self._last = trainer.global_step
                self._send(trainer)

        def on_validation_end(self, trainer: Any, *_: Any, **__: Any) -> None:
            self._send(trainer)

        def on_train_epoch_end(self, trainer: Any, *_: Any, **__: Any) -> None:
            self._send(trainer)

    return ModelwrightCallback
