"""`sayso voice fit`: weights for an engine and model, from a folder of recordings."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from sayso import voice_corpus as corpus
from voice.errors import VoiceError
from voice.fit import FOLDS, Fitted, examples, fit, hear_all, weights_of
from voice.measure import Plan
from voice.measure_corpus import digest, fold_of, read_manifest, sample
from voice.measure_figures import each
from voice.measure_noise import noises
from voice.weights import FEATURES, Weights, file_name, write

_REMARKS = """\
What each piece of evidence is worth for this engine and model: docs/hearing.md. Fitted by `sayso voice fit`;
made anew by it, not by hand. A score is bias plus each piece times its weight; from `sure` on it is sure, from `ask`
on it is asked about."""
_MOST = 600


@click.command(name="fit")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@corpus.heard_with
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=_MOST,
    show_default=True,
    help="At most so many recordings of each kind, drawn by the seed.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the weights go.  [default: the models folder, where the kiosk finds them]",
)
@click.option(
    "--fold-weights",
    "fold_dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write there too, for each of five folds of speakers (by their names), weights fitted without them.",
)
@click.option(
    "--each", "each_path", type=click.Path(dir_okay=False, path_type=Path), help="Write a JSON line for each example."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout instead of lines.")
@click.pass_context
def fit_command(  # noqa: PLR0913 - an option each
    ctx: click.Context,
    *,
    folder: Path,
    choices: str,
    commands: str,
    noise_folders: tuple[Path, ...],
    snr: str | None,
    engine_name: str,
    language: str,
    models_dir: Path,
    limit: int,
    seed: int,
    free_from: int,
    out: Path | None,
    fold_dir: Path | None,
    each_path: Path | None,
    as_json: bool,
) -> None:
    r"""Learn from the recordings of DIR when to be sure, when to ask, and when it was no answer.

    DIR is as for `sayso voice measure`: a manifest.csv with path, label and speaker. Record answers and commands by
    several people, other words, and the room itself: without wrong ones there is nothing to tell right ones from.

    The weights go where the kiosk looks for them, for this engine and model alone. Weights that were there before are
    kept beside them with the ending .before. Then look at what they do: `sayso voice measure DIR`, best with
    recordings of other people.

    \b
    Examples:
      $ sayso voice fit recordings --choices good,okay,bad --commands stop,again,skip,help
      $ sayso voice fit recordings --choices yes,no --noise recordings/kitchen --snr clean,10
      $ sayso voice fit recordings --choices yes,no --engine vosk --out weights.toml

    Exit codes: 0 fitted, 2 wrong use or too few recordings, 130 ended by Ctrl-C: nothing is written.
    """
    phrases = corpus.phrases(choices, commands, free_from)
    snrs_db = corpus.snrs(snr, given=bool(noise_folders))
    clips = sample(read_manifest(folder, phrases), limit, seed)
    noise = tuple(noises(noise_folders))
    engine = corpus.engine(engine_name, language, models_dir, phrases)
    plan = Plan(phrases, tuple(clips), snrs_db, noise, seed)
    heard = hear_all(plan, engine, corpus.Progress(plan).told)
    if heard.interrupted:
        click.echo("Ended before all was heard; nothing was written.", err=True)
        ctx.exit(corpus.INTERRUPTED)
    if each_path is not None:
        corpus.write(each_path, "w", (json.dumps(each(one), ensure_ascii=False) for one in heard.listened))
    learnt = examples(heard.listened, phrases.meanings)
    fitted = fit(learnt)
    data = (
        f"{folder.resolve().name} (manifest.csv {digest(folder)[:12]}), {len(clips)} recordings, {len(learnt)} examples"
    )
    date = datetime.now(UTC).date().isoformat()
    weights = weights_of(fitted, engine.name, engine.model, data, date)
    target = out or models_dir / file_name(engine.name, engine.model)
    _keep_before(target)
    write(weights, target, _REMARKS)
    if fold_dir is not None:
        for number in range(1, FOLDS + 1):
            without = fit([one for one in learnt if fold_of(one.speaker, FOLDS) != number])
            found = weights_of(without, engine.name, engine.model, f"{data}, without fold {number}", date)
            write(found, fold_dir / f"without-{number}.toml", _REMARKS)
    if as_json:
        click.echo(json.dumps({"weights": asdict(weights), "file": str(target), **_figures(fitted)}, indent=2))
    else:
        click.echo("\n".join(_lines(fitted, weights, target)))


def _keep_before(target: Path) -> None:
    """Weights that are there already are kept: somebody may want them back."""
    if target.exists():
        try:
            target.replace(target.with_suffix(".before"))
        except OSError as error:
            raise VoiceError("Cannot keep the weights", f"'{target}': {error.strerror}", "Give --out FILE.") from error


def _figures(fitted: Fitted) -> dict[str, object]:
    return {"examples": fitted.examples, "cross_validated": fitted.shares}


def _lines(fitted: Fitted, weights: Weights, target: Path) -> list[str]:
    found = [f"Weights for {weights.engine} {weights.model} from {weights.data}:"]
    found += [f"  {name:12} {weights.each[name]:7.2f}" for name in FEATURES]
    found += [
        f"  {'bias':12} {weights.bias:7.2f}",
        f"  sure from {weights.sure:.2f}, asked about from {weights.ask:.2f}",
    ]
    found += ["What they do to speakers they have not seen, of what the grammar proposed:"]
    for kind, shares in fitted.shares.items():
        counts = fitted.examples[kind]
        told = ", ".join(f"{name.replace('_', ' and ')} {share:.1%}" for name, share in shares.items())
        found.append(f"  {kind.replace('_', ' ')} ({counts['right']} right, {counts['wrong']} wrong): {told}")
    return [*found, f"Written to '{target}'. Now look at them: sayso voice measure, with other people's recordings."]
