"""``xbot prices``: what the models cost and until when each is served; ``check`` compares with a list of others'."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from xbot_assets.cli.app import settings_now
from xbot_assets.cli.decisions.approve import plain
from xbot_assets.cli.terminal import echo
from xbot_assets.domain.clock import system_now
from xbot_assets.llm.models.price_comparison import Comparison, compare_with
from xbot_assets.llm.prices import Price, load_prices
from xbot_assets.settings import Settings

EXIT_DIFFERS = 1
NUMBER_WIDTH = 8
COLUMN_GAP = "  "

commands = typer.Typer(help="Show what the models cost, and compare it with a list of others.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(commands, name="prices")


@commands.callback(invoke_without_command=True)
def show(context: typer.Context) -> None:
    """Show the price of each model in US dollars per million tokens, its end, and what succeeds it."""
    if context.invoked_subcommand is not None:
        return
    settings = settings_now()
    prices = load_prices(settings.prices_path).current(_today())
    head = ["model", "prompt", "answer", "served until", "then", "used for"]
    _print([head, *(_row(price, settings) for price in prices)])
    sources = dict.fromkeys(plain(price.source) for price in prices)
    echo("\n" + "\n".join(f"Source: {source}" for source in sources))


@commands.command()
def check(
    path: Annotated[Path, typer.Argument(help="A LiteLLM price file, model_prices_and_context_window.json.")],
) -> None:
    """Compare the prices and ends in use with a LiteLLM price file. Exits 1 when spending would be underrated.

    Or when an end differs: then the file of prices has to be corrected.
    """
    prices = load_prices(settings_now().prices_path).current(_today())
    compared = compare_with(path, prices)
    _print([["model", "prompt", "answer", "ends", "file says", "", "", ""], *map(_compared_row, compared)])
    if any(verdict.is_harmful for one in compared for verdict in one.verdicts):
        echo("Correct them: copy the shipped prices.toml, edit the copy and name it in XBOT_PRICES_PATH.", err=True)
        raise typer.Exit(EXIT_DIFFERS)


def _today() -> date:
    return system_now().date()


def _row(price: Price, settings: Settings) -> list[str]:
    uses = {"plans": settings.plan_model, "saving": settings.saving_model}
    used = ", ".join(use for use, model in uses.items() if model == price.model)
    last = f"{price.retired_on - timedelta(days=1):%F}" if price.retired_on else ""
    return [price.model, _usd(price.input), _usd(price.output), last, price.replacement or "", used]


def _compared_row(one: Comparison) -> list[str]:
    said = ["", "", ""] if one.input is None else [_usd(one.input), _usd(one.output), _day(one.ends)]
    verdict = ", ".join(one.verdicts)
    return [one.ours.model, _usd(one.ours.input), _usd(one.ours.output), _day(one.ours.retired_on), *said, verdict]


def _usd(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}".rjust(NUMBER_WIDTH)


def _day(day: date | None) -> str:
    return f"{day:%F}" if day else ""


def _print(rows: list[list[str]]) -> None:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = (plain(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
        echo(COLUMN_GAP.join(cells).rstrip())
