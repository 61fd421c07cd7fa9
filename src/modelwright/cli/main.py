"""The command `mw`: which subcommands there are, and how an error looks to a person.

Knows names, exit codes and the shape of an error. Refuses to know what any subcommand does: each is imported
when it is called, so that `mw --help` stays quick. Exit codes: 0 done, 1 failure, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

from modelwright.cli.output import alarm
from modelwright.types.errors import ModelwrightError

COMMANDS = {
    "up": ("serve", "Start the server here, and take in what was logged offline."),
    "demo": ("demo", "Track real models on real data, then leave the server up."),
    "runs": ("runs", "List, show, delete, restore and stop runs."),
    "experiments": ("experiments", "List, show, make, delete and restore experiments."),
    "models": ("models", "List, show, register and compare models; move aliases."),
    "prompts": ("prompts", "List, show, register and compare prompts."),
    "lineage": ("lineage", "Show what came from what, and what breaks if it changes."),
    "data": ("data", "Versions of data: add, get, compare, check, take over from DVC."),
    "logs": ("logs", "Print a run's console output; -f follows it."),
    "export": ("export", "Copy runs to a folder: params, metrics, artifacts."),
    "import": ("imports", "Copy everything from another tracking server."),
    "sync": ("sync", "Ship what was logged offline to a server."),
    "login": ("login", "Remember a server and a token."),
    "logout": ("login", "Forget the token of a server."),
    "users": ("access", "Add, list and change users (administrators)."),
    "groups": ("grants", "Add, list and change groups of users (administrators)."),
    "grants": ("grants", "Roles on single models, datasets, experiments (administrators)."),
    "tokens": ("tokens", "Create, list, replace and revoke API tokens."),
    "workspaces": ("grants", "Add and list workspaces."),
    "backup": ("backup", "Write everything the server holds to one folder, online."),
    "restore": ("backup", "Fill an empty server from a backup."),
    "audit": ("audit", "Read, export and verify the audit log."),
    "gc": ("gc", "Delete purged runs and files that nothing refers to."),
    "doctor": ("doctor", "Check the install, disk, database, clock and versions."),
}
"""Subcommand → (module of this package, one line of help). The module holds a click command of the same name."""


class Lazy(click.Group):
    """A group that imports a subcommand when it is asked for, and not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"modelwright.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `mw --help`, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        click.echo(f"modelwright {version('modelwright')}")
        ctx.exit()


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
def cli() -> None:
    """Modelwright: one self-hosted system for the whole life of a model.

    Start with `mw up` (a server on this machine) or `mw demo` (the same, with real runs to look at).
    Commands that talk to a server find it by --url, MODELWRIGHT_URL, `mw login`, then http://127.0.0.1:7117.
    """


def fail(message: str, *, where: str = "", hint: str = "", code: int = 1) -> NoReturn:
    """Say in one line what went wrong, where, and what to do; then exit."""
    text = message.rstrip(".")
    if where and where not in text:
        text += f" (at {where})"
    if hint:
        text += f". {hint[0].upper()}{hint[1:]}"
    alarm(text)
    sys.exit(code)


def main(args: list[str] | None = None) -> NoReturn:
    """Run `mw` and exit. No traceback reaches a person unless MODELWRIGHT_DEBUG is set."""
    try:
        cli.main(args=args, prog_name="mw", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:  # `mw` alone shows what there is
        click.echo(error.ctx.get_help() if error.ctx else error.message)
        sys.exit(0)
    except click.UsageError as error:
        place = error.ctx.command_path if error.ctx else "mw"
        fail(error.format_message(), hint=f"see `{place} --help`", code=2)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        alarm("interrupted")
        sys.exit(130)
    except click.ClickException as error:
        fail(error.format_message(), code=error.exit_code)
    except BrokenPipeError:  # `mw runs ls | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except ModelwrightError as error:
        if os.environ.get("MODELWRIGHT_DEBUG"):
            raise
        fail(error.message, where=error.where, hint=error.hint)
    except OSError as error:
        if os.environ.get("MODELWRIGHT_DEBUG"):
            raise
        fail(error.strerror or str(error), where=str(error.filename or ""))
    except Exception as error:
        if os.environ.get("MODELWRIGHT_DEBUG"):
            raise
        fail(f"something unexpected: {type(error).__name__}: {error}", hint="set MODELWRIGHT_DEBUG=1 to see where")
    sys.exit(0)
