"""The nginx configuration that docs/ offers, in a real nginx with TLS: visits and limits go through it."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from loopback_collector import NOW, Where, instance_id, visit, xform

from collector.audit import lines
from collector.forms import add_form
from collector.keys import new_key
from collector.limits import Limits
from collector.serve import running
from openrosa.protocol import parse_form_list, parse_response
from openrosa.sealing import new_key_pair, seal
from openrosa.submission import Attachment

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = Path(__file__).parents[2] / "docs" / "collector-nginx.conf"
MIB = 1 << 20


def nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip("no nginx: Debian's nginx is not installed")
    if shutil.which("openssl") is None:
        pytest.skip("no openssl command")
    return found


def certificate(folder: Path) -> ssl.SSLContext:
    """A private authority and this machine's certificate of it; what a kiosk of that authority trusts."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=Office", "-keyout", "ca.key", "-out", "ca.pem")  # fmt: skip
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
            "-keyout", "private.pem", "-out", "request.pem")  # fmt: skip
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n", encoding="ascii")
    openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "fullchain.pem")  # fmt: skip
    return ssl.create_default_context(cafile=str(folder / "ca.pem"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def proxied(folder: Path, collector_url: str) -> Iterator[tuple[str, ssl.SSLContext]]:
    """nginx with that site, its names, ports and files put in; its address, and what trusts it."""
    program, trusted, port = nginx(), certificate(folder), free_port()
    site = SITE.read_text(encoding="utf-8")
    for ours, here in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("    listen [::]:443 ssl;\n", ""),
        ("collector.example.org", "localhost"),
        ("/etc/ssl/collector/", f"{folder}/"),
        ("/var/log/nginx/collector.log", f"{folder}/error.log"),
        ("http://127.0.0.1:8383", collector_url),
    ):
        assert ours in site
        site = site.replace(ours, here)
    kept = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; worker_processes 1; error_log {folder}/main.log crit;\n"
        f"events {{}}\nhttp {{ {kept} {site} }}\n",
        encoding="utf-8",
    )
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "main.log")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            while process.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except ConnectionRefusedError:
                    continue
            assert process.poll() is None, process.stderr.read() if process.stderr else ""
            yield f"https://localhost:{port}", trusted
        finally:
            process.terminate()
            process.wait(20)


def test_visits_limits_and_addresses_go_through_the_proxy_and_no_token_into_its_logs(
    where: Where, tmp_path: Path
) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    _, public = new_key_pair()
    limits = Limits(most_bytes=2 * MIB, unknown_per_minute=3)
    with closing(where.open()) as database:
        add_form(database, xform(), {"good.wav": b"RIFF"}, NOW)
        token = new_key(database, "Elm Road", NOW)
        with (
            running(database, lambda: NOW, limits=limits) as plain_url,
            proxied(folder, plain_url) as (url, trusted),
            httpx.Client(verify=trusted, base_url=f"{url}/key/{token}", timeout=30) as client,
        ):
            # Forms: every address in the list leads back through the proxy.
            (entry,) = parse_form_list(client.get("/formList").content)
            assert entry.download_url.startswith(f"{url}/key/{token}/")
            assert client.get(entry.download_url).content == xform()
            # A sealed visit with a voice message of many pieces.
            voice = Attachment("m.wav", bytes(MIB), "audio/wav")
            one = seal(public, "home", "1", instance_id(), visit(message="m.wav"), [voice])
            files = [("xml_submission_file", ("s.xml", one.xml, "text/xml"))]
            files += [(file.name, (file.name, file.data, file.content_type)) for file in one.attachments]
            assert [client.post("/submission", files=files).status_code for _ in range(2)] == [201, 201]
            assert client.get("/../../health").status_code == 200
            # The collector's own answer where it is too large for the collector, nginx's where it is for both.
            too_large = client.post("/submission", files={"xml_submission_file": bytes(3 * MIB)})
            assert too_large.status_code == 413
            assert parse_response(too_large.content).nature == "error"
            assert client.post("/submission", files={"xml_submission_file": bytes(23 * MIB)}).status_code == 413
            assert client.post("/submission", content=b"x", headers={"Content-Encoding": "gzip"}).status_code == 415
            # The rate of guesses counts; the collector knows from where they come.
            forged = {"X-Forwarded-For": "192.0.2.66"}
            with httpx.Client(verify=trusted, headers=forged) as other:
                guessed = [other.get(f"{url}/key/guess/formList").status_code for _ in range(4)]
            assert guessed == [401, 401, 401, 429]
            with httpx.Client() as untrusting, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                untrusting.get(f"{url}/health")
        assert {line.address for line in lines(database) if line.event == "token_unknown"} == {"127.0.0.1"}
    written = "".join(path.read_text(encoding="utf-8", errors="replace") for path in folder.glob("*.log"))
    assert token not in written
