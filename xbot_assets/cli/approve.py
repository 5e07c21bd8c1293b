"""``xbot approve``: what waits for a person, and what the person decides.

Keep out: what a decision checks (``loop/approving.py``) and stores (``store/approvals.py``).
"""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from xbot_assets.cli.app import NAME_WIDTH, settings_now
from xbot_assets.domain.threads import thread_place
from xbot_assets.loop.approving import Desk, open_desk, owners_time, told_time
from xbot_assets.settings import Settings
from xbot_assets.store import approvals
from xbot_assets.store.approvals import Decider
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.database import Row, open_database
from xbot_assets.store.migrate import check_schema
from xbot_assets.store.policy import policy_refusals
from xbot_assets.store.posts import post_events

PREVIEW_CHARS = 70
NOBODY = "owner"
"""Who decided, where the system knows no user's name."""

commands = typer.Typer(help="Decide about posts that wait for a person.", no_args_is_help=True)

PostId = Annotated[int, typer.Argument(help="The post's number, from 'xbot approve list'.")]
Why = Annotated[str, typer.Option("--why", help="A few words that are kept with the decision.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="approve")


@commands.command("list")
def list_held(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List the posts that wait for a person, soonest due first."""
    with _desk() as desk:
        rows = approvals.held_posts(desk.database)
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        typer.echo(
            f"{row['id']:<7}{told_time(row['scheduled_at'], desk.settings)}  {_place(row)}{_preview(row['text'])}"
        )
    if not rows:
        typer.echo("No post waits for a person.")


@commands.command()
def show(
    post_id: PostId, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """Show one post, why it waits, and everything that happened to it."""
    with _desk() as desk:
        row = approvals.post_to_decide(desk.database, post_id)
        events, refusals = post_events(desk.database, post_id), policy_refusals(desk.database, post_id)
    if as_json:
        _print_json(row | {"events": events, "refusals": refusals})
        return
    typer.echo("\n".join(_told(row, events, refusals, desk.settings)))


@commands.command()
def approve(post_id: PostId, why: Why = "") -> None:
    """Let a post, or the thread that it is part of, be published at its time. The text is checked again."""
    with _desk() as desk:
        approvals.approve_post(desk.database, post_id, _decider(desk, why), check=desk.check())
    typer.echo(f"Post {post_id} is approved.")


@commands.command()
def edit(
    post_id: PostId, text: Annotated[str, typer.Option("--text", help="The whole new text.")], why: Why = ""
) -> None:
    """Give a post another text. It goes on waiting for its approval."""
    with _desk() as desk:
        approvals.edit_post(desk.database, post_id, text, _decider(desk, why), check=desk.check())
    typer.echo(f"Post {post_id} has its new text. Approve it with 'xbot approve approve {post_id}'.")


@commands.command()
def reject(post_id: PostId, reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.")]) -> None:
    """Take a post out of the way for good; of a thread all that waits."""
    with _desk() as desk:
        approvals.reject_post(desk.database, post_id, _decider(desk, reason))
    typer.echo(f"Post {post_id} is rejected.")


@commands.command()
def reschedule(
    post_id: PostId,
    at: Annotated[str, typer.Option("--at", help="As 2026-05-31T18:30, by the clock of your time zone.")],
    why: Why = "",
) -> None:
    """Give a post, or the thread that it is part of, another time. One that waits for its approval goes on waiting."""
    with _desk() as desk:
        time = owners_time(at, desk.settings)
        approvals.reschedule_post(desk.database, post_id, time, _decider(desk, why))
        typer.echo(f"Post {post_id} is due at {told_time(time, desk.settings)}.")


@contextmanager
def _desk() -> Iterator[Desk]:
    settings = settings_now()
    with open_database(settings) as database:
        check_schema(database)
        yield open_desk(settings, database, DatabaseClock(database))


def _decider(desk: Desk, why: str) -> Decider:
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        name = NOBODY
    return Decider(name, desk.clock.now(), why)


def _told(row: Row, events: list[Row], refusals: list[Row], settings: Settings) -> list[str]:
    lines = [*map(_plain, row["text"].splitlines()), ""]
    facts = [("State", row["status"]), ("Due", told_time(row["scheduled_at"], settings))]
    facts += [("Kind", f"{row['topic']}, {row['format']}, from {row['source']}")]
    facts += (
        [("In reply to", f"@{row['reply_to_handle']}, post {row['reply_to_x_id']}")] if row["reply_to_handle"] else []
    )
    facts += [("Thread", place.removeprefix("thread "))] if (place := _place(row).strip()) else []
    facts += [("Images", str(row["images"]))] if row["images"] else []
    facts += [("Rule", f"{found['reason']} ({found['rule']}, {found['times']} x)") for found in refusals]
    lines += [f"{name:<{NAME_WIDTH}}{text}" for name, text in facts]
    return [*lines, "", *(_event(event, settings) for event in events)]


def _event(event: Row, settings: Settings) -> str:
    step = event["decision"] or f"{event['from_status'] or 'new'} -> {event['to_status']}"
    by = f" by {event['actor']}" if event["actor"] else ""
    note = f": {event['note']}" if event["note"] else ""
    return f"{told_time(event['happened_at'], settings)}  {step}{by}{note}"


def _place(row: Row) -> str:
    place = thread_place(row["segment"], row["segments"])
    return f"{place}  " if place else ""


def _preview(text: str) -> str:
    flat = _plain(" ".join(text.split()))
    return flat if len(flat) <= PREVIEW_CHARS else f"{flat[: PREVIEW_CHARS - 1]}…"


def _plain(line: str) -> str:
    """Return the line without what would steer the terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)


def _print_json(document: Any) -> None:  # noqa: ANN401 - rows of any shape
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))
