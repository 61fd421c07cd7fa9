"""What an operator may choose about a server. One frozen struct, filled from flags, then environment, then defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from modelwright.types.codec import convert
from modelwright.types.errors import Invalid

ENV_PREFIX = "MODELWRIGHT_SERVER_"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one server process. Each can be set as `MODELWRIGHT_SERVER_<NAME>`."""

    dir: str = "modelwright-data"
    """Folder of the embedded database, blobs and spool."""
    host: str = "127.0.0.1"
    """Address to listen on; any but loopback needs an admin credential."""
    port: int = 7117
    """TCP port; 0 takes a free one."""
    db: str = ""
    """Database URL (`postgresql://…`); empty means SQLite in `dir`."""
    blobs: str = ""
    """Blob store URL (`s3://bucket/prefix`, `gs://…`, `az://…`); empty means `dir/blobs`."""
    allowed_hosts: tuple[str, ...] = ()
    """Host names that requests may carry, beside loopback and `host`; `*` allows all."""
    allowed_origins: tuple[str, ...] = ()
    """Origins of web pages that may change state, beside the server's own."""
    admin_token: str = ""
    """A secret that logs in as administrator (for first set-up and automation); at least 20 characters."""
    auth: bool = False
    """Ask for a login on loopback too."""
    public_url: str = ""
    """The address that browsers know this server by (`https://mlops.example.org`), where a proxy stands before it."""
    session_idle_s: float = 4 * 3600.0
    """A browser's session ends after this time without use."""
    session_max_s: float = 12 * 3600.0
    """A browser's session ends after this time at the latest."""
    oidc_issuer: str = ""
    """Issuer URL of an OpenID Connect provider that people log in with; empty means none. Then everyone logs in."""
    oidc_client_id: str = ""
    """Our client id at the provider."""
    oidc_client_secret: str = ""
    """Our client secret there; empty for a public client."""
    oidc_name: str = ""
    """What the login page calls the provider; empty means its host."""
    oidc_scopes: tuple[str, ...] = ("profile", "email")
    """Scopes to ask for, beside `openid`."""
    oidc_name_claim: str = "preferred_username"
    """The claim that becomes the user's name."""
    oidc_groups_claim: str = "groups"
    """The claim that lists the user's groups."""
    group_roles: tuple[str, ...] = ()
    """Roles of the groups of a login provider or trusted proxy: `group=workspace:role`, or `group=server-admin`."""
    login_admits: bool = True
    """Whoever the login provider or trusted proxy vouches for becomes a user at the first visit."""
    header_user: str = ""
    """Header in which a trusted proxy names the user (`x-forwarded-user`); empty means that no proxy is trusted."""
    header_groups: str = ""
    """Header in which it lists the user's groups, comma-separated."""
    header_proxies: tuple[str, ...] = ()
    """Addresses and networks of the trusted proxies; the headers are ignored from any other."""
    max_body: int = 64 * 1024 * 1024
    """Largest request body in bytes after decompression, artifacts excepted."""
    max_artifact: int = 0
    """Largest artifact in bytes; 0 means no limit but the disk."""
    heartbeat_timeout_s: float = 25.0
    """A run whose client promised heartbeats counts as crashed after this silence."""
    threads: int = 16
    """Threads for blocking work."""
    query_timeout_s: float = 20.0
    """A read query is cancelled after this time."""
    event_retention_s: int = 3600
    """How long events stay readable for pages that reconnect."""
    drain_s: float = 10.0
    """How long a stopping server lets requests in flight finish."""
    egress_allow: tuple[str, ...] = ()
    """Places outside the public internet that the server may call (webhooks, login providers, references): hosts,
    `host:port`, addresses, networks (`10.1.0.0/16`)."""
    secret_key: str = ""
    """Seals secrets in the database; at least 32 characters. Empty means the file `secret.key` in `dir`, made at
    need."""
    audit_key: str = ""
    """Signs checkpoints of the audit log: an Ed25519 seed, 32 bytes in base64. Empty means the file `audit.key` in
    `dir`, made at need."""
    audit_anchors: tuple[str, ...] = ()
    """Files or URLs outside that keep checkpoints of the audit log, beside `audit-anchor.jsonl` in `dir`."""
    openlineage_url: str = ""
    """Where runs are told of in OpenLineage (`https://marquez.example/api/v1/lineage`); empty means nowhere. A place
    that is not public has to be in `egress_allow`."""
    openlineage_token: str = ""
    """Sent there as `Authorization: Bearer …`."""
    openlineage_namespace: str = "modelwright"
    """Namespace of jobs told of there; that of a workspace other than `default` is `<this>/<workspace>`."""
    smtp_url: str = ""
    """Mail server for notices: `smtp://user:password@host:587` (STARTTLS where it is offered) or `smtps://…`."""
    smtp_from: str = "modelwright@localhost"
    """Sender of e-mail."""
    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""


def read(flags: Mapping[str, object], environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from flags (None means not given), then the environment, then defaults.

    Raises:
        Invalid: a value of the wrong type, or an unknown `MODELWRIGHT_SERVER_…` name.
    """
    environ = os.environ if environ is None else environ
    known = {field.name: field for field in msgspec.structs.fields(Settings)}
    values: dict[str, object] = {}
    for name, text in environ.items():
        if not name.startswith(ENV_PREFIX):
            continue
        field = name.removeprefix(ENV_PREFIX).lower()
        if field not in known:
            raise Invalid(f"unknown setting {name}", where="environment", hint=f"settings: {', '.join(sorted(known))}")
        is_list = isinstance(known[field].default, tuple)
        values[field] = [part.strip() for part in text.split(",") if part.strip()] if is_list else text
    values.update({name: value for name, value in flags.items() if value is not None})
    return convert(values, Settings, strict=False)


def folder(settings: Settings) -> Path:
    """The data folder as an absolute path."""
    return Path(settings.dir).expanduser().resolve()
