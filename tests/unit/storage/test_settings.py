"""Are settings read from flags, then the environment, then defaults, and wrong ones refused?"""

from __future__ import annotations

import pytest

from modelwright.kit.settings import Settings, read
from modelwright.types.errors import Invalid


def test_flags_win_over_the_environment_and_the_environment_over_defaults() -> None:
    environ = {"MODELWRIGHT_SERVER_PORT": "8000", "MODELWRIGHT_SERVER_HOST": "0.0.0.0", "OTHER": "x"}
    settings = read({"port": 9000, "host": None}, environ)
    assert (settings.port, settings.host, settings.threads) == (9000, "0.0.0.0", Settings().threads)


def test_lists_and_booleans_are_read_from_text() -> None:
    settings = read(
        {}, {"MODELWRIGHT_SERVER_ALLOWED_HOSTS": "a.example, b.example ,", "MODELWRIGHT_SERVER_AUTH": "true"}
    )
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.auth is True


@pytest.mark.parametrize(("name", "text"), [("PORT", "many"), ("AUTH", "perhaps"), ("QUERY_TIMEOUT_S", "soon")])
def test_a_value_of_the_wrong_type_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read({}, {f"MODELWRIGHT_SERVER_{name}": text})
    assert name.lower() in caught.value.where


def test_a_misspelt_setting_is_refused_and_the_right_ones_are_named() -> None:
    with pytest.raises(Invalid, match="MODELWRIGHT_SERVER_PROT") as caught:
        read({}, {"MODELWRIGHT_SERVER_PROT": "1"})
    assert "port" in caught.value.hint
