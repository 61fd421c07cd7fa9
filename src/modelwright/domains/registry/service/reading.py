"""What a source comes to: whose files, from which run and logged model, and what they say about themselves."""

from __future__ import annotations

import msgspec

from modelwright.domains.registry.queries import versions
from modelwright.domains.registry.queries.versions import VersionRow
from modelwright.domains.registry.rules import mlmodel, sources
from modelwright.domains.registry.rules import names as rules
from modelwright.domains.registry.service import files, names
from modelwright.domains.registry.service.found import Found
from modelwright.domains.tracking.service import pins
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.access import Permission
from modelwright.types.codec import number_in, number_out
from modelwright.types.errors import Invalid, NotFound
from modelwright.types.registry import DataInput, VersionFacts
from modelwright.types.tracking import Artifact, Run


def resolve(ctx: Ctx, tx: Tx, source: str, run_id: str, model_id: str, *, bound: bool) -> Found:
    """What a source names, when it belongs to the run and the logged model that are given with it.

    Args:
        bound: the run or the model must be given, as on MLflow's wire; otherwise the source itself names them.

    Raises:
        Invalid: not a source, or one of another run or model. NotFound: no such version.
    """
    parsed = sources.parse(source)
    if isinstance(parsed, sources.Version):
        return _version(ctx, tx, source, parsed, run_id, model_id)
    if isinstance(parsed, sources.Outside):
        return Found(source, "", "", source, run_id, model_id)
    if isinstance(parsed, sources.Logged):
        if parsed.model_id != model_id and (bound or model_id):
            raise _foreign(source, "model_id")
        return _logged(ctx, tx, source, parsed.model_id, run_id)
    if isinstance(parsed, sources.Run):
        if model_id or (parsed.run_id != run_id and (bound or run_id)):
            raise _foreign(source, "model_id" if model_id else "run_id")
        return _run(ctx, tx, source, parsed.run_id, parsed.path)
    return _proxied(ctx, tx, source, parsed.path, run_id, model_id)


def _foreign(source: str, parameter: str) -> Invalid:
    return sources.refused(
        source, f"The {parameter} request parameter must identify the resource that contains the source."
    )


def _run(ctx: Ctx, tx: Tx, source: str, run_id: str, path: str) -> Found:
    run = _run_of(ctx, tx, source, run_id)
    if not pins.files(tx, ctx, f"runs/{run.id}", path):
        made = pins.logged_models_of(tx, ctx, run.id, path)
        if made:  # since MLflow 3 the files of `runs:/<run>/<name>` lie with the logged model of that name
            return _logged(ctx, tx, source, made[-1], run.id)
    return Found(source, f"runs/{run.id}", path, f"{run.artifact_uri}/{path}", run.id, "", run)


def _logged(ctx: Ctx, tx: Tx, source: str, model_id: str, run_id: str, directory: str = "") -> Found:
    try:
        model = pins.logged_model(tx, ctx, model_id)
    except (NotFound, Invalid):
        raise _foreign(source, "model_id") from None
    if run_id and model.source_run_id and run_id != model.source_run_id:
        raise _foreign(source, "run_id")
    made_by = model.source_run_id or run_id
    try:
        run = pins.run(tx, ctx, made_by) if made_by else None
    except (NotFound, Invalid):
        run = None
    place = f"{model.artifact_uri}/{directory}" if directory else model.artifact_uri
    return Found(source, f"models/{model.id}", directory, place, made_by, model.id, run, model)


def _proxied(ctx: Ctx, tx: Tx, source: str, path: str, run_id: str, model_id: str) -> Found:
    """A place below the artifact root: only inside the root of the model, else of the run, that is given."""
    if model_id:
        found = _logged(ctx, tx, source, model_id, run_id)
        root, parameter = found.location, "model_id"
    elif run_id:
        run = _run_of(ctx, tx, source, run_id)
        found = Found(source, f"runs/{run.id}", "", run.artifact_uri, run.id, "", run)
        root, parameter = run.artifact_uri, "run_id"
    else:
        raise _foreign(source, "run_id")
    inside = sources.proxied(root)
    rest = sources.below(path, inside) if inside else None
    if rest is None:
        raise _foreign(source, parameter)
    return found._replace(directory=rest, location=source)


def _run_of(ctx: Ctx, tx: Tx, source: str, run_id: str) -> Run:
    try:
        return pins.run(tx, ctx, run_id)
    except (NotFound, Invalid):
        raise _foreign(source, "run_id") from None


def _version(ctx: Ctx, tx: Tx, source: str, asked: sources.Version, run_id: str, model_id: str) -> Found:
    name = names.located(tx, ctx, asked.name, Permission.READ)
    if name.prompt:
        raise sources.refused(source, "Prompt versions cannot be used as model version sources.")
    row: VersionRow | None
    if asked.version is not None:
        row = versions.locate(tx, name, asked.version)
    elif asked.alias == "latest":
        row = versions.newest(tx, name.id)
    elif asked.alias:
        row = versions.by_alias(tx, ctx.workspace, name.name, asked.alias)
    else:
        newest = versions.latest(tx, [name.id], [rules.stage(asked.stage).value])
        row = newest[-1] if newest else None
    if row is None and asked.alias:
        raise Invalid(f"Registered model alias {asked.alias} not found.", where="source")
    if row is None:
        raise NotFound(f"{source!r} names no version", where="source")
    if (run_id and run_id != row.run_id) or (model_id and model_id != row.model_id):
        raise sources.refused(
            source, "The run_id and model_id request parameters must match the referenced model version."
        )
    canonical = f"models:/{row.name}/{row.version}"
    try:
        where, directory = files.place(ctx, tx, row)
    except NotFound:
        where, directory = "", ""
    return Found(canonical, where, directory, row.location, row.run_id, row.model_id, copied=row)


def facts(ctx: Ctx, tx: Tx, found: Found, listed: list[Artifact]) -> VersionFacts:
    """What is known of the source now. Files are read outside of the write that makes the version."""
    if found.copied is not None:
        known = versions.facts_of(tx, found.copied.id)
        return msgspec.structs.replace(known, files=len(listed)) if known else VersionFacts(files=len(listed))
    said = _said(ctx, {item.path: item for item in listed})
    run, model = found.run, found.model
    origin = run.origin if run else None
    git = origin.git if origin else None
    metrics = {key: summary.last for key, summary in run.metrics.items()} if run else {}
    if model:
        ordered = sorted(model.metrics, key=lambda item: (item.step, item.time_ms))
        metrics |= {item.key: item.value for item in ordered}
    return msgspec.structs.replace(
        said,
        files=len(listed),
        experiment_id=model.experiment_id if model else run.experiment_id if run else "",
        params={**(run.params if run else {}), **(model.params if model else {})},
        metrics={key: number_out(number_in(value)) for key, value in metrics.items()},
        data=[
            DataInput(name=item.name, digest=item.digest, context=_context(item.tags)) for item in run.dataset_inputs
        ]
        if run
        else [],
        commit=git.commit if git else (run.tags.get("mlflow.source.git.commit", "") if run else ""),
        branch=git.branch if git else "",
        dirty=git.dirty if git else False,
        packages=dict(origin.packages) if origin else {},
        python=said.python or (origin.python if origin else ""),
    )


def _context(tags: dict[str, str]) -> str:
    return tags.get("mlflow.data.context", "")


def _said(ctx: Ctx, listed: dict[str, Artifact]) -> VersionFacts:
    problems: list[str] = []
    said = VersionFacts()
    document = _read(ctx, listed, "MLmodel", problems)
    if document is not None:
        try:
            said = mlmodel.facts(mlmodel.document(document))
        except mlmodel.Unreadable as error:
            problems.append(f"MLmodel: {error}")
    required = _read(ctx, listed, "requirements.txt", problems)
    python = said.python
    if not python:
        environment = _read(ctx, listed, "python_env.yaml", problems)
        try:
            python = str(mlmodel.document(environment).get("python", "")) if environment else ""
        except mlmodel.Unreadable as error:
            problems.append(f"python_env.yaml: {error}")
    return msgspec.structs.replace(
        said,
        requirements=mlmodel.requirements(required) if required else [],
        python=python[:100],
        problems=[*said.problems, *problems],
    )


def _read(ctx: Ctx, listed: dict[str, Artifact], name: str, problems: list[str]) -> bytes | None:
    item = listed.get(name)
    if item is None:
        return None
    if (item.size or 0) > mlmodel.LARGEST:
        problems.append(f"{name}: it has {item.size:,} bytes; at most {mlmodel.LARGEST:,} are read")
        return None
    return ctx.cas.read(item.digest)
