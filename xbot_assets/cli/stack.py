"""``xbot up`` and ``xbot once``."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from xbot_assets.cli.app import progress, settings_alone, shown
from xbot_assets.cli.terminal import Styled, echo, print_json
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.endpoints import Endpoints
from xbot_assets.runtime.run import run_pass, run_stack
from xbot_assets.settings import Settings, default_home
from xbot_assets.settings.places import is_checkout
from xbot_assets.steps.own_profile import Profile


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(up)
    app.command()(once)


def up(
    parts: Annotated[bool, typer.Option("--parts", help="Start everything but Dagster, for 'dagster dev'.")] = False,
) -> None:
    """Start everything and keep it running until Ctrl-C. Prints the addresses; your data stays."""
    settings = settings_alone()
    echo(f"Starting xbot in {settings.mode} mode.", err=True)
    run_stack(settings, progress(), dagster=not parts, started=lambda endpoints: _addresses(settings, endpoints))
    echo("Stopped.", err=True)


def once(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Run one pass of the loop: plan, publish, measure, learn. Then print what it did and stop."""
    settings = settings_alone()
    echo(f"One pass of the loop in {settings.mode} mode.", err=True)
    document = run_pass(settings, progress())
    if as_json:
        print_json(document)
    else:
        echo(_told(document))
    if not document.get("ok", False):
        raise _not_all_published(document)


def _addresses(settings: Settings, endpoints: Endpoints) -> None:
    lines = [("Dagster", endpoints.web_url), ("Timeline", f"{endpoints.target_url}{Profile(settings).profile_path}")]
    lines += [("Status page", endpoints.service_url)]
    echo()
    for name, address in lines:
        if address is not None:
            echo(f"  {name:<14}", Styled(address, bold=True))
    echo()
    if endpoints.web_url is None:
        echo(f"The parts run. Start Dagster with: {_dagster_dev(settings)}")
    echo(f"Ctrl-C stops everything; your data stays in {shown(settings.home)}/")


def _dagster_dev(settings: Settings) -> str:
    """Return the command, for this directory, with the data directory where it would not be found by itself."""
    elsewhere = "" if settings.home == default_home() else f"XBOT_HOME={shlex.quote(str(settings.home))} "
    command = f"{elsewhere}{shown(Path(sys.prefix))}/bin/dagster dev"
    if is_checkout():
        return command
    return f"DAGSTER_HOME={shlex.quote(str(settings.home / 'dagster'))} {command} -m xbot_assets.definitions"


def _told(document: dict[str, Any]) -> str:
    lines = [line for post in document.get("posts", []) for line in _post_lines(post)]
    models = (
        f"{model['kind']} v{model['version']} ({model['outcomes_used']} outcomes)" for model in document["models"]
    )
    lines += [f"Champions: {', '.join(models) or 'none yet'}", f"Cost: ${document.get('cost_usd', 0):.4f}"]
    lines += ["The pages are there again whenever the stack runs: scripts/run or 'xbot up'"]
    return "\n".join(lines)


def _post_lines(post: dict[str, Any]) -> list[str]:
    metrics = post.get("metrics") or {}
    counts = ", ".join(f"{count} {name}" for name, count in metrics.items() if count is not None)
    return [
        f"Post {post['id']}, {post['status']}: {post['text']}",
        f"  {post.get('url') or 'no address'}",
        f"  {counts}",
        "",
    ]


def _not_all_published(document: dict[str, Any]) -> PermanentFailure:
    states = ", ".join(f"post {post['id']} is {post['status']}" for post in document.get("posts", []))
    return PermanentFailure(
        f"Not every post was published: {states or 'nothing was planned'}.",
        code=FailureCode.PASS_INCOMPLETE,
        remedy="Start the stack and look at the status page, or see logs/once.log in the data directory.",
    )
