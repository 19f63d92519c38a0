"""Files that pages load: read once, named with the hash of their content, kept by browsers for good."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response

from duerun.domain.errors import NotFoundError

BASE = "/console/static"
HASH_CHARACTERS = 12
FOREVER = "public, max-age=31536000, immutable"
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "txt": "text/plain"}
_NAMES = (
    "console.css",
    "console-charts.js",
    "console.js",
    "files.css",
    "files.js",
    "icon.svg",
    "vendor/htmx.min.js",
    "vendor/htmx.LICENSE.txt",
    "vendor/uplot.min.css",
    "vendor/uplot.min.js",
    "vendor/uplot.LICENSE.txt",
)


@dataclass(frozen=True, slots=True)
class Static:
    """A file as it is served."""

    body: bytes
    hash: str
    media_type: str


@cache
def files() -> dict[str, Static]:
    """All files by name."""
    folder = resources.files("duerun.web.console").joinpath("static")
    found = {}
    for name in _NAMES:
        body = folder.joinpath(*name.split("/")).read_bytes()
        media_type = _TYPES[name.rpartition(".")[2]]
        found[name] = Static(body, sha256(body).hexdigest()[:HASH_CHARACTERS], media_type)
    return found


def address(name: str) -> str:
    """Where a file is, content and all: another content has another address."""
    return f"{BASE}/{files()[name].hash}/{name}"


async def answer(request: Request) -> Response:
    """One file. An address with another hash is of an earlier version and is not here."""
    found = files().get(request.path_params["name"])
    if found is None or found.hash != request.path_params["hash"]:
        raise NotFoundError("file", request.path_params["name"])
    return Response(found.body, media_type=found.media_type, headers={"Cache-Control": FOREVER})
