"""Hugging Face transformers: arguments, model configuration and everything the `Trainer` logs.

Adds one callback to every `Trainer`. Refuses to replace what `report_to` chose.
"""

from __future__ import annotations

import contextlib
from typing import Any

from modelwright.sdk.autolog import hooks
from modelwright.sdk.run import Run


def patch(module: str) -> None:
    """Patch the trainer; it is imported lazily by the package, so only its class is touched."""
    from transformers import Trainer, TrainerCallback

    callback_class = _make(TrainerCallback)

    def construct(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        with hooks.guarded("transformers"):
            self.add_callback(callback_class())
        return result

    hooks.wrap(Trainer, "__init__", construct)
    hooks.wrap(Trainer, "train", _train)


def _train(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    with hooks.training("transformers", getattr(self.args, "run_name", None) or "transformers") as run:
        for callback in self.callback_handler.callbacks:
            if hasattr(callback, "modelwright_run"):
                callback.modelwright_run = run
        return original(self, *args, **kwargs)


def _make(base: type) -> type:
    class ModelwrightCallback(base):
        """Logs arguments at the start and the trainer's own logs as they come."""

        modelwright_run: Run | None = None

        def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
            with hooks.guarded("transformers"):
                if self.modelwright_run is None or not state.is_world_process_zero:
                    return
                hidden = ("token", "hub_", "push_to_hub", "key")
                chosen = {
                    key: value
                    for key, value in args.to_sanitized_dict().items()
                    if not any(part in key for part in hidden)
                }
                self.modelwright_run.config.update(chosen)
                with contextlib.suppress(Exception):
                    self.modelwright_run.config["model"] = {"name": type(model).__name__, **model.config.to_dict()}

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            with hooks.guarded("transformers"):
                if self.modelwright_run is None or not state.is_world_process_zero:
                    return
                values: dict[str, Any] = {}
                for key, value in (logs or {}).items():
                    if not isinstance(value, (int, float)):
                        continue
                    if key.startswith("train_"):  # told once, at the end
                        self.modelwright_run.summary[key] = value
                    else:
                        split, _, rest = key.partition("_")
                        values[f"{split}/{rest}" if split in {"eval", "test"} and rest else f"train/{key}"] = value
                if values:
                    self.modelwright_run.log(values, step=state.global_step)

    return ModelwrightCallback
