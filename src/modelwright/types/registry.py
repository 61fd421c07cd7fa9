"""What the registry names: models and prompts, their versions, and the moves of aliases and stages."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from modelwright.types.codec import Number


class Kind(StrEnum):
    """What a registered name stands for."""

    MODEL = "model"
    PROMPT = "prompt"


class Stage(StrEnum):
    """MLflow's fixed stages. Aliases say the same with words of your own."""

    NONE = "None"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"


class DataInput(msgspec.Struct, frozen=True, kw_only=True):
    """Data that the source run read."""

    name: str
    digest: str
    context: str = ""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One input, output or parameter of a signature. `type` is as MLflow writes it, tensors as `float64[-1,4]`."""

    name: str
    type: str
    required: bool = True


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a model and what comes out."""

    inputs: list[Column] = []
    outputs: list[Column] = []
    params: list[Column] = []


class VersionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What was known of a version when it was made; `problems` says what could not be read."""

    flavors: dict[str, Any] = {}
    signature: Signature | None = None
    input_example: str = ""
    """Path of the example among the files."""
    requirements: list[str] = []
    python: str = ""
    mlflow: str = ""
    saved: str = ""
    metadata: dict[str, Any] = {}
    prompts: list[str] = []
    files: int = 0
    experiment_id: str = ""
    params: dict[str, Any] = {}
    metrics: dict[str, Number] = {}
    data: list[DataInput] = []
    commit: str = ""
    branch: str = ""
    dirty: bool = False
    packages: dict[str, str] = {}
    problems: list[str] = []
    marks: dict[str, Any] = {}
    """What rooms and tools found out since: scan result, signature check."""


class ModelVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a registered model. Lists leave out `facts`."""

    name: str
    version: int
    stage: Stage = Stage.NONE
    status: str = "READY"
    status_message: str = ""
    description: str = ""
    source: str = ""
    location: str = ""
    run_id: str = ""
    model_id: str = ""
    run_link: str = ""
    user: str = ""
    created_ms: int = 0
    updated_ms: int = 0
    size: int = 0
    digest: str = ""
    aliases: list[str] = []
    tags: dict[str, str] = {}
    facts: VersionFacts | None = None


class RegisteredModel(msgspec.Struct, frozen=True, kw_only=True):
    """A name for models. `latest` has the newest version of each stage, `versions` counts them."""

    name: str
    kind: Kind = Kind.MODEL
    description: str = ""
    user: str = ""
    created_ms: int = 0
    updated_ms: int = 0
    tags: dict[str, str] = {}
    aliases: dict[str, int] = {}
    latest: list[ModelVersion] = []
    versions: int = 0


class RegisteredModelCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new name; `exist_ok` answers with the one that is there."""

    name: str
    description: str = ""
    tags: dict[str, str] = {}
    exist_ok: bool = False


class RegisteredUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a model, prompt or version; absent fields stay, a tag of null is removed."""

    description: str | None = None
    tags: dict[str, str | None] = {}


class Rename(msgspec.Struct, frozen=True, kw_only=True):
    """A new name for a registered model."""

    name: str


class VersionCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new version. `source` is `runs:/<run>/<path>`, `models:/m-<id>`, `models:/<name>/<version>`, or a place in an
    object store; the model is made when it is missing. `aliases` are set in the same step."""

    source: str
    description: str = ""
    tags: dict[str, str] = {}
    aliases: list[str] = []
    run_id: str = ""
    model_id: str = ""
    run_link: str = ""
    number: int | None = None
    """The number to give, higher than all that were given; for copies of another registry."""
    created_ms: int | None = None


class AliasSet(msgspec.Struct, frozen=True, kw_only=True):
    """A move of an alias to a version. `expected` is the version that it must mean now (0: none); else `conflict`."""

    version: int
    expected: int | None = None


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """The version that an alias must mean now, when given."""

    expected: int | None = None


class StageSet(msgspec.Struct, frozen=True, kw_only=True):
    """A move of a version to a stage; `archive` moves those that are there now to Archived."""

    stage: Stage
    archive: bool = False
    expected: Stage | None = None


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One move of an alias or a stage: who, when, from what to what."""

    kind: str
    name: str
    verb: str
    version: int | None
    previous: int | None
    left_stage: str = ""
    user: str
    at_ms: int


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """What is about to happen to an alias or a stage, as hooks see it before it does.

    `version` is None when an alias is deleted; `previous` is the version that an alias meant, or the stage left.
    """

    kind: str
    model: str
    version: int | None
    name: str
    previous: int | str | None = None
    archive: bool = False
    subject: Kind = Kind.MODEL
    verb: str = "set"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that two versions have differently; None where one has it not."""

    key: str
    a: Any = None
    b: Any = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two versions side by side: only what differs, but for `metrics`, which has all."""

    a: ModelVersion
    b: ModelVersion
    metrics: list[Change] = []
    params: list[Change] = []
    data: list[Change] = []
    code: list[Change] = []
    packages: list[Change] = []
    signature: list[Change] = []
    flavors: list[Change] = []
    files: list[Change] = []
    size: Change | None = None
    patch: str = ""
    """Unified difference of the uncommitted changes that the two runs recorded."""


class PromptKind(StrEnum):
    """A text, or the messages of a chat."""

    TEXT = "text"
    CHAT = "chat"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a chat prompt."""

    role: str
    content: Any


class PromptVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a prompt: `template` is a text, or a list of messages; `{{ name }}` are its variables."""

    name: str
    version: int
    kind: PromptKind = PromptKind.TEXT
    template: str | list[Message] = ""
    variables: list[str] = []
    response_format: dict[str, Any] | None = None
    config: dict[str, Any] | None = None
    message: str = ""
    user: str = ""
    created_ms: int = 0
    updated_ms: int = 0
    aliases: list[str] = []
    tags: dict[str, str] = {}


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """A name for prompts."""

    name: str
    description: str = ""
    user: str = ""
    created_ms: int = 0
    updated_ms: int = 0
    tags: dict[str, str] = {}
    aliases: dict[str, int] = {}
    latest: PromptVersion | None = None
    versions: int = 0


class PromptCreate(msgspec.Struct, frozen=True, kw_only=True):
    """A new version of a prompt; the prompt is made when it is missing. `aliases` are set in the same step."""

    template: str | list[Message]
    message: str = ""
    tags: dict[str, str] = {}
    response_format: dict[str, Any] | None = None
    config: dict[str, Any] | None = None
    aliases: list[str] = []
    number: int | None = None
    """The number to give, higher than all that were given; for copies of another registry."""
    created_ms: int | None = None


class PromptDiff(msgspec.Struct, frozen=True, kw_only=True):
    """Two versions of a prompt: a unified difference of the texts, and what else differs."""

    a: PromptVersion
    b: PromptVersion
    text: str = ""
    changes: list[Change] = []
