"""`sayso models`: list, install and verify speech models."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from voice.errors import VoiceError
from voice.models import MANIFEST_NAME, Manifest, install, installed_model, manifests_in, read_manifest, verify

MANIFESTS = Path(__file__).parent.parent / "models"
MODELS_DIR = Path(os.environ.get("SAYSO_MODELS_DIR") or MANIFESTS)
"""Beside the manifests; a kiosk's configuration may name another folder."""

_models_dir = click.option(
    "--models-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=MODELS_DIR,
    show_default="models/, or SAYSO_MODELS_DIR",
    help="Where models are installed.",
)
_manifest = click.option(
    "--manifest",
    "manifest_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Another manifest than the one in models/.",
)


@click.group()
def command() -> None:
    """List, install and verify speech models."""


@command.command(name="list")
@_models_dir
def list_models(models_dir: Path) -> None:
    """What models there are, and which are installed."""
    for manifest in manifests_in(MANIFESTS):
        folder = installed_model(manifest.language, models_dir)
        state = f"installed in {folder}" if folder else f"not installed: sayso models install {manifest.language}"
        click.echo(f"{manifest.language}  {manifest.name}  {_megabytes(manifest)}  {manifest.licence}  {state}")


@command.command(name="install")
@click.argument("language")
@click.option("--from", "from_file", type=click.Path(path_type=Path), help="The zip, where there is no network.")
@_models_dir
@_manifest
def install_model(language: str, from_file: Path | None, models_dir: Path, manifest_file: Path | None) -> None:
    """Fetch the model for LANGUAGE, check it, and put it into place; or not at all."""
    manifest = _manifest_for(language, manifest_file)
    with click.progressbar(length=manifest.size_bytes, label=f"Fetching {manifest.name}", file=sys.stderr) as bar:

        def progress(done: int, _all: int) -> None:
            bar.update(done - bar.pos)

        folder = install(manifest, models_dir, from_file=from_file, on_progress=progress)
        bar.update(bar.length - bar.pos if bar.length else 0)
    click.echo(f"Installed {manifest.name} in {folder}")


@command.command(name="verify")
@click.argument("language", default="en")
@_models_dir
@_manifest
def verify_model(language: str, models_dir: Path, manifest_file: Path | None) -> None:
    """Whether the model for LANGUAGE is installed and unharmed: exit code 0 yes, 1 no."""
    manifest = _manifest_for(language, manifest_file)
    problem = verify(manifest, models_dir)
    if problem:
        click.echo(problem)
        sys.exit(1)
    click.echo(f"{manifest.name} in {models_dir} is whole ({MANIFEST_NAME} and every file's SHA-256 agree)")


def _manifest_for(language: str, manifest_file: Path | None) -> Manifest:
    """The manifest given, else the one for the language."""
    if manifest_file is not None:
        return read_manifest(manifest_file)
    known = {manifest.language: manifest for manifest in manifests_in(MANIFESTS)}
    if language not in known:
        raise VoiceError(
            "Cannot find a model",
            f"for '{language}': there are manifests for {', '.join(known) or 'no language'}",
            "Give one of those, or a manifest file with --manifest.",
        )
    return known[language]


def _megabytes(manifest: Manifest) -> str:
    return f"{manifest.size_bytes / 1e6:.0f} MB"
