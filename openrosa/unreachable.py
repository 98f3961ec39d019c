"""Why a server could not be reached, in words that say what to do: no name, no line, a certificate, a wrong clock.

A Raspberry Pi has no battery for its clock: after a start without a network it may stand at 1970 or at last month, and
then every certificate is "not yet valid". Who is told that looks at the clock and not at the server.
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

from openrosa.errors import OpenRosaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

_OUT_OF_TIME = {9: "is not valid yet", 10: "has run out"}
_OTHER_NAME = (62, 64)  # host name, IP address
"""Codes of X509_verify_cert. Source: OpenSSL's x509_vfy.h."""

_NETWORK = "Check the network and the server's address."


def trusting(ca_file: Path | None) -> ssl.SSLContext | bool:
    """Whose certificates are believed, for httpx: those of one private authority, or those that all the world believes.

    Args:
        ca_file: PEM, one certificate or several; then nobody else's is believed.
    Raises: OpenRosaError: it can't be read, or holds no certificate.
    """
    if ca_file is None:
        return True
    hint = "Name the PEM file of the authority's certificate in server.ca_file."
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:  # ssl.SSLError is one
        met = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise OpenRosaError("Cannot use", f"the certificate file {ca_file}: {met}", hint) from None


def unreachable(host: str, error: BaseException, met: str, now: datetime) -> OpenRosaError:
    """What is to be told of a request that got no answer.

    Args:
        host: who was asked.
        error: what was raised, with its causes.
        met: its own words, without the token.
        now: this machine's clock; the day is shown where a certificate says that it may be wrong.
    """
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(host, cause, now)
        if isinstance(cause, ssl.SSLError):
            hint = "Check that the address is right; where it is, a network in between may want somebody to sign in."
            return OpenRosaError("Cannot reach", f"{host}: what answered does not speak TLS ({met})", hint)
        if isinstance(cause, socket.gaierror):
            return OpenRosaError("Cannot reach", f"{host}: nobody here knows where that name is", _NETWORK)
    return OpenRosaError("Cannot reach", f"{host}: {type(error).__name__} ({met})", _NETWORK)


def _untrusted(host: str, error: ssl.SSLCertVerificationError, now: datetime) -> OpenRosaError:
    if error.verify_code in _OUT_OF_TIME:
        subject = f"{host}: its certificate {_OUT_OF_TIME[error.verify_code]}; this machine's clock says {now:%Y-%m-%d}"
        hint = "Set the clock, or let it be set from the network; if it is right, tell who runs the server."
        return OpenRosaError("Cannot trust", subject, hint)
    if error.verify_code in _OTHER_NAME:
        hint = "Check the server's address; a network in between may want somebody to sign in."
        return OpenRosaError("Cannot trust", f"{host}: its certificate is another server's", hint)
    hint = "Name its authority's certificate in server.ca_file; if it has none of its own, somebody may be in between."
    subject = f"{host}: its certificate is of nobody that is trusted here ({error.verify_message})"
    return OpenRosaError("Cannot trust", subject, hint)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
