"""Decisions of the registry: names, model files, prompts, going back, comparing."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelwright.domains.registry.rules import compare, mlmodel, moves, names, prompts
from modelwright.types.errors import Invalid
from modelwright.types.registry import (
    Column,
    Kind,
    Message,
    ModelVersion,
    Move,
    PromptCreate,
    PromptKind,
    PromptVersion,
    Signature,
    Stage,
    VersionFacts,
)

MLMODEL = b"""
artifact_path: model
flavors:
  python_function:
    loader_module: mlflow.sklearn
    python_version: 3.11.9
  sklearn:
    serialization_format: skops
    sklearn_version: 1.5.2
mlflow_version: 3.17.2
saved_input_example_info:
  artifact_path: input_example.json
  type: dataframe
signature:
  inputs: '[{"type": "double", "name": "x", "required": true}, {"type": "long", "name": "n", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
  params: '[{"name": "t", "type": "double", "default": 0.5, "shape": null}]'
utc_time_created: '2026-11-01 10:00:00'
"""


def test_an_mlmodel_file_says_flavors_signature_example_and_versions() -> None:
    facts = mlmodel.facts(mlmodel.document(MLMODEL))
    assert set(facts.flavors) == {"python_function", "sklearn"}
    assert facts.signature == Signature(
        inputs=[Column(name="x", type="double"), Column(name="n", type="long", required=False)],
        outputs=[Column(name="", type="float64[-1]")],
        params=[Column(name="t", type="double", required=False)],
    )
    assert (facts.python, facts.mlflow, facts.input_example) == ("3.11.9", "3.17.2", "input_example.json")
    assert facts.problems == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"- a\n- b\n",
        b"\xff\xfe",
        b"a: [",
        b"a: !!python/object/apply:os.system ['echo']",
        b"!!python/object:x {}",
        b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n".encode() for i in range(9)
        ),
        b"[" * 5_000,
        b"a: " + b"{a: " * 100 + b"1" + b"}" * 100,
        b"x: '" + b"y" * mlmodel.LARGEST + b"'",
    ],
)
def test_a_harmful_or_broken_file_is_unreadable_and_nothing_else(data: bytes) -> None:
    with pytest.raises(mlmodel.Unreadable):
        mlmodel.document(data)


@pytest.mark.parametrize(
    "text",
    [
        "flavors: 5\nsignature: 7",
        "signature: {inputs: '[['}",
        "signature: {inputs: '5'}",
        "signature: {inputs: '[5]'}",
        "metadata: [1]\nprompts: {a: 1}",
    ],
)
def test_a_part_of_the_wrong_shape_is_named_and_the_rest_is_read(text: str) -> None:
    facts = mlmodel.facts(mlmodel.document(f"mlflow_version: 2.0.0\n{text}".encode()))
    assert facts.mlflow == "2.0.0"
    assert facts.signature is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_mapping_or_unreadable(data: bytes) -> None:
    with contextlib.suppress(mlmodel.Unreadable):
        assert mlmodel.facts(mlmodel.document(data)) is not None


def test_requirements_are_lines_without_comments() -> None:
    assert mlmodel.requirements(b"# made\nscikit-learn==1.5  # why\n\nnumpy>=2\n") == ["scikit-learn==1.5", "numpy>=2"]
    assert compare.required(["Scikit-Learn==1.5", "numpy>=2", "pandas[x]", "-r other.txt"]) == {
        "scikit-learn": "1.5",
        "numpy": ">=2",
        "pandas": "any",
    }


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", "..", ".", "a\nb", "a\0b", "x" * 257, "\ud800"])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        names.name(name)


def test_names_of_prompts_are_narrower_than_those_of_models() -> None:
    assert names.name("Flight delay (EU) – 100%") == "Flight delay (EU) – 100%"
    with pytest.raises(Invalid):
        names.name("two words", Kind.PROMPT)
    assert names.name("two-words.v2_", Kind.PROMPT)


@pytest.mark.parametrize("alias", ["", "a b", "a.b", "latest", "Latest", "v1", "V22", "a" * 256, "a/b", "a@b"])
def test_a_bad_or_reserved_alias_is_refused(alias: str) -> None:
    with pytest.raises(Invalid):
        names.alias(alias)


def test_stages_and_numbers_are_read_whatever_their_spelling() -> None:
    assert names.stage("pRODUCTION") is Stage.PRODUCTION
    assert names.number("12") == 12
    for wrong in ("", "x", "-1", "1.5", "1" * 19, "٣"):
        with pytest.raises(Invalid):
            names.number(wrong)


def _moves(*steps: tuple[str, int | None]) -> list[Move]:
    return [
        Move(kind="alias", name="a", verb=verb, version=version, previous=None, user="u", at_ms=0)
        for verb, version in steps
    ]


def test_going_back_goes_on_from_where_it_came() -> None:
    history = _moves(("set", 1), ("set", 2), ("set", 3))
    assert moves.back(history, lambda _: True) == 2
    history += _moves(("rolled_back", 2))
    assert moves.back(history, lambda _: True) == 1
    history += _moves(("rolled_back", 1))
    assert moves.back(history, lambda _: True) is None
    history += _moves(("set", 5))
    assert moves.back(history, lambda _: True) == 1


def test_going_back_passes_over_what_is_gone_and_undoes_a_deletion() -> None:
    assert moves.back(_moves(("set", 1), ("set", 2), ("set", 3)), lambda version: version != 2) == 1
    assert moves.back(_moves(("set", 1), ("set", 2), ("deleted", None)), lambda _: True) == 2
    assert moves.back([], lambda _: True) is None


def test_a_prompt_goes_through_its_tags_and_back() -> None:
    body = PromptCreate(
        template=[Message(role="user", content="Hi {{ user.name }}, {{n}} {{ n }}")], config={"t": 1}, tags={"x": "y"}
    )
    tags = prompts.tags(body)
    kind, template, response_format, config = prompts.contents(tags)
    assert (kind, template, response_format, config) == (PromptKind.CHAT, body.template, None, {"t": 1})
    assert prompts.variables(template) == ["user.name", "n"]
    assert prompts.shown(tags) == {"x": "y"}


@pytest.mark.parametrize(
    "body",
    [
        PromptCreate(template=""),
        PromptCreate(template=[]),
        PromptCreate(template=[Message(role=" ", content="x")]),
        PromptCreate(template="x" * 100_001),
        PromptCreate(template="x", tags={"mlflow.prompt.text": "y"}),
    ],
)
def test_a_bad_prompt_is_refused(body: PromptCreate) -> None:
    with pytest.raises(Invalid):
        prompts.tags(body)


def test_two_prompts_differ_line_by_line() -> None:
    a = PromptVersion(name="p", version=1, template="one\ntwo", variables=[])
    b = PromptVersion(name="p", version=2, template="one\n{{ three }}", variables=["three"])
    found = prompts.difference(a, b)
    assert "-two" in found.text
    assert "+{{ three }}" in found.text
    assert [change.key for change in found.changes] == ["variables"]


def test_two_versions_differ_in_metrics_data_code_packages_and_signature() -> None:
    def version(number: int, **facts: Any) -> ModelVersion:
        return ModelVersion(name="m", version=number, size=number, facts=VersionFacts(**facts))

    a = version(1, metrics={"auc": 0.8}, commit="a1", requirements=["numpy==1"], params={"lr": 1, "n": 2})
    b = version(
        2,
        metrics={"auc": 0.9},
        commit="b2",
        requirements=["numpy==2"],
        params={"lr": 1, "n": 3},
        signature=Signature(inputs=[Column(name="x", type="double")]),
    )
    found = compare.versions(a, b, files=({"f": "1"}, {"f": "2"}), patches=("+old", "+new"))
    assert [(change.key, change.a, change.b) for change in found.metrics] == [("auc", 0.8, 0.9)]
    assert [change.key for change in found.params] == ["n"]
    assert [change.key for change in found.code] == ["commit"]
    assert [(change.key, change.a, change.b) for change in found.packages] == [("numpy", "1", "2")]
    assert [(change.key, change.b) for change in found.signature] == [("inputs.x", "double")]
    assert [change.key for change in found.files] == ["f"]
    assert found.size is not None
    assert "-+old" in found.patch
