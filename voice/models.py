"""Speech models: what there is, where one is installed, and installing one without ever leaving half of it.

A model is a zip with one folder inside. It is fetched to a partial file (kept when the connection is cut, so that the
next attempt goes on from there), checked for size and SHA-256, unpacked beside its place, checked again to look like a
model, told how to search as its manifest says, and only then renamed into place.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from voice.decoder_settings import VOSK, checked
from voice.errors import VoiceError
from voice.unpack import unpack

Progress = Callable[[int, int], None]
"""Bytes done and bytes in all."""

MANIFEST_NAME = "sayso-model.toml"
"""A copy of the manifest within an installed model: which one it is, and that its zip was checked."""
_SUMS = "SHA256SUMS"
_MARK = Path("am") / "final.mdl"
_CONF = Path("conf") / "model.conf"
"""What Vosk reads its decoder's options from. Source: vosk-api's model.cc, version 0.3.45."""
_UPSTREAM = "model.conf.upstream"
"""Beside it: as it came in the zip."""
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What one model is and how to know that it is the right one.

    Attributes:
        language: code such as "en".
        name: the folder within the zip.
        version, url, licence: as upstream has them.
        size_bytes, sha256: of the zip.
        decoder: how it searches, by `decoder_settings.VOSK`'s names; what is not here is as upstream made it.
    """

    language: str
    name: str
    version: str
    url: str
    size_bytes: int
    sha256: str
    licence: str
    decoder: Mapping[str, float] = field(default_factory=dict)


def read_manifest(path: Path) -> Manifest:
    """A manifest from a TOML file.

    Raises:
        VoiceError: no such file, not TOML, or a key that is missing or of the wrong type.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise VoiceError("Cannot read the model's manifest", f"'{path}': {error}", "Give a manifest file.") from error
    values: dict[str, str] = {}
    for key in ("language", "name", "version", "url", "sha256", "licence"):
        value = data.get(key)
        if not isinstance(value, str) or not value:
            raise VoiceError(
                "Cannot read the model's manifest", f"'{path}': '{key}' is no text", f"Write {key} = '...'"
            )
        values[key] = value
    size = data.get("size_bytes")
    if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
        raise VoiceError("Cannot read the model's manifest", f"'{path}': 'size_bytes' is no number", "Write the zip's.")
    if values["name"] in {".", ".."} or set(values["name"]) & set("/\\\0"):
        raise VoiceError(
            "Cannot read the model's manifest",
            f"'{path}': '{values['name']}' is no folder's name",
            "Write a plain name.",
        )
    if urlsplit(values["url"]).scheme not in {"http", "https"}:
        raise VoiceError("Cannot read the model's manifest", f"'{path}': 'url' is not http", "Write an https address.")
    return Manifest(size_bytes=size, decoder=checked(data.get("decoder", {}), VOSK, path), **values)


def manifests_in(folder: Path) -> tuple[Manifest, ...]:
    """Every manifest in a folder, by language."""
    return tuple(read_manifest(path) for path in sorted(folder.glob("*.toml")))


def installed_model(language: str, models_dir: Path) -> Path | None:
    """The folder of the model for a language, or None.

    Found by its own manifest, else by its name (`vosk-model-small-en-us-0.15`, as others unpack it by hand), else the
    folder itself where it is a model.
    """
    wanted = language.split("-", maxsplit=1)[0].lower()
    if (models_dir / _MARK).is_file():
        return models_dir
    by_name: Path | None = None
    for folder in sorted(path.parent.parent for path in models_dir.glob(f"*/{_MARK}")):
        if folder.name.startswith("."):
            continue
        manifest = folder / MANIFEST_NAME
        if manifest.is_file() and read_manifest(manifest).language == wanted:
            return folder
        parts = folder.name.lower().split("-")
        if folder.name.startswith("vosk-model") and wanted in parts[2:4]:
            by_name = folder
    return by_name


def install(
    manifest: Manifest,
    models_dir: Path,
    *,
    from_file: Path | None = None,
    on_progress: Progress | None = None,
) -> Path:
    """Put a model into place, whole or not at all.

    Args:
        manifest: which one.
        models_dir: made if need be.
        from_file: the zip, where there is no network; else it is fetched.
        on_progress: told now and then while fetching.

    Returns: the model's folder. One that is there already and was installed from this zip is left as it is, but for how
        it searches: that is made what the manifest says.

    Raises:
        VoiceError: no network, a cut download (what came is kept), a wrong size or hash, an unsafe or damaged zip, a
            full disk. Nothing half-installed is left.
    """
    place = models_dir / manifest.name
    tell = on_progress or (lambda _done, _all: None)
    try:
        if _same(place, manifest):
            if read_manifest(place / MANIFEST_NAME).decoder != manifest.decoder:
                _set_up(place, manifest)
            return place
        models_dir.mkdir(parents=True, exist_ok=True)
        archive = from_file if from_file is not None else models_dir / f".{manifest.name}.zip.part"
        if from_file is None:
            from voice.download import fetch  # noqa: PLC0415 - HTTP and TLS are 10 MB that an engine's process never needs

            fetch(manifest.url, archive, manifest.size_bytes, tell)
        _check(archive, manifest, downloaded=from_file is None)
        with tempfile.TemporaryDirectory(prefix=f".{manifest.name}.", dir=models_dir) as scratch:
            unpack(archive, Path(scratch))
            folder = Path(scratch) / manifest.name
            if not (folder / _MARK).is_file():
                raise VoiceError("Cannot install the model", f"'{archive}': no {manifest.name}/{_MARK} inside", _AGAIN)
            _set_up(folder, manifest)
            if place.exists():
                # Renaming needs an empty place; the old one goes with the scratch folder.
                place.rename(Path(scratch) / "old")
            folder.rename(place)
        if from_file is None:
            archive.unlink()
    except OSError as error:
        raise VoiceError(
            "Cannot install the model",
            f"'{models_dir}': {error.strerror or error}",
            _hint_for(error, manifest, models_dir),
        ) from error
    return place


def verify(manifest: Manifest, models_dir: Path) -> str:
    """What is wrong with an installed model, as a sentence; "" when every file is as it was unpacked.

    Raises:
        VoiceError: its own manifest can't be read.
    """
    place = models_dir / manifest.name
    again = f"Run `sayso models install {manifest.language}`."
    if not place.is_dir():
        return f"{manifest.name} is not installed in {models_dir}. {again}"
    if not _same(place, manifest):
        return f"{place} was not installed from this manifest's zip. Remove it, then run the install again."
    for line in (place / _SUMS).read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        file = place / name
        if not file.is_file() or sha256_of(file) != digest:
            return f"{file} is missing or was changed. Remove {place}. {again}"
    return ""


def sha256_of(path: Path) -> str:
    """The hash of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


_AGAIN = "Fetch the zip again from the manifest's address, and check that the manifest is the right one."


def _check(archive: Path, manifest: Manifest, *, downloaded: bool) -> None:
    """The zip is the one the manifest means. A wrong download is thrown away: going on from it could never end well."""
    size = archive.stat().st_size
    if size == manifest.size_bytes and sha256_of(archive) == manifest.sha256.lower():
        return
    met = f"{size} bytes instead of {manifest.size_bytes}" if size != manifest.size_bytes else "its SHA-256 is another"
    if downloaded:
        archive.unlink()
        raise VoiceError("Cannot install the model", f"'{manifest.url}': {met}; it was thrown away", _AGAIN)
    raise VoiceError("Cannot install the model", f"'{archive}': {met}", _AGAIN)


def _same(place: Path, manifest: Manifest) -> bool:
    """Whether that very model is in its place."""
    copy = place / MANIFEST_NAME
    return copy.is_file() and (place / _SUMS).is_file() and read_manifest(copy).sha256 == manifest.sha256


def _set_up(folder: Path, manifest: Manifest) -> None:
    """What is written into a model whose zip was checked: how to search, every file's hash, and which model it is."""
    _write_decoder(folder, manifest.decoder)
    for old in (MANIFEST_NAME, _SUMS):
        (folder / old).unlink(missing_ok=True)
    _write_sums(folder)
    _write_manifest(folder / MANIFEST_NAME, manifest)


def _write_decoder(folder: Path, decoder: Mapping[str, float]) -> None:
    """Upstream's options, with these in place of its own. Of an option given twice Kaldi would take the last."""
    conf, upstream = folder / _CONF, folder / _CONF.with_name(_UPSTREAM)
    if not decoder and not upstream.is_file():
        return
    if not conf.is_file():
        # Making one would make Vosk read the model in another way.
        raise VoiceError(
            "Cannot install the model", f"no {_CONF} inside, where its [decoder] belongs", "Leave that table out."
        )
    if not upstream.is_file():
        upstream.write_bytes(conf.read_bytes())
    lines = [
        line
        for line in upstream.read_text(encoding="utf-8").splitlines()
        if line.partition("=")[0].strip().removeprefix("--") not in decoder
    ]
    conf.write_text("\n".join([*lines, *(f"--{name}={value}" for name, value in decoder.items()), ""]), "utf-8")


def _write_sums(folder: Path) -> None:
    """The hash of every file, in the form that `sha256sum -c` reads."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    (folder / _SUMS).write_text("".join(f"{sha256_of(path)}  {path.relative_to(folder)}\n" for path in files), "utf-8")


def _write_manifest(path: Path, manifest: Manifest) -> None:
    # JSON's strings are TOML's basic strings.
    lines = [f"{key} = {json.dumps(value)}" for key, value in vars(manifest).items() if isinstance(value, str)]
    table = ["[decoder]", *(f"{name} = {value}" for name, value in manifest.decoder.items())]
    text = "\n".join([*lines, f"size_bytes = {manifest.size_bytes}", *(table if manifest.decoder else ()), ""])
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _hint_for(error: OSError, manifest: Manifest, models_dir: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return "Give the path of the zip."
    if isinstance(error, PermissionError):
        return "Give a folder that may be written to, with --models-dir."
    free = shutil.disk_usage(models_dir).free if models_dir.exists() else 0
    return f"Free some space ({free} bytes are left; the zip alone is {manifest.size_bytes}), then run it again."
