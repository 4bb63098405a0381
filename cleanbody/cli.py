"""The command line: sub-commands, each a thin function over what the library offers.

Exit codes: 0 done, 1 some records failed (counted), 2 unusable arguments or input, 130 interrupted, 141 the reader of
the output has gone. Errors are one line on standard error: what, where, and the remedy.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, NoReturn

import click

import cleanbody
from cleanbody import corpus
from cleanbody.decode import decode
from cleanbody.model import COMPILED
from cleanbody.page import ArchiveError, CleanbodyError, CleanPage, Label, Status
from cleanbody.warc import read_pages

DONE, SOME_FAILED, UNUSABLE, INTERRUPTED, READER_GONE = 0, 1, 2, 130, 141
PRESETS = {
    "balanced": cleanbody.Config.balanced,
    "precision": cleanbody.Config.precision,
    "recall": cleanbody.Config.recall,
}
UNSETTLED = frozenset({Status.FAILED, Status.TIMEOUT, Status.BINARY})  # a page of which nothing can be said
HTML_ENDINGS = frozenset({".htm", ".html", ".shtml", ".xhtml"})
TEXT_ENDINGS = frozenset({".txt", ".text"})


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
            code = _complain(f"{name}: {error.format_message().rstrip('.')}{hint}", UNUSABLE)
        except CleanbodyError as error:
            code = _complain(f"cleanbody: {error}", UNUSABLE)
        except (click.Abort, KeyboardInterrupt):
            code = _complain("cleanbody: interrupted before the end", INTERRUPTED)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            what = error.strerror or error
            code = _complain(f"cleanbody: {where}{what}; make room or choose another place", UNUSABLE)
        sys.exit(code or DONE)

    def invoke(self, context: click.Context) -> Any:
        try:
            code = super().invoke(context)
            sys.stdout.flush()
            return code
        except BrokenPipeError:  # caught before click does, which would exit with 1
            # Python would complain again when it flushes standard output on its way out.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(READER_GONE) from None


def _complain(line: str, code: int) -> int:
    click.echo(" ".join(line.split()), err=True)
    return code


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


def _config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that are fields of `Config`, the same for every command."""
    for option in (
        click.option(
            "--time-limit", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
            help="How long cutting one page into blocks may take.",
        ),
        click.option(
            "--model/--no-model", default=True, show_default=True,
            help="Let the learned block model decide, or density and context alone.",
        ),
        click.option(
            "--keep", type=click.Choice([str(label) for label in Label]), multiple=True, metavar="LABEL",
            help="A label to keep in the text besides content, such as byline; may be given several times.",
        ),
        click.option(
            "--threshold", type=click.FloatRange(0, 1),
            help="Keep blocks from this probability of being content on; overrides that of the preset.",
        ),
        click.option(
            "--preset", type=click.Choice(list(PRESETS)), default="balanced", show_default=True,
            help="Which mistake to avoid: boilerplate kept (precision) or words lost (recall).",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def _cleaner(
    preset: str, threshold: float | None, keep: Sequence[str], model: bool, time_limit: float | None
) -> cleanbody.Cleaner:
    base = PRESETS[preset]()
    return cleanbody.Cleaner(
        cleanbody.Config(
            threshold=base.threshold if threshold is None else threshold,
            keep=base.keep | {Label(label) for label in keep},
            model=model,
            limits=base.limits,
            time_limit=time_limit if time_limit is not None else base.time_limit,
        )
    )


# ------------------------------------------------------------------------------------------------ cleanbody clean


@main.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("--html/--text", "markup", default=None, help="What FILE holds; told by its name or bytes if not given.")
@click.option("--url", help="Where the page came from; helps with its type, date and canonical URL.")
@click.option("--title", help="The headline of a scraped text, if known.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "html", "json"]), default="text", show_default=True,
    help="How to write the result.",
)  # fmt: skip
@click.option("--headline/--no-headline", default=True, show_default=True, help="The headline first (not for json).")
@click.option("--blocks", is_flag=True, help="With --format json: every block too, kept or not, and why.")
@_config_options
def clean(
    file: str, markup: bool | None, url: str | None, title: str | None, form: str, headline: bool, blocks: bool,
    **config: Any,
) -> int:  # fmt: skip
    """Clean one page: HTML or scraped text, from FILE or standard input."""
    if blocks and form != "json":
        raise click.UsageError("--blocks needs --format json")
    data = _read(file)
    is_html = _is_html(file, data) if markup is None else markup
    if title is not None and is_html:
        raise click.UsageError("--title is for scraped text; an HTML page brings its own (or give --text)")
    cleaner = _cleaner(**config)
    text = "" if is_html else decode(data).data.decode("utf-8", "replace")
    try:
        page = cleaner.clean(data, url) if is_html else cleaner.clean_text(text, title, url)
        result = _render(page, form, headline, blocks).encode("utf-8", "replace")
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        what = f"the cleaner failed on it ({type(error).__name__}: {error})"
        return _complain(f"cleanbody clean: {file}: {what}; please report it with the page", SOME_FAILED)
    click.echo(result)
    if page.status is not Status.COMPLETE:
        click.echo(f"cleanbody clean: {file}: {', '.join(page.statuses)}", err=True)
    return SOME_FAILED if page.status in UNSETTLED else DONE


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise ArchiveError(f"{file}: {error.strerror}; give a file that can be read, or - for standard input") from None


def _is_html(file: str, data: bytes) -> bool:
    ending = Path(file).suffix.lower()
    if ending in HTML_ENDINGS or ending in TEXT_ENDINGS:
        return ending in HTML_ENDINGS
    start = decode(data[:4096]).data.lstrip(b"\xef\xbb\xbf\t\n\x0c\r ")
    return start[:1] == b"<" and (start[1:2].isalpha() or start[1:2] in (b"!", b"?"))


def _render(page: CleanPage, form: str, headline: bool, blocks: bool) -> str:
    if form == "json":
        return json.dumps(page.to_dict(blocks=blocks), ensure_ascii=False)
    if form == "markdown":
        return page.to_markdown(headline=headline)
    return page.to_html(headline=headline) if form == "html" else page.to_text(headline=headline)


# ------------------------------------------------------------------------------------------------- cleanbody warc


@main.command()
@click.argument("archives", nargs=-1, required=True, metavar="IN...")
@click.option(
    "-o", "--output", required=True, metavar="OUT",
    help="JSONL; packed where the name ends in .gz or .zst; - for standard output.",
)  # fmt: skip
@click.option("--summary", metavar="FILE", help="Write the closing counts as JSON, too.")
@click.option("--blocks", is_flag=True, help="A column more: every block, kept or not, and why.")
@_config_options
def warc(archives: tuple[str, ...], output: str, summary: str | None, blocks: bool, **config: Any) -> int:
    """Clean the pages of web archives.

    Each IN is a .warc, .warc.gz, .warc.zst or WET file, or - for standard input. Writes one line of JSON for each
    page, and a count of every record on standard error. OUT has its name only when it is complete; until then it
    ends in .part.
    """
    _check_places(archives, output, summary)
    tally = corpus.Tally()
    cleaner = _cleaner(**config)
    written = 0
    with _output(output) as stream, _progress(archives) as advance:
        for name in archives:
            for row in _rows_of(name, cleaner, tally, blocks, advance):
                stream.write(corpus.to_line(row))
                written += 1
        if len(tally.unreadable) == len(archives):
            raise ArchiveError(next(iter(tally.unreadable.values())))
    for message in tally.unreadable.values():
        _complain(f"cleanbody warc: {message}", SOME_FAILED)
    click.echo(_account(tally, written, output), err=True)
    if summary:
        with corpus.open_output(summary) as stream:
            values = {"cleanbody": cleanbody.__version__, **tally.to_dict(), "rows": written}
            stream.write(json.dumps(values, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n")
    return DONE if tally.lossless else SOME_FAILED


@main.command()
@click.argument("pages", nargs=-1, required=True, metavar="PAGES...", type=click.Path(exists=True, dir_okay=False))
@click.option("-o", "--output", required=True, metavar="FILE", help="Where the model file goes.")
@click.option(
    "--leave-out", multiple=True, metavar="SET", help="A set that nothing may be learned from; its hosts too."
)
@click.option(
    "--processes", default=2, show_default=True, type=click.IntRange(1), help="For cutting pages into blocks."
)
@click.option("--seeds", type=click.Path(exists=True, file_okay=False), help="Also train on documents made of these.")
@click.option("--weight", "weights", multiple=True, metavar="SET=N", help="Count each page of a set N times.")
def train(
    pages: tuple[str, ...],
    output: str,
    leave_out: tuple[str, ...],
    processes: int,
    seeds: str | None,
    weights: tuple[str, ...],
) -> int:
    """Train the block model on labelled pages (JSON lines with html and main_content; needs the extra 'train')."""
    trainer = _training("trainer")
    folder = Path(seeds) if seeds else None
    with corpus.open_output(output) as file:
        paths = [Path(name) for name in pages]
        file.write(trainer.train_model(paths, leave_out, processes, seeds=folder, of_sets=_set_weights(weights)))
    return DONE


@main.command()
@click.argument("pages", nargs=-1, required=True, metavar="PAGES...", type=click.Path(exists=True, dir_okay=False))
@click.option("--with-headline", is_flag=True, help="The gold texts begin with the headline.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1))
@_config_options
def evaluate(pages: tuple[str, ...], with_headline: bool, processes: int, **config: Any) -> int:
    """Word F1 on labelled pages, by set, page type and language (needs the extra 'train').

    Pages that the model was trained on flatter it: for unseen ones train with --leave-out.
    """
    evaluation = _training("evaluate")
    gold = _training("gold").read_gold([Path(name) for name in pages])
    click.echo(evaluation.table(evaluation.score_pages(gold, _cleaner(**config), with_headline, processes)))
    return DONE


def _set_weights(weights: Sequence[str]) -> dict[str, float]:
    out = {}
    for weight in weights:
        name, _, number = weight.rpartition("=")
        try:
            out[name] = float(number)
        except ValueError:
            raise click.UsageError(f"--weight {weight}: give the name of a set and a number, SET=N") from None
        if not name or not 0.0 < out[name] < 1e6:
            raise click.UsageError(f"--weight {weight}: give the name of a set and a number above 0, SET=N")
    return out


def _training(name: str) -> Any:
    """A module of `cleanbody.train`, which needs what only the extra installs."""
    try:
        return importlib.import_module(f"cleanbody.train.{name}")
    except ImportError as error:
        raise click.UsageError(f"{error.name} is missing; install 'cleanbody[train]'") from None


def _check_places(archives: Sequence[str], output: str, summary: str | None) -> None:
    """Find what cannot work before hours are spent on it."""
    for name in archives:
        path = Path(name)
        if name != "-" and not path.exists():
            raise click.UsageError(f"{name}: no such file")
        if name != "-" and path.is_dir():
            raise click.UsageError(f"{name}: is a directory; name the archives in it ({path / '*.warc.gz'})")
    places = [output, *([summary] if summary else [])]
    for place in places:
        if place != "-" and Path(place).resolve() in {Path(name).resolve() for name in archives if name != "-"}:
            raise click.UsageError(f"{place}: is also an input; choose another name for the output")
        if place != "-" and Path(place).is_dir():
            raise click.UsageError(f"{place}: is a directory; name a file in it")
    if summary == "-" or len(set(places)) < len(places):
        raise click.UsageError("--summary needs a file of its own")
    if archives.count("-") > 1:
        raise click.UsageError("standard input can be read only once")


def _rows_of(
    name: str, cleaner: cleanbody.Cleaner, tally: corpus.Tally, blocks: bool, advance: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    """The rows of one archive; an archive that cannot be read is noted and ends only itself."""
    tally.archives += 1
    label = "stdin" if name == "-" else Path(name).name
    try:
        with _input(name) as file:
            before = 0
            known_size = name != "-" and file.seekable()
            for row in corpus.rows(read_pages(file), cleaner, tally, archive=label, blocks=blocks):
                yield row
                if known_size:
                    advance(file.tell() - before)
                    before = file.tell()
    except ArchiveError as error:
        tally.unreadable[name] = str(error)


@contextmanager
def _input(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = open(name, "rb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise ArchiveError(f"{name}: {error.strerror}; give an archive that can be read") from None
    with file:
        yield file


@contextmanager
def _output(output: str) -> Iterator[IO[bytes]]:
    if output == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with corpus.open_output(output) as stream:
            yield stream
    except OSError as error:
        if isinstance(error, (CleanbodyError, BrokenPipeError)) or error.filename:
            raise
        raise ArchiveError(f"{output}: {error.strerror or error}; make room or choose another place") from None


@contextmanager
def _progress(archives: Sequence[str]) -> Iterator[Callable[[int], None]]:
    """A bar over the bytes of the archives, on a terminal only; standard error, so that pipes stay clean."""
    if not sys.stderr.isatty() or "-" in archives:
        yield lambda size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=sum(os.path.getsize(name) for name in archives))
        yield lambda size: progress.advance(task, size)


def _account(tally: corpus.Tally, written: int, output: str) -> str:
    """The closing count: every record, and what became of it."""
    lines = [f"{tally.records:,} records in {tally.archives:,} archive{'s' if tally.archives != 1 else ''}"]
    for name in ("cleaned", "skipped", "failed"):
        counts = getattr(tally, name)
        lines.append(f"  {name:<8}{counts.total():>10,}{_listed(counts.most_common())}")
    if tally.problems:
        lines.append(f"  problems of cleaned records{_listed(tally.problems.most_common())}")
    for reason, number in tally.damage.most_common():
        lines.append(f"  damage: {reason} {number:,} ({tally.damaged_bytes[reason]:,} bytes lost)")
    if tally.unreadable:
        lines.append(f"  unreadable archives: {len(tally.unreadable):,}")
    lines.append(f"{written:,} rows written to {'standard output' if output == '-' else output}")
    return "\n".join(lines)


def _listed(counts: Sequence[tuple[str, int]]) -> str:
    return "".join(f"{',' if i else ':'} {reason} {number:,}" for i, (reason, number) in enumerate(counts))
