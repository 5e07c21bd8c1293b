"""``xbot init`` and ``xbot persona``: the first hour of an owner."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from xbot_assets.cli.app import settings_alone, shown
from xbot_assets.cli.terminal import Styled, echo
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.domain.persona import Persona
from xbot_assets.domain.persona_advice import advice
from xbot_assets.llm.persona import load_persona
from xbot_assets.llm.persona_writing import FirstAnswers, persona_file, persona_of
from xbot_assets.regular_files import read_regular_text
from xbot_assets.runtime.standalone.sandbox import lone_sandbox
from xbot_assets.settings import PREFIX, Settings, load_settings
from xbot_assets.steps.first_hour import Estimate, JudgedText, sample_posts

PERSONA_FILE, ENV_FILE = "persona.toml", ".env"
PRIVATE = 0o600
COLUMN = 10

personas = typer.Typer(help="Look at a persona file.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(init)
    app.add_typer(personas, name="persona")


def init(
    answers: Annotated[
        Path | None, typer.Option("--from", help="A TOML file of answers, instead of being asked.")
    ] = None,
    samples: Annotated[bool, typer.Option(help="Show three posts, written by the sandbox's model.")] = True,
) -> None:
    """Ask who the account is, write persona.toml and .env beside the data directory, and show what it would post.

    Nothing that is there already is overwritten. Without --from it asks. A file may have: topics = [{name = "tea",
    keywords = ["pots"]}], audience, tones, name, language, never_say, handle, timezone, daily_budget_usd.
    """
    place = settings_alone().home.parent
    targets = place / PERSONA_FILE, place / ENV_FILE
    _refuse_present(targets)
    told = _read(answers) if answers else _asked()
    persona = _persona(told)
    values = _values(told, targets[0])
    _write(targets[0], persona_file(persona))
    try:
        settings = load_settings({**os.environ, **values}, use_parts=False)
        load_persona(targets[0])
        _write(targets[1], "".join(f"{name}={_quoted(value)}\n" for name, value in values.items()))
    except ProductError:
        targets[0].unlink(missing_ok=True)
        raise
    echo(f"Wrote {shown(targets[0])} and {shown(targets[1])}; edit them as you like.")
    _tell_advice(persona)
    if samples:
        _show_samples(settings, persona)
    echo("Start it with scripts/run or 'xbot up'.")


@personas.command()
def check(
    path: Annotated[Path, typer.Argument(help="A persona file.")],
) -> None:
    """Read a persona file, and say what is wrong with it or what could be better. Exits 1 when it cannot be used."""
    persona = load_persona(path.absolute())
    arms = len(persona.topics) * len(persona.formats)
    echo(f"{path.name} can be used: {len(persona.topics)} topics in {len(persona.formats)} formats are {arms} arms.")
    echo(f"It is in {persona.language!r} and has {len(persona.tones)} tones.")
    _tell_advice(persona)


def _asked() -> FirstAnswers:
    """Ask a person."""
    topics = typer.prompt("Topics, with commas between them")
    raw: dict[str, object] = {
        "topics": [{"name": one.strip()} for one in topics.split(",") if one.strip()],
        "audience": typer.prompt("Who reads it, in one line"),
        "tones": [one.strip() for one in typer.prompt("Tones", default="plain, curious, warm").split(",")],
        "handle": typer.prompt("The account's handle, without the @", default="xbot_demo"),
        "timezone": typer.prompt("Your time zone", default="UTC"),
        "daily_budget_usd": typer.prompt("US dollars a day for the language model, at most", default=5.0, type=float),
    }
    return _answers(raw, "your answers")


def _read(path: Path) -> FirstAnswers:
    try:
        return _answers(tomllib.loads(read_regular_text(path)), path.name)
    except OSError as error:
        raise _bad(path.name, [f"it cannot be read: {error.strerror}"]) from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _bad(path.name, ["it is not TOML in UTF-8"]) from error


def _answers(raw: Mapping[str, object], what: str) -> FirstAnswers:
    try:
        return FirstAnswers.model_validate(raw)
    except ValidationError as error:
        raise _bad(what, _problems(error)) from error


def _persona(told: FirstAnswers) -> Persona:
    try:
        return persona_of(told)
    except ValidationError as error:
        raise _bad("your answers", _problems(error)) from error


def _problems(error: ValidationError) -> list[str]:
    items = error.errors(include_url=False, include_input=False)
    return [f"{'.'.join(map(str, item['loc']))}: {item['msg'].removeprefix('Value error, ')}" for item in items]


def _bad(what: str, problems: list[str]) -> PermanentFailure:
    listed = "\n".join(f"  - {problem}" for problem in problems)
    return PermanentFailure(
        f"{len(problems)} problem(s) in {what}; nothing was written:\n{listed}",
        code=FailureCode.BAD_PERSONA,
        remedy="Correct them and run it again; 'xbot init --help' names every answer.",
    )


def _values(told: FirstAnswers, persona: Path) -> dict[str, str]:
    return {
        f"{PREFIX}HANDLE": told.handle,
        f"{PREFIX}TIMEZONE": told.timezone,
        f"{PREFIX}DAILY_BUDGET_USD": f"{told.daily_budget_usd:g}",
        f"{PREFIX}PERSONA_PATH": str(persona),
    }


def _quoted(value: str) -> str:
    """Return a value as a .env file holds it, whatever signs are in a path."""
    bare = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{bare}'" if set(value) & set(" #'\"\\$") else value


def _refuse_present(targets: tuple[Path, ...]) -> None:
    present = [target for target in targets if target.exists() or target.is_symlink()]
    if present:
        raise PermanentFailure(
            f"There is a {' and a '.join(shown(target) for target in present)} already; nothing was written.",
            code=FailureCode.ALREADY_SET_UP,
        )


def _write(target: Path, text: str) -> None:
    """Write a new file for its owner; one that is there is somebody's work."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise PermanentFailure(
            f"{target} cannot be written: {error.strerror}.", code=FailureCode.HOME_UNWRITABLE
        ) from error


def _tell_advice(persona: Persona) -> None:
    for sentence in advice(persona):
        echo(f"Better: {sentence}")


def _show_samples(settings: Settings, persona: Persona) -> None:
    """Show posts; that none could be written takes nothing from what was set up."""
    echo("\nThree posts as the sandbox's model writes them; a real one writes better:")
    try:
        with lone_sandbox() as url:
            samples = sample_posts(settings.model_copy(update={"openai_base_url": f"{url}/v1"}), persona)
    except ProductError as failure:
        echo(f"None could be written: {failure.reason} {failure.remedy}".strip())
        return
    for judged in samples.judged:
        _tell_sample(judged)
    _tell_estimate(samples.estimate, settings)


def _tell_sample(judged: JudgedText) -> None:
    refusal = judged.refusal
    verdict = Styled("passes", typer.colors.GREEN) if refusal is None else Styled("refused", typer.colors.YELLOW)
    echo(verdict, f"  {judged.topic}, {judged.format}{f': {refusal.reason}' if refusal else ''}")
    for line in judged.text.splitlines():
        echo(f"{'':<{COLUMN}}{line}")


def _tell_estimate(estimate: Estimate, settings: Settings) -> None:
    echo(
        f"\nA month of {estimate.posts_per_day:g} posts a day with {estimate.model} would cost about "
        f"${estimate.usd:.2f} by the length of these; the wall is ${estimate.most_usd:.2f}. "
        + ("Nothing is paid while the sandbox's model writes." if settings.llm == "sandbox" else "")
    )
