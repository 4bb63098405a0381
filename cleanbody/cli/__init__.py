"""The command line: sub-commands, each a thin function over what the library offers.

Exit codes: 0 done, 1 some records failed (counted), 2 unusable arguments or input, 130 interrupted, 141 the reader of
the output has gone. Errors are one line on standard error: what, where, and the remedy.
"""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import click

import cleanbody
from cleanbody.cli.archives import warc
from cleanbody.cli.page import clean
from cleanbody.cli.shared import DONE, INTERRUPTED, READER_GONE, UNUSABLE, complain
from cleanbody.cli.tables import corpus_command
from cleanbody.cli.training import evaluate, train
from cleanbody.compiled import COMPILED
from cleanbody.page import CleanbodyError

__all__ = ["main"]


class _Commands(click.Group):
    """A group whose errors are one line and an exit code, whatever went wrong."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except click.ClickException as error:
            context = getattr(error, "ctx", None)
            name = context.command_path if context else "cleanbody"
            hint = f"; see '{name} --help'" if isinstance(error, click.UsageError) else ""
            code = complain(f"{name}: {error.format_message().rstrip('.')}{hint}", UNUSABLE)
        except CleanbodyError as error:
            code = complain(f"cleanbody: {error}", UNUSABLE)
        except (click.Abort, KeyboardInterrupt):
            code = complain("cleanbody: interrupted before the end", INTERRUPTED)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            what = error.strerror or error
            code = complain(f"cleanbody: {where}{what}; make room or choose another place", UNUSABLE)
            _drop_output()
        sys.exit(code or DONE)

    def invoke(self, context: click.Context) -> Any:
        try:
            code = super().invoke(context)
            sys.stdout.flush()
            return code
        except BrokenPipeError:  # caught before click does, which would exit with 1
            _drop_output()
            raise SystemExit(READER_GONE) from None


def _drop_output() -> None:
    """Drop what cannot be written: Python would complain again when it flushes standard output on its way out."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        core = "compiled core" if COMPILED else "pure Python, slower: no compiled core was built"
        click.echo(f"cleanbody {cleanbody.__version__} ({core})")
        context.exit()


@click.group(
    "cleanbody",
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def main(context: click.Context) -> None:
    """Strip boilerplate from scraped content.

    Exit codes: 0 done, 1 some records failed (they are counted), 2 unusable arguments or input.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (clean, warc, corpus_command, train, evaluate):
    main.add_command(command)
