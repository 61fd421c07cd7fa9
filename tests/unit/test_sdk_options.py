"""Options, credentials and origin: what wins over what, and what never leaves the machine."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from modelwright.sdk import credentials, options
from modelwright.sdk.options import clean_url
from modelwright.sdk.origin import clean_command
from modelwright.sdk.run import clean_path
from modelwright.types.errors import Invalid


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MODELWRIGHT_CONFIG_DIR", str(tmp_path))


def test_arguments_win_over_the_environment_and_that_over_the_login() -> None:
    credentials.save("http://login:1", "mw_login")
    assert options.read({}, {}).url == "http://login:1" and options.read({}, {}).token == "mw_login"
    env = {"MODELWRIGHT_URL": "http://env:1", "MODELWRIGHT_TOKEN": "mw_env"}
    assert (options.read({}, env).url, options.read({}, env).token) == ("http://env:1", "mw_env")
    assert options.read({"url": "http://argument:1/"}, env).url == "http://argument:1"
    assert options.read({"url": "http://login:1"}, {}).token == "mw_login"
    assert options.read({"mode": "offline"}, {}).url == ""


def test_without_any_address_a_run_is_offline() -> None:
    assert (options.read({}, {}).mode, options.read({"url": "http://a"}, {}).mode) == ("offline", "online")
    with pytest.raises(Invalid) as refused:
        options.read({"mode": "online"}, {})
    assert refused.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "party"),
        ("resume", "perhaps"),
        ("console", "loud"),
        ("stop", "now"),
        ("url", "ftp://x"),
        ("mode", "half"),
    ],
)
def test_a_choice_that_is_none_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        options.read({name: value}, {})
    assert refused.value.where == name
    with pytest.raises(Invalid):
        options.read({}, {f"MODELWRIGHT_{name.upper()}": value})


def test_switches_of_the_environment_are_words_and_seconds() -> None:
    read = options.read(
        {},
        {
            "MODELWRIGHT_GIT": "off",
            "MODELWRIGHT_SYSTEM_METRICS": "2.5",
            "MODELWRIGHT_CONSOLE": "0",
            "MODELWRIGHT_SILENT": "1",
        },
    )
    assert (read.git, read.system_metrics, read.console, read.silent) == (False, 2.5, "off", True)
    assert options.read({}, {"MODELWRIGHT_SYSTEM_METRICS": "off"}).system_metrics == 0
    with pytest.raises(Invalid):
        options.read({}, {"MODELWRIGHT_SYSTEM_METRICS": "often"})


def test_any_text_stands_for_one_run_id() -> None:
    assert options.read({"run_id": "my-run_1.2"}, {}).run_id == "my-run_1.2"
    odd = options.read({"run_id": "a name / with spaces"}, {})
    assert odd.run_id == options.read({"run_id": "a name / with spaces"}, {}).run_id and len(odd.run_id) == 32
    assert odd.name == "a name / with spaces"
    assert len(options.read({}, {}).run_id) == 32 and not options.read({}, {}).given_id


@pytest.mark.parametrize(
    ("env", "same"),
    [
        ({"SLURM_JOB_ID": "7"}, {"SLURM_JOB_ID": "7", "SLURM_RESTART_COUNT": "1"}),
        (
            {"SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "3", "SLURM_JOB_ID": "8"},
            {"SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "3", "SLURM_JOB_ID": "9"},
        ),
        ({"TORCHELASTIC_RUN_ID": "t"}, {"TORCHELASTIC_RUN_ID": "t"}),
        (
            {"KUBERNETES_SERVICE_HOST": "x", "HOSTNAME": "train-0-abcde"},
            {"KUBERNETES_SERVICE_HOST": "x", "HOSTNAME": "train-0-zyxwv"},
        ),
        ({"MODELWRIGHT_JOB": "nightly"}, {"MODELWRIGHT_JOB": "nightly"}),
    ],
)  # fmt: skip
def test_a_job_has_the_same_id_after_it_was_preempted(env: dict[str, str], same: dict[str, str]) -> None:
    first = options.read({"resume": "auto"}, env)
    again = options.read({"resume": "auto"}, same)
    assert first.run_id == again.run_id and first.resume == "allow"
    other = options.read({"resume": "auto"}, {})
    assert other.run_id != first.run_id and other.resume == "never"


def test_the_file_of_logins_is_for_its_owner_alone() -> None:
    path = credentials.save("http://a:1/", "mw_a")
    credentials.save("http://b:1", "mw_b")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert credentials.find() == credentials.Login("http://b:1", "mw_b")
    found = credentials.find("http://a:1")
    assert found is not None and found.token == "mw_a"
    assert credentials.forget("http://b:1") and not credentials.forget("http://b:1")
    assert credentials.find() == found
    path.write_text("not json")
    assert credentials.find() is None


def test_secrets_do_not_leave_with_the_command_line_or_an_address() -> None:
    assert clean_url("https://me:pass@host/x.git") == "https://host/x.git"
    assert clean_url("git@host:x.git") == "git@host:x.git"
    command = [
        "python",
        "t.py",
        "--token",
        "abc",
        "--password=abc",
        "--db",
        "postgresql://u:abc@h/d",
        "--api-key",
        "abc",
        "--lr",
        "1",
        "--auth",
    ]
    cleaned = clean_command(command)
    assert "abc" not in " ".join(cleaned) and cleaned[-3:] == ["--lr", "1", "--auth"]


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("a/b.txt", "a/b.txt"),
        ("../../etc/passwd", "etc/passwd"),
        ("/abs//x", "abs/x"),
        ("a\\b", "a_b"),
        ("a\x00b", "a_b"),
        ("c:/x", "c_/x"),
    ],
)
def test_a_path_that_a_server_would_refuse_is_made_one_that_it_takes(given: str, clean: str) -> None:
    assert clean_path(given) == clean
