"""The pictures that assets drew: Dagster's UI links here."""

import re
from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import PLOTS_DIRECTORY

ASSET = re.compile(r"[a-z_]{1,80}")
PLOT = re.compile(r"[a-z_]{1,80}-[0-9a-f-]{1,80}\.png")
"""Nothing else can be asked for, so that no name leads out of the directory."""


def plot_routes(connections: Connections) -> list[Route]:
    """Return the route of one picture."""

    async def plot(request: Request) -> Response:
        asset, name = request.path_params["asset"], request.path_params["name"]
        file = plot_file(connections.settings().home / PLOTS_DIRECTORY, asset, name)
        if file is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such plot, or it is not kept any more.")
        return FileResponse(file, media_type="image/png")

    return [Route(f"/{PLOTS_DIRECTORY}/{{asset}}/{{name}}", plot)]


def plot_file(directory: Path, asset: str, name: str) -> Path | None:
    """Return a picture's file, or ``None`` when it is not a picture of ours."""
    file = directory / asset / name
    if not (ASSET.fullmatch(asset) and PLOT.fullmatch(name)) or file.is_symlink() or not file.is_file():
        return None
    return file
