"""The registry on both engines: numbers, pinned files, aliases that race, hooks, history, search, deletion."""

from __future__ import annotations

import itertools
import os
import threading
from typing import Any

import pytest

from modelwright.domains.audit import service as audit
from modelwright.domains.events import service as events
from modelwright.domains.lineage import service as lineage
from modelwright.domains.registry.service import files, moves, names, prompts, search, versions
from modelwright.domains.tracking.service import artifacts, inputs, log, models, runs
from modelwright.kit.context import Ctx
from modelwright.types.errors import AlreadyExists, Conflict, Denied, Invalid, NotFound
from modelwright.types.lineage import Node
from modelwright.types.page import Search
from modelwright.types.registry import (
    Kind,
    PromptCreate,
    RegisteredModelCreate,
    RegisteredUpdate,
    Stage,
    Transition,
    VersionCreate,
)
from modelwright.types.tracking import DatasetInput, LogBatch, Points, RunCreate

_FULL = os.environ.get("MODELWRIGHT_CHAOS") == "full"


def made_run(ctx: Ctx, auc: float = 0.9) -> str:
    """A run with a param, a metric, data and a model below `model`."""
    run = runs.create(ctx, RunCreate(experiment_id="0", name="r", params={"lr": 0.1}))
    points = Points(key="auc", steps=[1], times_ms=[1], values=[auc])
    log.log(ctx, run.id, LogBatch(points=[points]))
    inputs.log_inputs(ctx, run.id, [DatasetInput(name="flights", digest="d1", tags={"mlflow.data.context": "train"})])
    artifacts.put(ctx, f"runs/{run.id}", "model/MLmodel", b"flavors: {sklearn: {sklearn_version: '1.5'}}\n")
    artifacts.put(ctx, f"runs/{run.id}", "model/requirements.txt", f"scikit-learn==1.{int(auc * 10)}\n".encode())
    artifacts.put(ctx, f"runs/{run.id}", "model/data/weights.bin", f"weights of {auc}".encode())
    return run.id


def three(ctx: Ctx, name: str = "m") -> str:
    """A model with three versions."""
    run_id = made_run(ctx)
    for _ in range(3):
        versions.create(ctx, name, VersionCreate(source=f"runs:/{run_id}/model"))
    return run_id


def test_a_version_knows_what_was_known_when_it_was_made(ctx: Ctx) -> None:
    run_id = made_run(ctx)
    made = versions.create(ctx, "m", VersionCreate(source=f"runs:/{run_id}/model", aliases=["champion"]))
    assert made.facts is not None
    assert (made.version, made.run_id, made.aliases) == (1, run_id, ["champion"])
    assert made.facts.metrics == {"auc": 0.9}
    assert made.facts.params == {"lr": 0.1}
    assert made.facts.requirements == ["scikit-learn==1.9"]
    assert [(item.name, item.digest, item.context) for item in made.facts.data] == [("flights", "d1", "train")]
    assert made.facts.files == 3
    log.log(ctx, run_id, LogBatch(points=[Points(key="auc", steps=[2], times_ms=[2], values=[0.1])]))
    again = versions.get(ctx, "m", 1)
    assert again.facts is not None
    assert again.facts.metrics == {"auc": 0.9}


def test_files_of_a_version_stay_when_the_run_changes_and_when_it_is_gone(ctx: Ctx) -> None:
    run_id = made_run(ctx)
    made = versions.create(ctx, "m", VersionCreate(source=f"runs:/{run_id}/model"))
    artifacts.put(ctx, f"runs/{run_id}", "model/data/weights.bin", b"other weights")
    artifacts.delete(ctx, f"runs/{run_id}", "model/MLmodel")
    row = versions.row_of(ctx, "m", 1)
    assert [item.path for item in files.listed(ctx, row)] == ["MLmodel", "data", "requirements.txt"]
    item = files.opened(ctx, row, "data/weights.bin")
    assert b"".join(files.content(ctx, item)) == b"weights of 0.9"
    other = versions.create(ctx, "m", VersionCreate(source=f"runs:/{run_id}/model"))
    assert other.digest != made.digest
    copy = versions.create(ctx, "n", VersionCreate(source="models:/m/1"))
    assert (copy.digest, copy.run_id, copy.source) == (made.digest, run_id, "models:/m/1")


def test_numbers_are_never_given_twice(ctx: Ctx) -> None:
    run_id = three(ctx)
    versions.delete(ctx, "m", 3)
    body = VersionCreate(source=f"runs:/{run_id}/model")
    assert versions.create(ctx, "m", body).version == 4
    names.delete(ctx, "m")
    with pytest.raises(NotFound):
        names.get(ctx, "m")
    assert versions.create(ctx, "m", body).version == 5
    names.rename(ctx, "m", "n")
    assert versions.create(ctx, "m", body).version == 6
    with pytest.raises(AlreadyExists):
        names.rename(ctx, "n", "m")
    names.delete(ctx, "m")
    with pytest.raises(AlreadyExists):
        names.rename(ctx, "n", "m")
    assert versions.get(ctx, "n", 5).name == "n"


def test_a_deleted_version_is_redacted_and_its_files_and_aliases_go(ctx: Ctx) -> None:
    three(ctx)
    moves.set_alias(ctx, "m", "champion", 2)
    versions.delete(ctx, "m", 2)
    with pytest.raises(NotFound):
        versions.get(ctx, "m", 2)
    with pytest.raises(NotFound):
        versions.by_alias(ctx, "m", "champion")
    with ctx.db.read() as tx:
        row = tx.row("SELECT source, run_id, user_name FROM model_versions WHERE version = 2")
        held = tx.row("SELECT COUNT(*) FROM artifacts WHERE owner LIKE 'registry/%/2'")
    assert row == ("REDACTED-SOURCE-PATH", "REDACTED-RUN-ID", "")
    assert held == (0,)


def test_an_alias_moves_with_its_history_and_goes_back(ctx: Ctx) -> None:
    three(ctx)
    for version in (1, 2, 3):
        moves.set_alias(ctx, "m", "champion", version)
    moves.set_alias(ctx, "m", "champion", 3)
    assert moves.rollback(ctx, "m", "champion").version == 2
    assert moves.rollback(ctx, "m", "champion").version == 1
    with pytest.raises(NotFound):
        moves.rollback(ctx, "m", "champion")
    found = [(move.verb, move.previous, move.version, move.user) for move in moves.history(ctx, "m", alias="champion")]
    assert found == [
        ("rolled_back", 2, 1, "system"),
        ("rolled_back", 3, 2, "system"),
        ("set", 2, 3, "system"),
        ("set", 1, 2, "system"),
        ("set", None, 1, "system"),
    ]
    moves.delete_alias(ctx, "m", "champion")
    assert moves.delete_alias(ctx, "m", "champion") is None
    assert moves.rollback(ctx, "m", "champion").version == 1


def test_whoever_expects_another_version_is_refused(ctx: Ctx) -> None:
    three(ctx)
    moves.set_alias(ctx, "m", "champion", 1, expected=0)
    with pytest.raises(Conflict):
        moves.set_alias(ctx, "m", "champion", 2, expected=0)
    with pytest.raises(Conflict):
        moves.set_alias(ctx, "m", "champion", 2, expected=3)
    moves.set_alias(ctx, "m", "champion", 1, expected=0)  # the same move again, whose answer got lost
    assert versions.by_alias(ctx, "m", "champion").version == 1
    with pytest.raises(Conflict):
        moves.transition_stage(ctx, "m", 1, "staging", expected=Stage.PRODUCTION)


def test_of_promoters_that_race_exactly_one_wins_each_round(ctx: Ctx) -> None:
    three(ctx)
    moves.set_alias(ctx, "m", "champion", 1)
    rounds, racers = (2_500 if _FULL else 10), 4
    wins = 0
    for number in range(rounds):
        now = versions.by_alias(ctx, "m", "champion").version
        targets = [version for version in (1, 2, 3) if version != now]
        start = threading.Barrier(racers)
        results: list[str] = []

        def race(version: int, now: int = now, start: threading.Barrier = start, results: list[str] = results) -> None:
            start.wait()
            try:
                moves.set_alias(ctx, "m", "champion", version, expected=now)
                results.append(f"won {version}")
            except Conflict:
                results.append("lost")

        # Each racer has a version of its own or shares it with one: of equal moves both may say that they won.
        threads = [threading.Thread(target=race, args=(targets[place % 2],)) for place in range(racers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        winners = {result for result in results if result != "lost"}
        assert len(results) == racers
        assert winners == {f"won {versions.by_alias(ctx, 'm', 'champion').version}"}, (number, results)
        wins += 1
    history = [move for move in moves.history(ctx, "m", alias="champion") if move.verb == "set"]
    assert len(history) == min(wins + 1, 1_000)
    assert all(later.previous == earlier.version for later, earlier in itertools.pairwise(history))


def test_a_hook_sees_every_move_before_it_happens_and_can_stop_it(ctx: Ctx) -> None:
    three(ctx)
    seen: list[Transition] = []

    def guard(guarded: Ctx, tx: Any, asked: Transition) -> None:
        seen.append(asked)
        if asked.name == "Production" or asked.version == 3:
            raise Denied("not approved", hint="ask for approval")

    ctx.hooks.setdefault("registry.before_transition", []).append(guard)
    try:
        moves.set_alias(ctx, "m", "champion", 1)
        moves.set_alias(ctx, "m", "champion", 1)
        moves.set_alias(ctx, "m", "champion", 2)
        with pytest.raises(Denied):
            moves.set_alias(ctx, "m", "champion", 3)
        with pytest.raises(Denied):
            moves.transition_stage(ctx, "m", 1, "production", archive=True)
        moves.rollback(ctx, "m", "champion")
        versions.delete(ctx, "m", 1)
    finally:
        ctx.hooks["registry.before_transition"].remove(guard)
    told = [(asked.kind, asked.name, asked.previous, asked.version, asked.verb) for asked in seen]
    assert told == [
        ("alias", "champion", None, 1, "set"),
        ("alias", "champion", 1, 2, "set"),
        ("alias", "champion", 2, 3, "set"),
        ("stage", "Production", "None", 1, "set"),
        ("alias", "champion", 2, 1, "rolled_back"),
        ("alias", "champion", 1, None, "deleted"),
    ]
    assert versions.get(ctx, "m", 2).stage is Stage.NONE


def test_a_hook_on_new_versions_can_refuse_one_and_nothing_stays(ctx: Ctx) -> None:
    run_id = made_run(ctx)

    def refuse(*_: Any) -> None:
        raise Denied("pickles are not wanted here")

    ctx.hooks.setdefault("registry.version_created", []).append(refuse)
    try:
        with pytest.raises(Denied):
            versions.create(ctx, "m", VersionCreate(source=f"runs:/{run_id}/model"))
    finally:
        ctx.hooks["registry.version_created"].remove(refuse)
    with pytest.raises(NotFound):
        names.get(ctx, "m")


def test_a_stage_is_left_by_those_that_were_there(ctx: Ctx) -> None:
    three(ctx)
    moves.transition_stage(ctx, "m", 1, "Production")
    moves.transition_stage(ctx, "m", 2, "production", archive=True)
    assert [versions.get(ctx, "m", number).stage for number in (1, 2, 3)] == [
        Stage.ARCHIVED,
        Stage.PRODUCTION,
        Stage.NONE,
    ]
    assert [item.version for item in search.latest(ctx, "m", ["Production", "archived"])] == [1, 2]
    with pytest.raises(Invalid):
        moves.transition_stage(ctx, "m", 1, "archived", archive=True)


def test_searches_find_by_name_alias_tag_run_and_page_by_page(ctx: Ctx) -> None:
    run_id = three(ctx, "flight delay")
    three(ctx, "other")
    names.update(ctx, "other", RegisteredUpdate(tags={"team": "ops", "long": "x" * 100}))
    moves.set_alias(ctx, "other", "prod", 2)
    versions.update(ctx, "other", 3, RegisteredUpdate(tags={"checked": "yes"}))
    prompts.register(ctx, "hello", PromptCreate(template="x"))

    def named(text: str) -> list[str]:
        return [item.name for item in search.models(ctx, Search(filter=text)).items]

    assert named("") == ["flight delay", "other"]
    assert named("name LIKE 'flight%'") == ["flight delay"]
    assert named("tags.team = 'ops' AND alias = 'prod'") == ["other"]
    assert named(f"tags.long = '{'x' * 100}'") == ["other"]
    assert named(f"tags.long = '{'x' * 99}y'") == []
    assert named("tags.team != 'ops'") == []

    def numbered(text: str) -> list[tuple[str, int]]:
        found = search.found_versions(ctx, Search(filter=text, order_by=["version ASC"])).items
        return [(item.name, item.version) for item in found]

    assert numbered(f"run_id = '{run_id}'") == [("flight delay", 1), ("flight delay", 2), ("flight delay", 3)]
    assert numbered("tags.checked = 'yes'") == [("other", 3)]
    assert numbered("alias = 'prod'") == [("other", 2)]
    page, seen = "", []
    while True:
        found = search.found_versions(ctx, Search(max_results=4, page=page))
        seen += [(item.name, item.version) for item in found.items]
        page = found.next_page
        if not page:
            break
    assert len(seen) == len(set(seen)) == 6
    with pytest.raises(Invalid):
        search.models(ctx, Search(filter="unknown = 'x'"))


def test_prompts_and_models_share_names_but_no_rules(ctx: Ctx) -> None:
    three(ctx)
    made = prompts.register(ctx, "greeting", PromptCreate(template="Hi {{ name }}", aliases=["prod"], message="first"))
    assert (made.version, made.variables, made.aliases) == (1, ["name"], ["prod"])
    with pytest.raises(Invalid):
        prompts.register(ctx, "m", PromptCreate(template="x"))
    with pytest.raises(Invalid):
        versions.create(ctx, "greeting", VersionCreate(source="models:/m/1"))
    with pytest.raises(Invalid):
        versions.create(ctx, "m", VersionCreate(source="models:/greeting/1"))
    with pytest.raises(AlreadyExists):
        names.create(ctx, RegisteredModelCreate(name="greeting"))
    for tags in ({"mlflow.prompt.is_prompt": "true"}, {"mlflow.prompt.is_prompt": None}):
        with pytest.raises(Invalid):
            names.update(ctx, "m" if "true" in tags.values() else "greeting", RegisteredUpdate(tags=tags))
    with pytest.raises(Invalid):
        versions.update(ctx, "greeting", 1, RegisteredUpdate(tags={"mlflow.prompt.text": "other"}))
    with pytest.raises(NotFound):
        names.get(ctx, "greeting", Kind.MODEL)
    assert [item.name for item in prompts.find(ctx, Search()).items] == ["greeting"]
    assert prompts.load(ctx, "greeting", "@prod").template == "Hi {{ name }}"


def test_another_workspace_sees_and_uses_nothing(ctx: Ctx) -> None:
    run_id = three(ctx)
    model = models.create(ctx, experiment_id="0", name="x", source_run_id=run_id)
    with ctx.db.write() as tx:
        tx.execute("INSERT INTO workspaces (id, created_ms) VALUES ('other', 0)")
    other = ctx.acting(ctx.actor, "other")
    for look in (lambda: names.get(other, "m"), lambda: versions.get(other, "m", 1),
                 lambda: files.authorized(other, 1, 1), lambda: moves.history(other, "m")):  # fmt: skip
        with pytest.raises(NotFound):
            look()
    for source in (f"runs:/{run_id}/model", f"models:/{model.id}", f"mlflow-artifacts:/0/{run_id}/artifacts/model"):
        for ids in ({}, {"run_id": run_id}, {"model_id": model.id}):
            with pytest.raises(Invalid):
                versions.create(other, "m", VersionCreate(source=source, **ids))
    with pytest.raises(NotFound):
        versions.create(other, "m", VersionCreate(source="models:/m/1"))
    assert search.models(other, Search()).items == []
    assert search.found_versions(other, Search()).items == []


def test_a_source_must_lie_in_the_run_or_model_that_is_named(ctx: Ctx) -> None:
    run_id, other = made_run(ctx), made_run(ctx, 0.8)
    root = f"mlflow-artifacts:/0/{run_id}/artifacts"
    good = versions.create(ctx, "m", VersionCreate(source=f"{root}/model", run_id=run_id))
    assert good.digest
    for source, named in (
        (f"{root}/model", ""), (f"{root}/model", other), ("mlflow-artifacts:/0", run_id),
        ("mlflow-artifacts:/", run_id),
        (f"mlflow-artifacts:/0/{run_id}", run_id), (f"{root}2/model", run_id), (f"{root}/../x", run_id),
        (f"runs:/{run_id}/model", other), (f"{root}/model?x", run_id), (f"{root}/model#x", run_id),
        ("mlflow-artifacts:/registry/1/1/artifacts", run_id),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            versions.create(ctx, "m", VersionCreate(source=source, run_id=named))
    with pytest.raises(NotFound):
        versions.create(ctx, "m", VersionCreate(source=f"runs:/{run_id}/nothing"))


def test_files_of_a_logged_model_are_found_by_its_run_and_name(ctx: Ctx) -> None:
    run_id = made_run(ctx)
    model = models.create(ctx, name="best", source_run_id=run_id, params={"depth": "3"})
    artifacts.put(ctx, f"models/{model.id}", "MLmodel", b"flavors: {}\n")
    made = versions.create(ctx, "m", VersionCreate(source=f"runs:/{run_id}/best"))
    assert made.model_id == model.id
    assert made.facts is not None
    assert made.facts.params == {"lr": 0.1, "depth": "3"}
    assert '"version": 1' in models.get(ctx, model.id).tags["mlflow.modelVersions"]
    graph = lineage.upstream(ctx, Node("model_version", "m/1"))
    assert ("model", model.id) in {(node.kind, node.id) for node in graph.nodes}


def test_two_versions_are_compared(ctx: Ctx) -> None:
    for auc in (0.8, 0.9):
        versions.create(ctx, "m", VersionCreate(source=f"runs:/{made_run(ctx, auc)}/model"))
    moves.set_alias(ctx, "m", "champion", 2)
    found = versions.compare(ctx, ("m", "1"), ("m", "@champion"))
    assert [(change.key, change.a, change.b) for change in found.metrics] == [("auc", 0.8, 0.9)]
    assert {change.key for change in found.files} == {"data/weights.bin", "requirements.txt"}
    assert ("scikit-learn", "1.8", "1.9") in [(change.key, change.a, change.b) for change in found.packages]
    with pytest.raises(NotFound):
        versions.compare(ctx, ("m", "1"), ("m", "9"))


def test_every_change_is_audited_and_told(ctx: Ctx) -> None:
    first = events.position(ctx)
    three(ctx)
    moves.set_alias(ctx, "m", "champion", 1)
    moves.transition_stage(ctx, "m", 1, "staging")
    names.update(ctx, "m", RegisteredUpdate(description="d", tags={"a": "b"}))
    versions.update(ctx, "m", 1, RegisteredUpdate(tags={"a": "b", "c": "d"}))
    moves.delete_alias(ctx, "m", "champion")
    prompts.register(ctx, "hi", PromptCreate(template="x", aliases=["prod"]))
    names.rename(ctx, "m", "n")
    versions.delete(ctx, "n", 1)
    names.delete(ctx, "n")
    told = {event.kind for event in events.after(ctx, first)[0]}
    expected = {
        "registered_model.created", "registered_model.updated", "registered_model.renamed", "registered_model.deleted",
        "model_version.created", "model_version.transitioned", "model_version.deleted", "registered_model_tag.set",
        "model_version_tag.set", "registered_model_alias.set", "registered_model_alias.deleted", "prompt.created",
        "prompt_version.created", "prompt_alias.set",
    }  # fmt: skip
    assert expected <= told
    rows = audit.search(ctx, Search(max_results=1000)).items
    actions = {row.action for row in rows if row.subject.startswith(("models/m", "models/n", "prompts/hi"))}
    assert {"registered_model_alias.set", "model_version.tags", "registered_model.renamed", "prompt.created"} <= actions
