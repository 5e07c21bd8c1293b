"""``xbot simulate``: whether the product would learn, against readers that it does not know."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from xbot_assets.cli.app import settings_alone, shown
from xbot_assets.cli.terminal import echo, print_json
from xbot_assets.llm.persona import load_persona
from xbot_assets.simulation.names import PolicyName

SEEDS_MAX = 1000
DAYS_MAX = 365


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(simulate)


def simulate(  # noqa: PLR0913, PLR0917 - options
    days: Annotated[int, typer.Option(min=1, max=DAYS_MAX, help="Simulated days.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="The first audience.")] = 1,
    seeds: Annotated[int, typer.Option(min=1, max=SEEDS_MAX, help="So many audiences, one after the other.")] = 1,
    policy: Annotated[
        list[PolicyName] | None, typer.Option(help="Who chooses; several times for several. Without it, all.")
    ] = None,
    audience: Annotated[Literal["kind", "hard"], typer.Option(help="Who reads.")] = "hard",
    posts_a_day: Annotated[
        float | None, typer.Option(min=0.1, max=200, help="The account's pace. Without it, that of the settings.")
    ] = None,
    turn_day: Annotated[
        int | None, typer.Option(min=1, help="Turn the taste of hard readers round on this day.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Write pictures into this folder.")] = None,
) -> None:
    """Play the learning loop on a moved clock against the sandbox's readers, and compare ways of choosing.

    Nothing is asked, posted or stored; the bandit, the outcomes and the proofs are the product's own.
    """
    # A dozen columns are too few to share among threads: on a busy machine these took eight times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # numpy, which the supervisor needs not
    from xbot_assets.simulation.plots import draw  # noqa: PLC0415
    from xbot_assets.simulation.setup import setup_from  # noqa: PLC0415
    from xbot_assets.simulation.study import study  # noqa: PLC0415
    from xbot_assets.simulation.table import as_text, result_line  # noqa: PLC0415

    _expect_turn(audience, days, turn_day)
    settings = settings_alone()
    persona = load_persona(settings.persona_path)
    setup = setup_from(settings, persona, audience=audience, days=days, posts_a_day=posts_a_day, turn_day=turn_day)
    names = list(dict.fromkeys(policy or list(PolicyName)))
    result = study(setup, names, range(seed, seed + seeds), lambda one: echo(result_line(one), err=True))
    if as_json:
        print_json(asdict(result))
    else:
        echo(as_text(result))
    for path in draw(result, plot) if plot else ():
        echo(f"Drawn: {shown(path)}", err=True)


def _expect_turn(audience: str, days: int, turn_day: int | None) -> None:
    if turn_day is not None and (audience != "hard" or turn_day >= days):
        raise typer.BadParameter("a day before --days, with --audience hard", param_hint="--turn-day")
