"""``cleanbody train`` and ``cleanbody evaluate``: the block model, for which an extra is needed."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cleanbody import corpus
from cleanbody.cli.shared import DONE, config_options, make_cleaner


@click.command()
@click.argument("pages", nargs=-1, required=True, metavar="PAGES...", type=click.Path(exists=True, dir_okay=False))
@click.option("-o", "--output", required=True, metavar="FILE", help="Where the model file goes.")
@click.option(
    "--leave-out", multiple=True, metavar="SET", help="A set that nothing may be learned from; its hosts too."
)
@click.option(
    "--processes", default=2, show_default=True, type=click.IntRange(1), help="Two train on pages and texts at once."
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
    """Train the block model on labelled pages (JSON lines with html and main_content; needs the extra 'train').

    Of pages whose main_content is null, it learns what a model trained on the others keeps.
    """
    trainer = _training("trainer")
    folder = Path(seeds) if seeds else None
    with corpus.open_output(output) as file:
        paths = [Path(name) for name in pages]
        file.write(trainer.train_model(paths, leave_out, processes, seeds=folder, of_sets=_set_weights(weights)))
    return DONE


@click.command()
@click.argument("pages", nargs=-1, required=True, metavar="PAGES...", type=click.Path(exists=True, dir_okay=False))
@click.option("--with-headline", is_flag=True, help="The gold texts begin with the headline.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1))
@config_options
def evaluate(pages: tuple[str, ...], with_headline: bool, processes: int, **config: Any) -> int:
    """Word F1 on labelled pages, by set, page type and language (needs the extra 'train').

    Pages that the model was trained on flatter it: for unseen ones train with --leave-out.
    """
    evaluation = _training("evaluate")
    gold = _training("gold").read_gold([Path(name) for name in pages])
    click.echo(evaluation.table(evaluation.score_pages(gold, make_cleaner(**config), with_headline, processes)))
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
        if name == "trainer":
            importlib.import_module("lightgbm")
        return importlib.import_module(f"cleanbody.train.{name}")
    except ImportError as error:
        raise click.UsageError(f"{error.name} is missing; install 'cleanbody[train]'") from None
