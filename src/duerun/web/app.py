"""The HTTP application: all faces on one port, paths with and without a trailing slash, never a redirect."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from duerun.domain.payees import epc
from duerun.services.unit import Runtime
from duerun.web import openapi
from duerun.web.console.face import Console
from duerun.web.console.options import ConsoleOptions
from duerun.web.console.routes import PAGES
from duerun.web.health.face import HealthFace, MetricsOptions
from duerun.web.health.process import Requests
from duerun.web.omise.calendar_feed import Feed
from duerun.web.omise.call import Options
from duerun.web.omise.errors import error_response
from duerun.web.omise.face import Face
from duerun.web.omise.routes import ENDPOINTS
from duerun.web.vop import face as vop_edge
from duerun.web.vop.call import VopOptions
from duerun.web.vop.epc import EpcFace
from duerun.web.vop.errors import problem_response
from duerun.web.vop.routes import ENDPOINTS as VOP_ENDPOINTS


class _NoTrailingSlash:
    """`/schedules/` is `/schedules`: the same route, the same answer."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self._app(scope, receive, send)


class _Direct:
    """Paths without a parameter are looked up; all others are tried one by one."""

    def __init__(self, routes: Sequence[Route], app: Any) -> None:
        self._found = {route.path: route.app for route in routes if "{" not in route.path}
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        found = self._found.get(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        scope["path_params"] = {}
        await found(scope, receive, send)


@cache
def _interface() -> bytes:
    return openapi.encode(ENDPOINTS)


async def _tell_interface(request: Request) -> Response:
    """The OpenAPI document, for everybody."""
    return Response(_interface(), media_type="application/json")


def build_app(
    runtime: Runtime,
    options: Options | None,
    vop: VopOptions,
    metrics: MetricsOptions,
    console: ConsoleOptions | None = None,
) -> Any:
    """The ASGI application over a runtime: both faces, or without `options` the VOP face alone; the console."""
    vop_face = vop_edge.Face(runtime, vop)
    requests = Requests()
    direct: list[Route] = []
    routes = [
        *HealthFace(runtime, metrics, requests, payments=options is not None).routes(),
        *vop_face.routes(VOP_ENDPOINTS),
        Route(epc.PATH, vop_edge.Resource(EpcFace(runtime, vop, vop_face).answer)),
    ]
    if options is not None:
        face = Face(runtime, options)
        own = [Route("/openapi.json", _tell_interface), Feed(runtime, options).route()]
        direct = face.routes(ENDPOINTS)
        routes = [*own, *routes, *direct]

    if console is not None:
        routes += Console(runtime, console, PAGES).routes()

    async def refuse(request: Request, error: Exception) -> Response:
        if options is None or vop_edge.owns(request.url.path):
            return problem_response(
                error,
                path=request.url.path,
                error_type=vop.error_type,
                request_id=vop_edge.request_id(request),
            )
        return error_response(error, location_base=options.error_location)

    app = Starlette(routes=routes, exception_handlers={Exception: refuse, 404: refuse, 405: refuse})
    app.router.redirect_slashes = False
    return requests.around(_NoTrailingSlash(_Direct(direct, app)))


def build_health_app(runtime: Runtime, metrics: MetricsOptions) -> Any:
    """The ASGI application of a process without a face: what those ask who watch it, and nothing else."""
    requests = Requests()
    app = Starlette(routes=list(HealthFace(runtime, metrics, requests, payments=True).routes()))
    app.router.redirect_slashes = False
    return requests.around(_NoTrailingSlash(app))
