"""MLflow's request messages, as its proto files declare them. Knows fields; refuses to know what they mean.

`REQUIRED` names fields that must be present and not empty. Unknown fields are forbidden here only so that the strict
decoder hands such bodies to the lenient one (see `decode`), which ignores them or finds their camelCase twin.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]


class Message(msgspec.Struct, forbid_unknown_fields=True, gc=False, kw_only=True):
    """One proto message."""

    REQUIRED: ClassVar[tuple[str, ...]] = ()
    NUMBERS: ClassVar[dict[str, int]] = {}


class ViewType(StrEnum):
    """Which lifecycle stages a search sees."""

    ACTIVE_ONLY = "ACTIVE_ONLY"
    DELETED_ONLY = "DELETED_ONLY"
    ALL = "ALL"


class RunStatus(StrEnum):
    """MLflow's run states."""

    RUNNING = "RUNNING"
    SCHEDULED = "SCHEDULED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"


class ModelStatus(StrEnum):
    """MLflow's states of a logged model."""

    LOGGED_MODEL_STATUS_UNSPECIFIED = "LOGGED_MODEL_STATUS_UNSPECIFIED"
    LOGGED_MODEL_PENDING = "LOGGED_MODEL_PENDING"
    LOGGED_MODEL_READY = "LOGGED_MODEL_READY"
    LOGGED_MODEL_UPLOAD_FAILED = "LOGGED_MODEL_UPLOAD_FAILED"


FIRST_NUMBER: dict[type[StrEnum], int] = {ViewType: 1, RunStatus: 1, ModelStatus: 0}
"""The wire number of an enum's first name; the others count on from it."""


class Tag(Message):
    """A key with a value: tags of experiments, runs, models and inputs, params of models."""

    key: str = ""
    value: str = ""


class Empty(Message):
    """No fields."""


class ExperimentId(Message):
    """Names one experiment."""

    REQUIRED = ("experiment_id",)
    experiment_id: str = ""


class ExperimentByName(Message):
    """Names one experiment by its name."""

    REQUIRED = ("experiment_name",)
    experiment_name: str = ""


class CreateExperiment(Message):
    """A new experiment."""

    REQUIRED = ("name",)
    name: str = ""
    artifact_location: str = ""
    tags: list[Tag] = []


class UpdateExperiment(Message):
    """A new name for an experiment."""

    REQUIRED = ("experiment_id", "new_name")
    experiment_id: str = ""
    new_name: str = ""


class SearchExperiments(Message):
    """A search of experiments."""

    max_results: Int64 | None = None
    page_token: str = ""
    filter: str = ""
    order_by: list[str] = []
    view_type: ViewType = ViewType.ACTIVE_ONLY


class SetExperimentTag(Message):
    """A tag of an experiment."""

    REQUIRED = ("experiment_id", "key")
    experiment_id: str = ""
    key: str = ""
    value: str = ""


class DeleteExperimentTag(Message):
    """A tag of an experiment to remove."""

    REQUIRED = ("experiment_id", "key")
    experiment_id: str = ""
    key: str = ""


class SearchDatasets(Message):
    """Experiments whose datasets are asked for."""

    experiment_ids: list[str] = []


class CreateRun(Message):
    """A new run."""

    experiment_id: str = ""
    user_id: str = ""
    run_name: str = ""
    start_time: Int64 | None = None
    tags: list[Tag] = []


class UpdateRun(Message):
    """A new state, end or name of a run."""

    REQUIRED = ("run_id",)
    run_id: str = ""
    run_uuid: str = ""
    status: RunStatus | None = None
    end_time: Int64 | None = None
    run_name: str | None = None


class RunId(Message):
    """Names one run."""

    REQUIRED = ("run_id",)
    run_id: str = ""
    run_uuid: str = ""


class SearchRuns(Message):
    """A search of runs."""

    experiment_ids: list[str] = []
    filter: str = ""
    run_view_type: ViewType = ViewType.ACTIVE_ONLY
    max_results: Int64 = 1000
    order_by: list[str] = []
    page_token: str = ""


class Metric(Message):
    """One point of a metric."""

    REQUIRED = ("key", "value", "timestamp")
    key: str
    value: float
    timestamp: Int64
    step: Int64 = 0
    dataset_name: str = ""
    dataset_digest: str = ""
    model_id: str = ""
    run_id: str = ""


class LogMetric(Message):
    """One point of a metric of a run."""

    REQUIRED = ("run_id", "key", "value", "timestamp")
    key: str
    value: float
    timestamp: Int64
    run_id: str = ""
    run_uuid: str = ""
    step: Int64 = 0
    model_id: str = ""
    dataset_name: str = ""
    dataset_digest: str = ""


class LogKey(Message):
    """A param or a tag of a run."""

    REQUIRED = ("run_id", "key")
    run_id: str = ""
    run_uuid: str = ""
    key: str = ""
    value: str = ""


class DeleteTag(Message):
    """A tag of a run to remove."""

    REQUIRED = ("run_id", "key")
    run_id: str = ""
    run_uuid: str = ""
    key: str = ""


class Param(Message):
    """One param."""

    REQUIRED = ("key",)
    key: str
    value: str = ""


class RunTag(Message):
    """One tag of a run."""

    REQUIRED = ("key",)
    key: str
    value: str = ""


class LogBatch(Message):
    """Points, params and tags of a run."""

    REQUIRED = ("run_id",)
    run_id: str = ""
    metrics: list[Metric] = []
    params: list[Param] = []
    tags: list[RunTag] = []


class LogModel(Message):
    """A model as old clients record it: JSON text."""

    REQUIRED = ("run_id", "model_json")
    run_id: str = ""
    model_json: str = ""


class Dataset(Message):
    """A dataset that a run read."""

    REQUIRED = ("name", "digest", "source_type", "source")
    name: str = ""
    digest: str = ""
    source_type: str = ""
    source: str = ""
    schema: str | None = None
    profile: str | None = None


class DatasetInput(Message):
    """A dataset with the tags of its use."""

    REQUIRED = ("dataset",)
    tags: list[Tag] = []
    dataset: Dataset | None = None


class ModelInput(Message):
    """A logged model that a run used."""

    REQUIRED = ("model_id",)
    model_id: str = ""


class ModelOutput(Message):
    """A logged model that a run made."""

    REQUIRED = ("model_id",)
    model_id: str = ""
    step: Int64 = 0


class LogInputs(Message):
    """Inputs of a run."""

    REQUIRED = ("run_id",)
    run_id: str = ""
    datasets: list[DatasetInput] = []
    models: list[ModelInput] = []


class LogOutputs(Message):
    """Outputs of a run."""

    REQUIRED = ("run_id", "models")
    run_id: str = ""
    models: list[ModelOutput] = []


class MetricHistory(Message):
    """All points of a metric of a run."""

    REQUIRED = ("run_id", "metric_key")
    run_id: str = ""
    run_uuid: str = ""
    metric_key: str = ""
    page_token: str = ""
    max_results: Int32 | None = None


class BulkInterval(Message):
    """A sample of the points of a metric of several runs."""

    REQUIRED = ("run_ids", "metric_key")
    run_ids: list[str] = []
    metric_key: str = ""
    start_step: Int32 | None = None
    end_step: Int32 | None = None
    max_results: Int32 | None = None


class BulkHistory(Message):
    """The points of a metric of several runs."""

    run_id: list[str] = []
    metric_key: str = ""
    max_results: Int32 = 25_000


class ListArtifacts(Message):
    """A folder of a run's artifacts."""

    REQUIRED = ("run_id",)
    run_id: str = ""
    run_uuid: str = ""
    path: str = ""
    page_token: str = ""


class PresignedUpload(Message):
    """Asks for an upload URL of the object store."""

    REQUIRED = ("path",)
    run_id: str = ""
    model_id: str = ""
    path: str = ""
    expiration: Int64 | None = None


class PresignedDownload(Message):
    """Asks for a download URL of the object store."""

    REQUIRED = ("run_id", "path")
    run_id: str = ""
    path: str = ""
    expiration: Int64 | None = None


class ProxyList(Message):
    """A folder of the artifact proxy."""

    path: str = ""


class UploadCreate(Message):
    """Starts a multipart upload."""

    REQUIRED = ("path",)
    path: str = ""
    num_parts: Int64 = 0


class UploadPart(Message):
    """A part as its upload was answered."""

    part_number: Int64 = 0
    etag: str = ""
    url: str = ""


class UploadComplete(Message):
    """Joins the parts of a multipart upload."""

    REQUIRED = ("path", "parts")
    path: str = ""
    upload_id: str = ""
    parts: list[UploadPart] = []


class UploadAbort(Message):
    """Gives up a multipart upload."""

    REQUIRED = ("path",)
    path: str = ""
    upload_id: str = ""


class CreateModel(Message):
    """A new logged model."""

    REQUIRED = ("experiment_id",)
    experiment_id: str = ""
    name: str = ""
    model_type: str = ""
    source_run_id: str = ""
    params: list[Tag] = []
    tags: list[Tag] = []


class FinalizeModel(Message):
    """The final state of a logged model."""

    REQUIRED = ("model_id", "status")
    model_id: str = ""
    status: ModelStatus | None = None


class GetModel(Message):
    """How a logged model is read."""

    allow_deleted: bool = False


class ModelTags(Message):
    """Tags of a logged model."""

    model_id: str = ""
    tags: list[Tag] = []


class ModelParams(Message):
    """Params of a logged model."""

    REQUIRED = ("model_id",)
    model_id: str = ""
    params: list[Tag] = []


class SearchModelsDataset(Message):
    """Narrows metric clauses of a model search to one dataset."""

    dataset_name: str = ""
    dataset_digest: str = ""


class SearchModelsOrder(Message):
    """One order item of a model search."""

    field_name: str = ""
    ascending: bool = True
    dataset_name: str = ""
    dataset_digest: str = ""


class SearchModels(Message):
    """A search of logged models."""

    REQUIRED = ("experiment_ids",)
    experiment_ids: list[str] = []
    filter: str = ""
    datasets: list[SearchModelsDataset] = []
    max_results: Int32 | None = None
    order_by: list[SearchModelsOrder] = []
    page_token: str = ""


class ModelFolder(Message):
    """A folder of a logged model's artifacts."""

    artifact_directory_path: str = ""
    page_token: str = ""
