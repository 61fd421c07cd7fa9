"""What a person chose about a run: arguments first, then the environment, then the login, then defaults.

Knows every `MODELWRIGHT_…` variable of the SDK. Refuses to know what a choice leads to.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from modelwright.sdk import credentials
from modelwright.types.errors import Invalid
from modelwright.types.ids import new_id
from modelwright.types.tracking import RunKind

MODES = ("online", "offline", "disabled")
RESUMES = ("never", "allow", "must", "auto")
CONSOLES = ("wrap", "fd", "off")
STOPS = ("flag", "interrupt")
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_USERINFO = re.compile(r"(\w+://)[^/@\s]+@")
_HEX = re.compile(r"[0-9a-f]{32}")
_NO = frozenset({"0", "false", "no", "off"})


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """All choices about one run. Each name has a variable `MODELWRIGHT_<NAME>`."""

    url: str = ""
    """Server address; empty means offline."""
    token: str = ""
    """API token."""
    workspace: str = ""
    """Workspace; empty means the server's default."""
    mode: str = "offline"
    """`online`, `offline` (only the spool) or `disabled` (nothing at all)."""
    dir: Path = Path("modelwright-data")
    """Folder of the spool; `mw up` in the folder above it takes the spool in."""
    experiment: str = ""
    """Experiment name, made when missing; empty means `Default`."""
    run_id: str = ""
    """Run id: 1 to 64 letters, digits, `_ . -`; any other text gives an id that is always the same for that text."""
    given_id: bool = False
    """Whether the id was chosen, so that somebody else may have it too."""
    name: str = ""
    """Run name."""
    group: str = ""
    """Group name."""
    tags: dict[str, str] = {}
    """Tags; in the environment `a=1,b=2`, a word without value means `true`."""
    notes: str = ""
    """Free text."""
    kind: RunKind = RunKind.TRAINING
    """What sort of work it is."""
    parent_id: str = ""
    """Run this one is nested in."""
    resume: str = "never"
    """`never`, `allow`, `must`, or `auto`: the id follows from the SLURM, torchrun or Kubernetes job."""
    console: str = "wrap"
    """`wrap`, `fd` (child processes too) or `off`."""
    git: bool = True
    """Whether to record commit and uncommitted changes."""
    system_metrics: float = 10.0
    """Seconds between samples of system metrics; 0 or `off` switches them off."""
    silent: bool = False
    """Print nothing."""
    stop: str = "flag"
    """When the run is stopped in the UI: `flag` sets `run.stop_requested`, `interrupt` raises KeyboardInterrupt too."""
    finish_timeout: float = 30.0
    """Seconds that `finish` waits for the server."""


def read(given: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Options:
    """Options from arguments (None means not given), environment, login, defaults.

    Raises:
        Invalid: a value that cannot be meant; `where` names it.
    """
    env = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(Options):
        if (value := given.get(field.name)) is not None:
            values[field.name] = value
        elif field.name != "given_id" and (text := env.get(f"MODELWRIGHT_{field.name.upper()}")):
            values[field.name] = _parse(field.name, text)
    _choice(values, "resume", RESUMES)
    _choice(values, "console", CONSOLES)
    _choice(values, "stop", STOPS)
    _choice(values, "kind", tuple(kind.value for kind in RunKind))
    values["kind"] = RunKind(values.get("kind", RunKind.TRAINING))
    values["tags"] = as_tags(values.get("tags"))
    _address(values)
    values["dir"] = Path(values.get("dir", "modelwright-data")).expanduser().absolute()
    for name in ("experiment", "name", "group", "notes", "parent_id"):
        values[name] = str(values.get(name) or "")
    _identity(values, env)
    return Options(**values)


def _parse(name: str, text: str) -> Any:
    if name in {"git", "silent"}:
        return text.lower() not in _NO
    if name in {"system_metrics", "finish_timeout"}:
        try:
            return (
                0.0
                if text.lower() in _NO
                else 10.0
                if text.lower() in {"true", "on", "yes"} and name == "system_metrics"
                else float(text)
            )
        except ValueError:
            raise Invalid(f"MODELWRIGHT_{name.upper()} is a number of seconds, not {text!r}", where=name) from None
    if name == "console" and text.lower() in _NO:
        return "off"
    return text


def clean_url(text: str) -> str:
    """A text whose addresses have no user and password in them."""
    return _USERINFO.sub(r"\1", text)


def _choice(values: dict[str, Any], name: str, allowed: tuple[str, ...]) -> None:
    value = values.get(name)
    if value is None:
        return
    if name == "resume" and isinstance(value, bool):
        value = "allow" if value else "never"
    text = str(getattr(value, "value", value)).lower()
    if text not in allowed:
        raise Invalid(f"{name} is one of {', '.join(allowed)}; got {value!r}", where=name)
    values[name] = text


def _address(values: dict[str, Any]) -> None:
    mode = values.get("mode")
    _choice(values, "mode", MODES)
    login = credentials.find(str(values.get("url", "")))
    url = str(values.get("url") or (login.url if login and mode != "offline" else ""))
    if url:
        from modelwright.sdk.transport import check_url

        url = check_url(url)
    values["url"] = url
    if login:
        values.setdefault("token", login.token)
        values.setdefault("workspace", login.workspace)
    if mode is None:
        values["mode"] = "online" if values["url"] else "offline"
    elif values["mode"] == "online" and not values["url"]:
        raise Invalid(
            "mode online needs a server", where="url", hint="give url=, set MODELWRIGHT_URL, or use `mw login`"
        )


def as_tags(given: Any) -> dict[str, str]:
    """Tags from a dict, a list of words, or text `a=1,b`."""
    if not given:
        return {}
    if isinstance(given, Mapping):
        return {str(key): "true" if value is True else str(value) for key, value in given.items()}
    words = [part.strip() for part in given.split(",")] if isinstance(given, str) else [str(item) for item in given]
    pairs = [word.partition("=") for word in words if word]
    return {key: value if sign else "true" for key, sign, value in pairs}


def stable_id(text: str) -> str:
    """The run id that a text stands for: itself when it can be one, else the first 128 bits of its SHA-256."""
    if _ID.fullmatch(text):
        return text
    import hashlib

    return hashlib.sha256(f"modelwright run {text}".encode()).hexdigest()[:32]


def job_id(env: Mapping[str, str]) -> str:
    """A name for the cluster job this process belongs to, the same after a preemption; empty outside one."""
    if array := env.get("SLURM_ARRAY_JOB_ID"):
        return f"slurm {env.get('SLURM_CLUSTER_NAME', '')} {array} {env.get('SLURM_ARRAY_TASK_ID', '')}"
    if job := env.get("SLURM_JOB_ID"):
        return f"slurm {env.get('SLURM_CLUSTER_NAME', '')} {job}"
    if job := env.get("TORCHELASTIC_RUN_ID"):
        return "" if job == "none" else f"torchrun {job}"
    if job := env.get("MODELWRIGHT_JOB") or env.get("JOB_NAME"):
        return f"job {env.get('KUBERNETES_NAMESPACE', '')} {job} {env.get('JOB_COMPLETION_INDEX', '')}"
    if "KUBERNETES_SERVICE_HOST" in env and (host := env.get("HOSTNAME")):
        # A pod of a Job is called <job>-<random>; with completion mode Indexed <job>-<index>-<random>.
        return f"pod {env.get('KUBERNETES_NAMESPACE', '')} {host.rpartition('-')[0] or host}"
    return ""


def _identity(values: dict[str, Any], env: Mapping[str, str]) -> None:
    asked = str(values.get("run_id") or "")
    if not asked and values.get("resume") == "auto":
        asked = job_id(env)
    if values.get("resume") == "auto":
        values["resume"] = "allow" if asked else "never"
    values["given_id"] = bool(asked)
    values["run_id"] = stable_id(asked) if asked else new_id()
    if asked and not _HEX.fullmatch(asked) and not values["name"]:
        values["name"] = asked
