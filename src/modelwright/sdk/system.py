"""System metrics while a run lasts: host and process CPU, memory, disk, network, NVIDIA GPUs.

Knows `psutil` and `nvidia-ml-py` when they are installed, and does without them. Units are in the names: percent
without a suffix, `_mb` in 10⁶ bytes, `_mb_s` in 10⁶ bytes a second, `_w` watts, `_c` degrees Celsius.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Record = Callable[[dict[str, float]], None]


class Sampler:
    """Calls `record` with a dict of `system/…` values every `interval_s`, from a thread of its own."""

    def __init__(self, record: Record, *, interval_s: float = 10.0, prefix: str = "system/") -> None:
        self._record = record
        self._interval = interval_s
        self._prefix = prefix
        self._stop = threading.Event()
        self._last: dict[str, tuple[float, float]] = {}
        self._process: Any = None
        self._devices: list[tuple[str, Any]] = []
        self._psutil: Any = None
        # Imported in the caller's thread: a fork during an import in another one would leave the child a locked lock.
        with suppress(Exception):
            import psutil

            self._psutil = psutil
        with suppress(Exception):
            import pynvml  # noqa: F401 # pyright: ignore[reportUnusedImport]
        self._thread = threading.Thread(target=self._run, name="modelwright-system", daemon=True)

    def start(self) -> None:
        """Start sampling."""
        self._thread.start()

    def close(self) -> None:
        """Stop sampling."""
        self._stop.set()

    def _run(self) -> None:
        psutil = self._psutil
        if psutil is not None:
            with suppress(Exception):
                self._process = psutil.Process(os.getpid())
                self._process.cpu_percent()
                psutil.cpu_percent()
        self._find_gpus()
        if psutil is None and not self._devices:
            return
        wait = min(1.0, self._interval)  # the first sample soon, so that short runs have one
        while not self._stop.wait(wait):
            wait = self._interval
            values: dict[str, float] = {}
            if psutil is not None:
                with suppress(Exception):
                    self._host(psutil, values)
                with suppress(Exception):
                    self._own(values)
            for name, handle in self._devices:
                with suppress(Exception):
                    self._gpu(name, handle, values)
            with suppress(Exception):
                self._record({f"{self._prefix}{key}": value for key, value in values.items()})

    def _rate(self, name: str, total: float) -> float:
        now = time.monotonic()
        before, then = self._last.get(name, (total, now))
        self._last[name] = (total, now)
        return (total - before) / (now - then) if now > then else 0.0

    def _host(self, psutil: Any, values: dict[str, float]) -> None:
        values["cpu"] = psutil.cpu_percent()
        memory = psutil.virtual_memory()
        values["memory"] = memory.percent
        values["memory_used_mb"] = (memory.total - memory.available) / 1e6
        with suppress(Exception):
            disk = psutil.disk_usage(os.getcwd())  # noqa: PTH109
            values["disk"] = disk.percent
        with suppress(Exception):
            moved = psutil.disk_io_counters()
            if moved is not None:
                values["disk_read_mb_s"] = self._rate("disk_read", moved.read_bytes) / 1e6
                values["disk_write_mb_s"] = self._rate("disk_write", moved.write_bytes) / 1e6
        with suppress(Exception):
            net = psutil.net_io_counters()
            values["network_in_mb_s"] = self._rate("net_in", net.bytes_recv) / 1e6
            values["network_out_mb_s"] = self._rate("net_out", net.bytes_sent) / 1e6

    def _own(self, values: dict[str, float]) -> None:
        process = self._process
        values["process_cpu"] = process.cpu_percent()
        values["process_memory_mb"] = process.memory_info().rss / 1e6
        values["process_threads"] = float(process.num_threads())

    def _find_gpus(self) -> None:
        with suppress(Exception):
            import pynvml

            pynvml.nvmlInit()
            visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
            wanted = [int(part) for part in visible.split(",") if part.strip().isdigit()] if visible else None
            for index in range(pynvml.nvmlDeviceGetCount()):
                if wanted is None or index in wanted:
                    self._devices.append((f"gpu{index}", pynvml.nvmlDeviceGetHandleByIndex(index)))

    def _gpu(self, name: str, handle: Any, values: dict[str, float]) -> None:
        import pynvml

        nvml: Any = pynvml
        load = nvml.nvmlDeviceGetUtilizationRates(handle)
        values[f"{name}/load"] = float(load.gpu)
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        values[f"{name}/memory"] = 100.0 * memory.used / memory.total
        values[f"{name}/memory_used_mb"] = memory.used / 1e6
        with suppress(Exception):
            values[f"{name}/temperature_c"] = float(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))
        with suppress(Exception):
            values[f"{name}/power_w"] = nvml.nvmlDeviceGetPowerUsage(handle) / 1000
        with suppress(Exception):
            own = [item for item in nvml.nvmlDeviceGetComputeRunningProcesses(handle) if item.pid == os.getpid()]
            if own and own[0].usedGpuMemory:
                values[f"{name}/process_memory_mb"] = own[0].usedGpuMemory / 1e6
