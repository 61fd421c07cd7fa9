"""PyTorch loops: the loss that is differentiated and the learning rate, at every optimizer step.

Patches `Tensor.backward` and `Optimizer.step`. A loss on a GPU is read by the sealing thread, so nothing waits for the
device. Only acts while a run is open, and steps aside for Lightning and transformers, which know more.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any

from modelwright.sdk import session
from modelwright.sdk.autolog import hooks

_STATE = threading.local()
_KNOWN: weakref.WeakSet[Any] = weakref.WeakSet()


def patch(module: str) -> None:
    """Patch the two verbs of every training loop."""
    import torch

    hooks.wrap(torch.Tensor, "backward", _backward)
    hooks.wrap(torch.optim.Optimizer, "__init__", _optimizer)


def _backward(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    with hooks.guarded("torch"):
        if not hooks.depth() and session.current() is not None and self.numel() == 1:
            _STATE.loss = self.detach()
    return original(self, *args, **kwargs)


def _optimizer(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    result = original(self, *args, **kwargs)
    with hooks.guarded("torch"):
        # The official hook: it survives schedulers and scalers that replace `step` on the instance.
        self.register_step_post_hook(_stepped)
    return result


def _stepped(optimizer: Any, *_: Any) -> None:
    with hooks.guarded("torch"):
        run = session.current()
        if run is None or hooks.depth():
            return
        if optimizer not in _KNOWN:
            _KNOWN.add(optimizer)
            group = {key: value for key, value in optimizer.param_groups[0].items() if key != "params"}
            sizes = [tensor.numel() for part in optimizer.param_groups for tensor in part["params"]]
            run.config.setdefaults(
                {"optimizer": {"name": type(optimizer).__name__, **group}, "trained_parameters": sum(sizes)}
            )
        values: dict[str, Any] = {"training/learning_rate": optimizer.param_groups[0]["lr"]}
        loss = getattr(_STATE, "loss", None)
        if loss is not None:
            _STATE.loss = None
            values["training/loss"] = loss
        run.log(values)
