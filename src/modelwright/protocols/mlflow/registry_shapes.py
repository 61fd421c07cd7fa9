"""MLflow's request messages of the model registry, as its proto files declare them. See `shapes`."""

from __future__ import annotations

from modelwright.protocols.mlflow.shapes import Int64, Message, Tag


class Named(Message):
    """Names one registered model."""

    REQUIRED = ("name",)
    name: str = ""


class CreateRegistered(Message):
    """A new registered model."""

    REQUIRED = ("name",)
    name: str = ""
    tags: list[Tag] = []  # noqa: RUF012  a struct copies it
    description: str = ""
    deployment_job_id: str = ""


class RenameRegistered(Message):
    """A new name for a registered model."""

    REQUIRED = ("name", "new_name")
    name: str = ""
    new_name: str = ""


class UpdateRegistered(Message):
    """A new description of a registered model."""

    REQUIRED = ("name",)
    name: str = ""
    description: str = ""
    deployment_job_id: str = ""


class SearchRegistered(Message):
    """A search of registered models or of versions."""

    filter: str = ""
    max_results: Int64 | None = None
    order_by: list[str] = []  # noqa: RUF012  a struct copies it
    page_token: str = ""


class LatestVersions(Message):
    """Asks for the newest version of each stage."""

    REQUIRED = ("name",)
    name: str = ""
    stages: list[str] = []  # noqa: RUF012  a struct copies it


class CreateVersion(Message):
    """A new version."""

    REQUIRED = ("name", "source")
    name: str = ""
    source: str = ""
    run_id: str = ""
    tags: list[Tag] = []  # noqa: RUF012  a struct copies it
    run_link: str = ""
    description: str = ""
    model_id: str = ""


class OneVersion(Message):
    """Names one version."""

    REQUIRED = ("name", "version")
    name: str = ""
    version: str = ""


class DownloadUri(Message):
    """Names the version whose files are wanted."""

    REQUIRED = ("name", "version")
    name: str = ""
    version: str = ""


class UpdateVersion(Message):
    """A new description of a version."""

    REQUIRED = ("name", "version")
    name: str = ""
    version: str = ""
    description: str | None = None


class TransitionStage(Message):
    """A move of a version to a stage."""

    REQUIRED = ("name", "version", "stage")
    name: str = ""
    version: str = ""
    stage: str = ""
    archive_existing_versions: bool = False


class RegisteredTag(Message):
    """A tag of a registered model."""

    REQUIRED = ("name", "key")
    name: str = ""
    key: str = ""
    value: str = ""


class VersionTag(Message):
    """A tag of a version."""

    REQUIRED = ("name", "version", "key")
    name: str = ""
    version: str = ""
    key: str = ""
    value: str = ""


class SetAlias(Message):
    """An alias with the version that it shall mean."""

    REQUIRED = ("name", "alias", "version")
    name: str = ""
    alias: str = ""
    version: str = ""


class OneAlias(Message):
    """Names one alias."""

    REQUIRED = ("name", "alias")
    name: str = ""
    alias: str = ""
