"""`mw tokens`: secrets that log programs in, no stronger than they need to be."""

from __future__ import annotations

import click

from modelwright.cli.access import offline
from modelwright.cli.connect import connected
from modelwright.cli.output import note, say, show_json, table, when
from modelwright.cli.serve import part
from modelwright.sdk.client import Client
from modelwright.types.access import NewToken, TokenCreate, TokenScope
from modelwright.types.errors import Invalid


@click.group("tokens")
def tokens_command() -> None:
    """Create, list, replace and revoke your API tokens."""


@tokens_command.command("create")
@click.option("--label", default="", help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it lives.  [default: 90]")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in TokenScope]),
    help="What it lets through; can be repeated.  [default: all that you may]",
)
@click.option("--only-in", "workspace", default="", metavar="WORKSPACE", help="Bind it to one workspace.")
@click.option("--only", "patterns", multiple=True, metavar="PATTERN", help="Bind it to resources (`models/fraud-*`).")
@click.option("--user", default="", metavar="NAME", help="Whose token (administrators).  [default: yours]")
@click.option("--dir", "dir_", metavar="FOLDER", help="Work on this data folder instead of asking a server.")
@click.option("--db", metavar="URL", help="Work on this database instead of asking a server.")
@click.option("--url", metavar="URL", default="", help="The server.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def create(
    label: str,
    days: int | None,
    scopes: tuple[str, ...],
    workspace: str,
    patterns: tuple[str, ...],
    user: str,
    dir_: str | None,
    db: str | None,
    url: str,
    as_json: bool,
) -> None:
    """Make a token. It is shown now and never again."""
    wanted = TokenCreate(
        label=label,
        days=days,
        scopes=[TokenScope(scope) for scope in scopes] or None,
        workspace=workspace,
        patterns=list(patterns),
    )
    made: NewToken
    if dir_ or db:
        if not user:
            raise Invalid("a token made without a server needs --user NAME", where="--user")
        ctx = offline(dir_, db)
        made = part("domains.access.tokens").create_token(ctx, wanted, user=user)
        ctx.db.close()
    else:
        with Client(url) as client:
            made = client.access.add_token(
                wanted.label, wanted.days, scopes=wanted.scopes, workspace=workspace, patterns=wanted.patterns,
                user=user,
            )
    _shown(made, as_json)


@tokens_command.command("ls")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@connected
def ls(client: Client, as_json: bool) -> None:
    """List your tokens."""
    found = client.access.tokens()
    if as_json:
        show_json(found)
        return
    table(
        ["ID", "USER", "LABEL", "SCOPES", "BOUND TO", "CREATED", "LAST USED", "EXPIRES", "STATE"],
        [
            [
                t.id,
                t.user,
                t.label,
                "all" if t.scopes is None else ", ".join(t.scopes),
                " ".join([t.workspace, *t.patterns]),
                when(t.created_ms),
                when(t.last_used_ms),
                when(t.expires_ms),
                "revoked" if t.revoked else "active",
            ]
            for t in found
        ],
        empty="No tokens.",
    )


@tokens_command.command("rotate")
@click.argument("token_id")
@click.option("--overlap", "overlap_h", type=click.FloatRange(0, 720), default=24.0, show_default=True,
              help="Hours that the old one goes on.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long the new one lives.  [default: 90]")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@connected
def rotate(client: Client, token_id: str, overlap_h: float, days: int | None, as_json: bool) -> None:
    """Replace a token by its id; the old one goes on for a while."""
    _shown(client.access.rotate_token(token_id, overlap_s=round(overlap_h * 3600), days=days), as_json)


@tokens_command.command("revoke")
@click.argument("token_id")
@connected
def revoke(client: Client, token_id: str) -> None:
    """Revoke a token by its id, at once."""
    client.access.revoke_token(token_id)
    note(f"Revoked {token_id}.")


def _shown(made: NewToken, as_json: bool) -> None:
    if as_json:
        show_json(made)
        return
    note("Keep it: this is the only time it is shown.")
    say(made.secret)
