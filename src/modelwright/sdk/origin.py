"""Where a run comes from: command line, code, machine, interpreter, packages.

Knows what is safe to tell: credentials are cut from addresses, and environment variables go out by an allow-list alone.
Refuses to raise, and to take long: it runs in a thread of its own, `git` gets five seconds.
"""

from __future__ import annotations

import os
import platform
import re
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from modelwright.sdk.options import clean_url
from modelwright.types.tracking import GitState, Origin

ENVIRONMENT = (
    "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONHASHSEED",
    "CONDA_DEFAULT_ENV", "VIRTUAL_ENV", "RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "NODE_RANK",
    "GROUP_RANK", "SLURM_JOB_ID", "SLURM_JOB_NAME",
    "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_PROCID", "SLURM_NNODES", "SLURM_NTASKS", "SLURM_JOB_PARTITION",
    "TORCHELASTIC_RUN_ID", "JOB_COMPLETION_INDEX", "KUBERNETES_NAMESPACE", "POD_NAME", "HOSTNAME", "TZ", "LANG",
    "CUBLAS_WORKSPACE_CONFIG", "NCCL_DEBUG", "NCCL_SOCKET_IFNAME", "XLA_FLAGS", "TF_DETERMINISTIC_OPS", "JAX_PLATFORMS",
)  # fmt: skip
PATCH_LIMIT = 4 << 20
_SECRET = re.compile(r"(?i)(pass(word|wd)?|secret|token|api[-_]?key|credential|auth)")
_VALUE = re.compile(r"(?i)^(--?[\w-]*(pass(word|wd)?|secret|token|api[-_]?key|credential|auth)[\w-]*)=.*$")


def clean_command(arguments: list[str]) -> list[str]:
    """A command line in which the values of options that sound like secrets are `***`."""
    cleaned: list[str] = []
    hide = False
    for argument in arguments:
        if hide and not argument.startswith("-"):
            cleaned.append("***")
        else:
            cleaned.append(_VALUE.sub(r"\1=***", clean_url(argument)))
        hide = argument.startswith("-") and "=" not in argument and _SECRET.search(argument) is not None
    return [argument[:2000] for argument in cleaned[:500]]


def _git(folder: Path, *arguments: str) -> str:
    # No optional locks: reading a work tree must not disturb the person's own git.
    done = subprocess.run(  # noqa: S603
        ["git", "--no-optional-locks", "-C", str(folder), *arguments],  # noqa: S607
        capture_output=True, timeout=5, check=True, stdin=subprocess.DEVNULL,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
    )  # fmt: skip
    return done.stdout.decode(errors="replace")


def git_state(folder: Path) -> tuple[GitState, str] | None:
    """The commit that is checked out around `folder` and the difference of the work tree to it; None outside git."""
    try:
        commit = _git(folder, "rev-parse", "HEAD").strip()
    except (OSError, subprocess.SubprocessError):
        return None
    branch = remote = patch = ""
    with suppress(OSError, subprocess.SubprocessError):
        branch = _git(folder, "rev-parse", "--abbrev-ref", "HEAD").strip()
    with suppress(OSError, subprocess.SubprocessError):
        remote = clean_url(_git(folder, "config", "--get", "remote.origin.url").strip())
    with suppress(OSError, subprocess.SubprocessError):
        patch = _git(folder, "diff", "--no-color", "--no-ext-diff", "--submodule=log", "HEAD")
    if len(patch) > PATCH_LIMIT:
        patch = patch[:PATCH_LIMIT] + "\n… cut at 4 MiB\n"
    return GitState(
        commit=commit, branch="" if branch == "HEAD" else branch, remote=remote, dirty=bool(patch.strip())
    ), patch


def packages() -> dict[str, str]:
    """Installed distributions and their versions."""
    from importlib.metadata import distributions

    found: dict[str, str] = {}
    for distribution in distributions():
        with suppress(Exception):
            name = distribution.metadata["Name"]
            if name and name not in found:
                found[name] = distribution.version
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def gpus() -> list[str]:
    """Names of the NVIDIA GPUs, when `nvidia-ml-py` is installed."""
    with suppress(Exception):
        import pynvml

        pynvml.nvmlInit()
        names = [
            pynvml.nvmlDeviceGetName(pynvml.nvmlDeviceGetHandleByIndex(index))
            for index in range(pynvml.nvmlDeviceGetCount())
        ]
        return [name.decode() if isinstance(name, bytes) else str(name) for name in names]
    return []


def memory_bytes() -> int:
    """Physical memory of the machine; 0 when it cannot be told."""
    with suppress(ValueError, OSError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 0


def prepare() -> None:
    """Import what `gather` needs, in the caller's thread: a fork during another's import would leave it locked."""

    with suppress(Exception):
        pass


def gather(*, with_git: bool = True) -> tuple[Origin, str]:
    """Everything, and the patch of uncommitted changes (empty when clean, outside git or not wanted)."""
    state: tuple[GitState, str] | None = None
    script = Path(sys.argv[0]).resolve().parent if sys.argv and sys.argv[0] not in {"", "-c", "-m"} else Path.cwd()
    if with_git:
        with suppress(Exception):
            state = git_state(script if script.is_dir() else Path.cwd()) or git_state(Path.cwd())
    command = clean_command([sys.executable, *sys.argv] if sys.argv else [sys.executable])
    origin = Origin(
        command=command,
        directory=str(Path.cwd()),
        host=socket.gethostname(),
        os=platform.platform(),
        python=platform.python_version(),
        pid=os.getpid(),
        cpu_count=os.cpu_count() or 0,
        memory_bytes=memory_bytes(),
        gpus=gpus(),
        git=state[0] if state else None,
        packages=packages(),
        environment={name: clean_url(os.environ[name])[:1000] for name in ENVIRONMENT if name in os.environ},
    )
    return origin, state[1] if state else ""
