"""Which sources of versions are taken, and that no spelling of a local path or a foreign host is among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelwright.domains.registry.rules import sources
from modelwright.types.errors import Invalid

RUN = "0" * 32
MODEL = "m-" + "0" * 32

LOCAL = [
    "/etc/passwd", "etc/passwd", "./x", "../x", "~/x", "~root/x", ".", "..", "", " ", "model",
    "file:///etc/passwd", "file:/etc/passwd", "file:etc", "file://localhost/etc", "file://host/share", "FILE:///etc",
    "FiLe:/etc", "file:////etc", "file:///../etc", "file:///%2e%2e/etc", "file:\\\\host\\share", " file:///etc",
    "\tfile:///etc", "file%3A///etc", "%66ile:///etc", "%2Fetc%2Fpasswd", "%252Fetc", "\\etc\\passwd",
    "\\\\host\\share", "C:\\windows", "C:/windows", "c:windows", "D:", "//host/share", "///etc", "/./etc",
    "local:/etc", "path:/etc", "unix:/etc", "data:text/plain,x", "javascript:alert(1)", "zip:/x", "jar:file:/x!/y",
]  # fmt: skip
FOREIGN = [
    "http://host/x", "https://host/x", "HTTP://169.254.169.254/latest", "ftp://host/x", "ftps://host/x", "sftp://h/x",
    "hdfs://host/x", "viewfs://h/x", "ssh://host/x", "gopher://h/x", "ldap://h/x", "smb://h/x", "dict://h/x",
    "mlflow-artifacts://host/x", "mlflow-artifacts://host:80/x", "mlflow-artifacts:x", "mlflow-artifacts://", "s3:x",
    "s3:/x", "s3://", "s3:///x", "s3://key:secret@bucket/x", "gs://user@bucket/x", "http://x@host/x", "uc:/m/1",
    "databricks://profile/x", "models://host/m/1", "runs://host/x/y",
]  # fmt: skip
TRICKS = [
    "mlflow-artifacts:/0/../x", "mlflow-artifacts:/0/%2e%2e/x", "mlflow-artifacts:/0/%252e%252e/x", "s3://b/../x",
    "mlflow-artifacts:/0/..%2fx", "mlflow-artifacts:/0/x?y=../..", "mlflow-artifacts:/0/x#../..", "s3://b/x?y#z",
    "s3://b/%2e%2e/x", "mlflow-artifacts:/0//x", "mlflow-artifacts:/0/./x", "mlflow-artifacts:/0/x;../y",
    "mlflow-artifacts:/0/x\\..\\y", "mlflow-artifacts:/0/x\0", "mlflow-artifacts:/0/x%00", "mlflow-artifacts:/0/x%0a",
    "mlflow-artifacts:/0/x\n", f"runs:/{RUN}", f"runs:/{RUN}/", f"runs:/{RUN}/../x", f"runs:/{RUN}/%2e%2e/x",
    f"runs:/{RUN}//x", f"runs:{RUN}/x", f"runs:/{RUN}/x?path=/etc", f"runs:/{RUN}/x#/etc", f"runs:///{RUN}/x",
    "models:/", "models:/m", "models:/m/1/2", "models:/@x", "models:/m@", f"models:/{MODEL}/../x", "models:///m/1",
    "runs:/+..+/x", "s3://b/" + "%25" * 40 + "2e", "s3://b/x/..", "..:/x", "mlflow-artifacts:/" + "x" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("source", [*LOCAL, *FOREIGN, *TRICKS])
def test_a_source_that_leads_elsewhere_is_refused(source: str) -> None:
    with pytest.raises(Invalid) as refusal:
        sources.parse(source)
    assert refusal.value.where == "source"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"runs:/{RUN}/model", sources.Run(RUN, "model")),
        (f"runs:/{RUN}/deep/my model/", sources.Run(RUN, "deep/my model")),
        (f"models:/{MODEL}", sources.Logged(MODEL)),
        ("models:/flight delay/3", sources.Version("flight delay", 3)),
        ("models:/flight-delay@prod", sources.Version("flight-delay", alias="prod")),
        ("models:/flight-delay/latest", sources.Version("flight-delay", alias="latest")),
        ("models:/flight-delay/Production", sources.Version("flight-delay", stage="Production")),
        (f"mlflow-artifacts:/0/{RUN}/artifacts/model", sources.Proxy(f"0/{RUN}/artifacts/model")),
        ("s3://bucket/deep/model", sources.Outside("s3://bucket/deep/model")),
        ("abfss://box@account.dfs.core.windows.net/m", sources.Outside("abfss://box@account.dfs.core.windows.net/m")),
    ],
)
def test_a_source_says_what_it_names(source: str, expected: sources.Source) -> None:
    assert sources.parse(source) == expected


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_nothing_taken_holds_a_way_up(text: str) -> None:
    try:
        found = sources.parse(text)
    except Invalid:
        return
    assert ".." not in str(found).replace("/", " ").split()
    assert not isinstance(found, sources.Outside) or found.uri.split(":")[0].lower() in sources.OUTSIDE


@given(
    st.sampled_from(["runs:/x/", "mlflow-artifacts:/", "s3://b/", "models:/"]),
    st.text("./%2eEfF5\\?#:@;", max_size=14),
)
def test_dots_and_encodings_never_lead_up(start: str, rest: str) -> None:
    try:
        found = sources.parse(start + rest)
    except Invalid:
        return
    assert "%2e" not in str(found).lower()
    assert not any(part == ".." for part in str(found).replace("'", "/").split("/"))


def test_a_place_is_below_a_root_only_part_by_part() -> None:
    assert sources.below("0/abc/artifacts/m", "0/abc/artifacts") == "m"
    assert sources.below("0/abc/artifacts", "0/abc/artifacts") == ""
    assert sources.below("0/abc/artifacts2/m", "0/abc/artifacts") is None
    assert sources.below("0/abd/artifacts/m", "0/abc/artifacts") is None
    assert sources.below("0/x", "") is None
    assert sources.proxied("mlflow-artifacts:/0/a") == "0/a"
    assert sources.proxied("mlflow-artifacts://host/0/a") is None
    assert sources.proxied("s3://b/a") is None
