"""/openapi.json is true to what is served; /health tells a monitor, and nothing else to anybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import schemathesis
from loopback_collector import Collector, Where, collecting, posted, visit

from collector.app import make_app
from collector.limits import Limits
from collector.openapi import description

if TYPE_CHECKING:
    from pathlib import Path


def described() -> dict[str, set[str]]:
    paths = description(Limits())["paths"]
    return {path: {name for name in found if name != "parameters"} for path, found in paths.items()}


def test_every_route_is_described_and_no_other(collector: Collector) -> None:
    served: dict[str, set[str]] = {}
    for route in make_app(collector.database).routes:
        path = re.sub(r":path", "", route.path)  # type: ignore[attr-defined]
        served.setdefault(path, set()).update(one.lower() for one in route.methods)  # type: ignore[attr-defined]
    # Starlette answers HEAD wherever it answers GET; it is described where OpenRosa asks for it.
    for path, methods in described().items():
        assert methods <= served[path]
        assert served[path] - methods <= {"head"}
    assert served.keys() == described().keys()


def test_it_is_served_and_is_valid_openapi(collector: Collector) -> None:
    answer = httpx.get(f"{collector.url}/openapi.json")
    assert answer.json() == description(Limits())
    assert len(list(schemathesis.openapi.from_dict(answer.json()).get_all_operations())) == 9


def test_each_status_that_a_post_can_have_is_described(tmp_path: Path) -> None:
    limits = Limits(most_bytes=2000, per_minute=8)
    with collecting(Where(tmp_path), limits=limits) as collector:
        url = f"{collector.kiosk_url}/submission"
        answers = [
            posted(collector, visit()),
            posted(collector, visit(said="bad")),
            posted(collector, b"junk"),
            posted(collector, visit(version="9")),
            posted(collector, visit(more="x" * 3000)),
            posted(collector, visit(), token="wrong"),  # noqa: S106 - no secret
            httpx.post(url, headers={"Content-Encoding": "gzip"}),
            httpx.get(url),
            httpx.head(url),
            *(posted(collector, visit()) for _ in range(5)),
        ]
    met = {answer.status_code for answer in answers}
    assert met == {201, 204, 400, 401, 404, 409, 413, 415, 429}
    submission = description(limits)["paths"]["/key/{token}/submission"]
    for answer in answers:
        assert str(answer.status_code) in submission[answer.request.method.lower()]["responses"]


def test_health_is_ok_for_anybody_and_503_where_the_database_is_away(collector: Collector) -> None:
    assert httpx.get(f"{collector.url}/health").json() == {"status": "ok"}
    with collector.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE keys RENAME TO gone")
    answer = httpx.get(f"{collector.url}/key/{collector.token}/formList")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
