"""`sayso rehearse`: a visit with recordings in place of the microphone, in its own store, to its own collector."""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from typing import Any

import click

from collector.results import Result, read, stored_submissions
from kiosk.answer import Who
from kiosk.errors import KioskError
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.store import Role, Store
from kiosk.machine import circumstances, new_instance_id, new_seed, today
from kiosk.ports import Ports
from kiosk.rehearsal import A_KEY, DeafEar, HeardOnce, NoScreen, Person, RecordedEar, SilentVoice
from kiosk.runner import Runner
from kiosk.sending.uploader import upload_waiting
from kiosk.sets import load_set
from kiosk.state import Rules, Visit
from kiosk.view import KEYS, START_KEY
from openrosa.client import Client
from openrosa.question_set import QuestionSet
from sayso.models import MODELS_DIR
from sayso.office import Kiosk, Office, answers_of, office
from sayso.options import ManyValued
from voice import events as sound
from voice.audio import duration_s, load
from voice.engine import Engine
from voice.engines import ENGINES, open_engine

SILENCE = "-"
KEY = "key"
HOME = "rehearsal"
ARRIVES = ("value", "how")
"""What must be the same at the collector as at the kiosk."""
WHO = Who(who="resident", how="self")


@dataclass(frozen=True)
class Told:
    """What a rehearsal has to tell, as --json prints it."""

    instance_id: str
    form_id: str
    engine: str
    complete: bool
    answers: dict[str, dict[str, Any]]
    said: list[str]
    heard: list[dict[str, Any]]
    unused: list[str]
    collector: dict[str, Any]


@click.command("rehearse", cls=ManyValued)
@click.argument("question_set", metavar="SET", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--microphone",
    "recordings",
    multiple=True,
    metavar="FILE...",
    help="WAV or FLAC files, one for each listening; - is silence, key is the next of --keys.",
)
@click.option("--keys", "keys", multiple=True, metavar="KEY...", help="Keys to press, by their names.")
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True, help="What recognises speech.")
@click.option("--language", default=None, help="Code of the language; the set's own if it is left out.")
@click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=MODELS_DIR,
    show_default="models/, or SAYSO_MODELS_DIR",
    help="Where models are installed, or a Vosk model itself.",
)
@click.option(
    "--office",
    "office_folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="An office that stays: its keys in FOLDER/office-key, its collector's data in FOLDER/collected.",
)
@click.option("--home", default=HOME, show_default=True, help="The kiosk's name at that office.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, to stdout alone.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917  one argument for each option
    ctx: click.Context,
    question_set: Path,
    recordings: tuple[str, ...],
    keys: tuple[str, ...],
    engine: str,
    language: str | None,
    models_dir: Path,
    office_folder: Path | None,
    home: str,
    *,
    as_json: bool,
) -> None:
    r"""Make a visit to SET (a sheet or an XForm) with recordings or keys, without waiting in real time.

    The n-th recording is played into the n-th listening for an answer, a question that is asked again included; an
    unsure answer ("I heard ...") is confirmed by playing the same recording again; - is silence. Keys are pressed, one
    after the other, where nothing is left to be heard, and where `key` stands in place of a recording; the last
    questions, which the kiosk asks itself, take keys too.
    Who is here is taken as said (a resident). A store, keys and a collector of its own are made for it and thrown away;
    with --office they stay, and every rehearsal adds a visit: something to try results, digest and reply with.

    \b
    For example:
      sayso rehearse question_sets/my_home/my_home.md --keys green yellow red
      sayso rehearse my_home.xml --microphone yes.wav - no.wav --json
      sayso rehearse my_home.xml --office trial --home "Elm Road" --keys green yellow red

    docs/rehearse.md tells what --json prints. Exit codes: 0 the collector has what was answered, however much that was;
    1 it has not; 2 a set, recording, key or engine that cannot be used.
    """
    wanted = [key for key in keys if key != START_KEY]
    for key in wanted:
        if key not in KEYS:
            raise click.BadParameter(f"'{key}' is no key. Keys are: {', '.join(KEYS)}.", param_hint="--keys")
    no_file = {SILENCE: None, KEY: A_KEY}
    sounds = [no_file[name] if name in no_file else load(name) for name in recordings]
    with ExitStack() as ended:
        folder = office_folder or Path(ended.enter_context(TemporaryDirectory(prefix="sayso-rehearse-")))
        its_office, url = ended.enter_context(office(folder))
        form = its_office.form(question_set, own_key=True)
        loaded = load_set(form).question_set
        spoken = language or (loaded.default_language if loaded.default_language != "default" else "en")
        ear = open_engine(engine, spoken, models_dir) if sounds else None
        told = _rehearse(its_office, its_office.kiosk(home, url), loaded, spoken, ear, sounds, recordings, wanted)
    if as_json:
        click.echo(json.dumps(asdict(told), ensure_ascii=False, indent=2))
    else:
        _print(told)
    arrived = told.collector.get("answers", {})
    if any(
        arrived.get(name, {}).get(part) != answer[part] for name, answer in told.answers.items() for part in ARRIVES
    ):
        click.echo("The collector does not have what was answered.", err=True)
        ctx.exit(1)


def _rehearse(
    its_office: Office,
    kiosk: Kiosk,
    question_set: QuestionSet,
    language: str,
    engine: Engine | None,
    sounds: list[bytes | None],
    names: tuple[str, ...],
    keys: list[str],
) -> Told:
    """One visit, its delivery, and what came of it."""
    over: list[Visit] = []
    person = Person(keys)
    voice = SilentVoice(person.put)
    with Store.open(kiosk.folder, Role.KIOSK) as store:
        keeper = Keeper(store, circumstances, allow_unsealed=True)

        def new_visit() -> Visit:
            return Visit(
                sets=(question_set,),
                instance_id=new_instance_id(),
                seed=new_seed(),
                language=language,
                rules=Rules(preset_who=WHO, languages=(language,)),
                voice=engine is not None,
            )

        ear: RecordedEar | DeafEar = DeafEar()
        if engine is not None:
            ear = RecordedEar(engine, sounds, person.put, lambda: runner.visit, person.has_keys)
        runner = Runner(Ports(NoScreen(), voice, ear, keeper), person, new_visit, on_over=over.append)
        person.visit = lambda: runner.visit
        runner.run()
        with Client(kiosk.address, 30.0) as client:
            upload_waiting(store, client, today(), SystemRandom())
    if not over:
        raise KioskError("Cannot rehearse", f"'{question_set.form_id}': the visit does not end", "Report it, please.")
    visit = over[0]
    heard = ear.heard if isinstance(ear, RecordedEar) else []
    return Told(
        instance_id=visit.instance_id,
        form_id=question_set.form_id,
        engine=f"{engine.name} {engine.model}" if engine else "none",
        complete=visit.complete,
        answers={
            name: {"value": answer.value, "how": answer.how.value, "by": answer.by.value, "corrected": answer.corrected}
            for name, answer in visit.answers.items()
        },
        said=voice.said,
        heard=[_heard(one, names) for one in heard],
        unused=list(names[ear.used if isinstance(ear, RecordedEar) else 0 :]),
        collector=_received(its_office, question_set.form_id, visit.instance_id),
    )


def _heard(one: HeardOnce, names: tuple[str, ...]) -> dict[str, Any]:
    """One listening as plain values."""
    told: dict[str, Any] = {
        "question": one.question,
        "stage": one.stage,
        "recording": names[one.recording] if one.recording is not None else None,
        "number": one.recording + 1 if one.recording is not None else None,
        "happened": type(one.happened).__name__.lower(),
    }
    if isinstance(one.happened, sound.Heard):
        told |= {
            "text": one.happened.utterance.text,
            "outcome": one.happened.decision.outcome.value,
            "phrase": one.happened.decision.phrase,
            "meaning": one.happened.decision.meaning,
            "evidence": asdict(one.happened.utterance.evidence),
        }
    if isinstance(one.happened, sound.Recorded):
        told["duration_s"] = duration_s(one.happened.pcm)
    return told


def _received(its_office: Office, form_id: str, instance_id: str) -> dict[str, Any]:
    """What the collector has of this visit, opened with the office's key."""
    for stored in stored_submissions(its_office.database, form_id):
        if stored.instance_id == instance_id:
            result = read(stored, its_office.private_key)
            if isinstance(result, Result):
                return {
                    "instance_id": instance_id,
                    "sealed": result.stored.sealed,
                    "answers": answers_of(result.values),
                    "values": dict(result.values),
                    "attachments": {
                        name: {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                        for name, content in result.files.items()
                    },
                }
            return {"instance_id": instance_id, "error": result.why}
    return {}


def _print(told: Told) -> None:
    """For people."""
    click.echo(f"{told.form_id}, engine {told.engine}, visit {told.instance_id}")
    for one in told.heard:
        what = one["recording"] or "silence"
        if "outcome" in one:
            click.echo(f"  {one['question']}: {what}: {one['outcome']} {one['phrase']!r}")
        else:
            click.echo(f"  {one['question']}: {what}: {one['happened']}")
    for name, answer in told.answers.items():
        click.echo(f"{name} = {answer['value'] or answer['how']} (by {answer['by']})")
    if told.unused:
        click.echo(f"not played, because the visit was over: {', '.join(told.unused)}")
    click.echo("complete" if told.complete else "incomplete: not every question was reached")
    if told.collector:
        click.echo("delivered, and opened with the office's key" if "values" in told.collector else "delivered")
    sys.stdout.flush()
