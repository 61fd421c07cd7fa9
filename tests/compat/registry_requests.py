"""Requests about the model registry and prompts that are put to MLflow's own server and to ours."""

from __future__ import annotations

from typing import Any

from tests.compat.requests import Ask

_R, _V = "/registered-models", "/model-versions"
_PROMPT = {"key": "mlflow.prompt.is_prompt", "value": "true"}
_TEXT = {"key": "mlflow.prompt.text", "value": "Hello {{ name }}"}


def _post(name: str, path: str, body: Any, /, **keep: str) -> Ask:
    return Ask(name, "POST", path, body, keep)


def _get(name: str, path: str, /, **query: Any) -> Ask:
    return Ask(name, "GET", path, query)


def _delete(name: str, path: str, body: Any, /) -> Ask:
    return Ask(name, "DELETE", path, body)


def _patch(name: str, path: str, body: Any, /) -> Ask:
    return Ask(name, "PATCH", path, body)


def _version(name: str, source: str, /, **more: Any) -> Ask:
    return _post(name, f"{_V}/create", {"name": "m", "source": source, **more})


_SOURCES = [
    "/etc/passwd",
    "etc/passwd",
    "./model",
    "../model",
    "file:///etc/passwd",
    "file:/etc/passwd",
    "file://localhost/etc",
    "file:etc",
    "FILE:///etc",
    "\\etc\\passwd",
    "C:\\windows",
    "mlflow-artifacts:/0/{run}/../../x",
    "mlflow-artifacts:/0/{run}/artifacts/../../../x",
    "mlflow-artifacts://host/0/{run}/artifacts/m",
    "mlflow-artifacts:/0/{run}/artifacts/%2e%2e/%2e%2e/x",
    "mlflow-artifacts:/0/{other}/artifacts/m",
    "mlflow-artifacts:/0",
    "runs:/{other}/m",
    "runs:/{run}/../m",
    "runs://host/{run}/m",
    "models:/m-00000000000000000000000000000000",
    "s3://bucket/../x",
    "s3://bucket/%2e%2e/x",
    "ftp://host/x",
    "sftp://host/x",
    "hdfs://host/x",
    "http://host/api/2.0/mlflow-artifacts/artifacts/../../x",
    "http://host/api/2.0/mlflow-artifacts/artifacts/0/x",
    "models:/none/1",
    "models:/m/99",
    "models:/m@none",
]

ASKS = [
    _post("run", "/runs/create", {"experiment_id": "0", "start_time": 1}, run="run.info.run_id"),
    _post("other run", "/runs/create", {"experiment_id": "0", "start_time": 1}, other="run.info.run_id"),
    _post("create", f"{_R}/create", {"name": "m", "tags": [{"key": "a", "value": "1"}], "description": "d"}),
    _post("create twice", f"{_R}/create", {"name": "m"}),
    _post("create without a name", f"{_R}/create", {}),
    _post("create with a blank name", f"{_R}/create", {"name": " "}),
    _post("create with a slash", f"{_R}/create", {"name": "a/b"}),
    _post("create with a colon", f"{_R}/create", {"name": "a:b"}),
    _post("create dots", f"{_R}/create", {"name": ".."}),
    _post("create a number", f"{_R}/create", {"name": 5}),
    _post("create with a long tag", f"{_R}/create", {"name": "t", "tags": [{"key": "k" * 251, "value": "v"}]}),
    _post("create with a bad tag", f"{_R}/create", {"name": "t", "tags": [{"key": "a/../b", "value": "v"}]}),
    _get("get", f"{_R}/get", name="m"),
    _get("get none", f"{_R}/get", name="none"),
    _get("get nothing", f"{_R}/get"),
    _get("get a slash", f"{_R}/get", name="a/b"),
    _patch("update", f"{_R}/update", {"name": "m", "description": "new"}),
    _patch("update to nothing", f"{_R}/update", {"name": "m"}),
    _patch("update none", f"{_R}/update", {"name": "none", "description": "x"}),
    _version("version of the run", "runs:/{run}/model", run_id="{run}", description="first"),
    _version("version in the root", "mlflow-artifacts:/0/{run}/artifacts/model", run_id="{run}"),
    _version("version outside", "s3://bucket/model"),
    _version("version with tags", "s3://bucket/model", tags=[{"key": "k", "value": "v"}], run_link="http://x"),
    _version("version copied", "models:/m/1"),
    _version("version copied with another run", "models:/m/1", run_id="{other}"),
    _version("version without its run", "runs:/{run}/model"),
    _version("version of another run", "runs:/{run}/model", run_id="{other}"),
    _post("version of no model", f"{_V}/create", {"name": "none", "source": "s3://b/x"}),
    _post("version without source", f"{_V}/create", {"name": "m"}),
    *[_version(f"source {source}", source, run_id="{run}") for source in _SOURCES],
    *[_version(f"source without a run {source}", source) for source in _SOURCES],
    _get("version", f"{_V}/get", name="m", version="1"),
    _get("version 99", f"{_V}/get", name="m", version="99"),
    _get("version -1", f"{_V}/get", name="m", version="-1"),
    _get("version abc", f"{_V}/get", name="m", version="abc"),
    _get("version of none", f"{_V}/get", name="none", version="1"),
    _get("version of nothing", f"{_V}/get", name="m"),
    _get("download uri", f"{_V}/get-download-uri", name="m", version="1"),
    _get("download uri of none", f"{_V}/get-download-uri", name="m", version="99"),
    _patch("describe", f"{_V}/update", {"name": "m", "version": "1", "description": "words"}),
    _patch("describe 99", f"{_V}/update", {"name": "m", "version": "99", "description": "words"}),
    _post("tag", f"{_R}/set-tag", {"name": "m", "key": "b", "value": "2"}),
    _post("tag without key", f"{_R}/set-tag", {"name": "m", "value": "2"}),
    _post("tag none", f"{_R}/set-tag", {"name": "none", "key": "b", "value": "2"}),
    _post("tag with a long value", f"{_R}/set-tag", {"name": "m", "key": "b", "value": "x" * 100_001}),
    _delete("untag", f"{_R}/delete-tag", {"name": "m", "key": "b"}),
    _delete("untag again", f"{_R}/delete-tag", {"name": "m", "key": "b"}),
    _delete("untag none", f"{_R}/delete-tag", {"name": "none", "key": "b"}),
    _post("tag a version", f"{_V}/set-tag", {"name": "m", "version": "1", "key": "b", "value": "2"}),
    _post("tag version 99", f"{_V}/set-tag", {"name": "m", "version": "99", "key": "b", "value": "2"}),
    _post("tag version abc", f"{_V}/set-tag", {"name": "m", "version": "abc", "key": "b", "value": "2"}),
    _delete("untag a version", f"{_V}/delete-tag", {"name": "m", "version": "1", "key": "none"}),
    _post("alias", f"{_R}/alias", {"name": "m", "alias": "champion", "version": "1"}),
    _post("alias again", f"{_R}/alias", {"name": "m", "alias": "champion", "version": "2"}),
    _post("alias latest", f"{_R}/alias", {"name": "m", "alias": "latest", "version": "1"}),
    _post("alias LATEST", f"{_R}/alias", {"name": "m", "alias": "LATEST", "version": "1"}),
    _post("alias v1", f"{_R}/alias", {"name": "m", "alias": "v1", "version": "1"}),
    _post("alias with a dot", f"{_R}/alias", {"name": "m", "alias": "a.b", "version": "1"}),
    _post("alias with 256 letters", f"{_R}/alias", {"name": "m", "alias": "a" * 256, "version": "1"}),
    _post("alias for 99", f"{_R}/alias", {"name": "m", "alias": "x", "version": "99"}),
    _post("alias for abc", f"{_R}/alias", {"name": "m", "alias": "x", "version": "abc"}),
    _post("alias of none", f"{_R}/alias", {"name": "none", "alias": "x", "version": "1"}),
    _get("by alias", f"{_R}/alias", name="m", alias="champion"),
    _get("by alias latest", f"{_R}/alias", name="m", alias="latest"),
    _get("by no alias", f"{_R}/alias", name="m", alias="none"),
    _get("by alias of none", f"{_R}/alias", name="none", alias="champion"),
    _get("get with alias", f"{_R}/get", name="m"),
    _get("version with alias", f"{_V}/get", name="m", version="2"),
    _delete("unalias", f"{_R}/alias", {"name": "m", "alias": "champion"}),
    _delete("unalias again", f"{_R}/alias", {"name": "m", "alias": "champion"}),
    _delete("unalias of none", f"{_R}/alias", {"name": "none", "alias": "champion"}),
    _post("stage", f"{_V}/transition-stage", {"name": "m", "version": "1", "stage": "production",
                                              "archive_existing_versions": False}),
    _post("stage 2", f"{_V}/transition-stage", {"name": "m", "version": "2", "stage": "Production",
                                                "archive_existing_versions": True}),
    _post("stage unknown", f"{_V}/transition-stage", {"name": "m", "version": "1", "stage": "x",
                                                      "archive_existing_versions": False}),
    _post("stage archived with archive", f"{_V}/transition-stage",
          {"name": "m", "version": "1", "stage": "Archived", "archive_existing_versions": True}),
    _post("stage of 99", f"{_V}/transition-stage", {"name": "m", "version": "99", "stage": "Staging",
                                                    "archive_existing_versions": False}),
    _post("latest", f"{_R}/get-latest-versions", {"name": "m"}),
    _post("latest in stages", f"{_R}/get-latest-versions", {"name": "m", "stages": ["Production", "archived"]}),
    _post("latest in no stage", f"{_R}/get-latest-versions", {"name": "m", "stages": ["x"]}),
    _post("latest of none", f"{_R}/get-latest-versions", {"name": "none"}),
    _get("latest by GET", f"{_R}/get-latest-versions", name="m"),
    _post("another", f"{_R}/create", {"name": "Another one", "tags": [{"key": "a", "value": "2"}]}),
    _post("prompt", f"{_R}/create", {"name": "greeting", "tags": [_PROMPT]}),
    _post("prompt as a model", f"{_R}/create", {"name": "greeting"}),
    _post("model as a prompt", f"{_R}/create", {"name": "m", "tags": [_PROMPT]}),
    _post("prompt version", f"{_V}/create", {"name": "greeting", "source": "dummy-source", "tags": [_PROMPT, _TEXT]}),
    _post("prompt version again", f"{_V}/create",
          {"name": "greeting", "source": "prompt-template", "tags": [_PROMPT, _TEXT]}),
    _post("prompt version from a file", f"{_V}/create",
          {"name": "greeting", "source": "/etc/passwd", "tags": [_PROMPT, _TEXT]}),
    _post("model version as a prompt", f"{_V}/create", {"name": "m", "source": "/etc/passwd", "tags": [_PROMPT]}),
    _post("placeholder for a model", f"{_V}/create", {"name": "m", "source": "dummy-source"}),
    _version("prompt as source", "models:/greeting/1"),
    _post("prompt alias", f"{_R}/alias", {"name": "greeting", "alias": "prod", "version": "1"}),
    _get("prompt by alias", f"{_R}/alias", name="greeting", alias="prod"),
    *[
        _get(f"models, {text}", f"{_R}/search", filter=text)
        for text in (
            "name = 'm'", "name != 'm'", "name LIKE 'm%'", "name ILIKE 'ANOTHER%'", "name IN ('m', 'x')",
            "tags.a = '1'", "tag.a != '1'", "tags.a LIKE '%'", "name = 'm' AND tags.a = '1'", "name = m",
            "name > 'a'", "unknown = 'x'", "name = 'm' OR name = 'x'", "tags.`mlflow.prompt.is_prompt` = 'true'",
            "tags.`mlflow.prompt.is_prompt` != 'true'", "tags.`mlflow.prompt.is_prompt` = 'false'",
            "name = 'greeting'", "name LIKE 'greet%' AND tags.`mlflow.prompt.is_prompt` = 'true'", "",
        )
    ],
    _get("models by name", f"{_R}/search", order_by=["name DESC"]),
    _get("models by update", f"{_R}/search", order_by=["last_updated_timestamp DESC", "name ASC"]),
    _get("models by nothing", f"{_R}/search", order_by=["unknown"]),
    _get("two pages of models", f"{_R}/search", max_results=1),
    _get("too many models", f"{_R}/search", max_results=1001),
    _get("bad page of models", f"{_R}/search", page_token="!!!"),
    *[
        _get(f"versions, {text}", f"{_V}/search", filter=text)
        for text in (
            "name = 'm'", "name = 'none'", "run_id = '{run}'", "run_id IN ('{run}')", "source_path LIKE 's3%'",
            "version_number > 1", "version_number = 2", "version_number LIKE '2'", "tags.k = 'v'", "tag.k = 'x'",
            "name ILIKE 'M'", "name = 'greeting'", "tags.`mlflow.prompt.is_prompt` = 'true' AND name = 'greeting'",
            "unknown = 'x'", "",
        )
    ],
    _get("versions by number", f"{_V}/search", order_by=["version_number ASC"]),
    _get("versions by creation", f"{_V}/search", order_by=["creation_timestamp DESC"]),
    _get("versions by nothing", f"{_V}/search", order_by=["unknown"]),
    _get("page of versions", f"{_V}/search", max_results=2),
    _get("no versions at all", f"{_V}/search", max_results=0),
    _get("too many versions", f"{_V}/search", max_results=200_001),
    _delete("delete a version", f"{_V}/delete", {"name": "m", "version": "4"}),
    _delete("delete it again", f"{_V}/delete", {"name": "m", "version": "4"}),
    _get("the deleted version", f"{_V}/get", name="m", version="4"),
    _post("rename", f"{_R}/rename", {"name": "m", "new_name": "renamed"}),
    _post("rename to a taken name", f"{_R}/rename", {"name": "renamed", "new_name": "Another one"}),
    _post("rename to nothing", f"{_R}/rename", {"name": "renamed", "new_name": ""}),
    _post("rename to a slash", f"{_R}/rename", {"name": "renamed", "new_name": "a/b"}),
    _post("rename none", f"{_R}/rename", {"name": "none", "new_name": "x"}),
    _get("renamed version", f"{_V}/get", name="renamed", version="1"),
    _delete("delete", f"{_R}/delete", {"name": "renamed"}),
    _delete("delete again", f"{_R}/delete", {"name": "renamed"}),
    _get("deleted", f"{_R}/get", name="renamed"),
    _delete("delete a prompt", f"{_R}/delete", {"name": "greeting"}),
]  # fmt: skip
