"""The office's private key on a command line: `--key FILE`, the same for all commands that open what is sealed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.errors import CollectorError
from openrosa.sealing import load_private_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

KEY = click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The private key (PEM) that opens sealed visits.",
)


def private_key_of(path: Path | None) -> RSAPrivateKey | None:
    """The key in that file, or None where none was named: then what is sealed stays unread.

    Raises: CollectorError, OpenRosaError: it can't be read, or is no key.
    """
    if path is None:
        return None
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise CollectorError("Cannot read", f"the key {path}: {error.strerror}", "Check who may read it.") from None
    return load_private_key(pem)
