"""``xbot approve``: what waits for a person, and what the person decides."""

from dataclasses import asdict
from typing import Annotated

import typer

from xbot_assets.cli.app import NAME_WIDTH
from xbot_assets.cli.decisions.review import decider, review_now
from xbot_assets.cli.terminal import echo, harmless, print_json
from xbot_assets.domain.posts.threads import thread_place
from xbot_assets.settings import Settings
from xbot_assets.steps.publishing.approval import owners_time, told_time
from xbot_assets.store.publishing import approvals
from xbot_assets.store.publishing.policy import PolicyRefusal, policy_refusals
from xbot_assets.store.publishing.posts import post_events
from xbot_assets.store.publishing.rows import HeldPost, PostEvent, ReviewedPost

PREVIEW_CHARS = 70

commands = typer.Typer(help="Decide about posts that wait for a person.", no_args_is_help=True)

PostId = Annotated[int, typer.Argument(help="The post's number, from 'xbot approve list'.")]
Why = Annotated[str, typer.Option("--why", help="A few words that are kept with the decision.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(commands, name="approve")


@commands.command("list")
def list_held(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List the posts that wait for a person, soonest due first."""
    with review_now() as review:
        rows = approvals.held_posts(review.database)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        echo(f"{row.id:<7}{told_time(row.scheduled_at, review.settings)}  {_place(row)}{preview(row.text)}")
    if not rows:
        echo("No post waits for a person.")


@commands.command()
def show(
    post_id: PostId, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """Show one post, why it waits, and everything that happened to it."""
    with review_now() as review:
        row = approvals.post_to_decide(review.database, post_id)
        events, refusals = post_events(review.database, post_id), policy_refusals(review.database, post_id)
    if as_json:
        story = {"events": [asdict(event) for event in events], "refusals": [asdict(refusal) for refusal in refusals]}
        print_json(asdict(row) | story)
        return
    echo("\n".join(_told(row, events, refusals, review.settings)))


@commands.command()
def approve(post_id: PostId, why: Why = "") -> None:
    """Let a post, or the thread that it is part of, be published at its time. The text is checked again."""
    with review_now() as review:
        approvals.approve_post(review.database, post_id, decider(review, why), check=review.check())
    echo(f"Post {post_id} is approved.")


@commands.command()
def edit(
    post_id: PostId,
    text: Annotated[str, typer.Option("--text", help="The whole new text.")],
    why: Why = "",
    queued: Annotated[bool, typer.Option("--queued", help="The post is queued, not held.")] = False,
) -> None:
    """Give a post another text. It waits for its approval then."""
    with review_now() as review:
        review.edit(post_id, text, decider(review, why), queued=queued)
    echo(f"Post {post_id} has its new text. Approve it with 'xbot approve approve {post_id}'.")


@commands.command()
def reject(post_id: PostId, reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.")]) -> None:
    """Take a post out of the way for good; of a thread all that waits."""
    with review_now() as review:
        approvals.reject_post(review.database, post_id, decider(review, reason))
    echo(f"Post {post_id} is rejected.")


@commands.command()
def reschedule(
    post_id: PostId,
    at: Annotated[str, typer.Option("--at", help="As 2026-05-31T18:30, by the clock of your time zone.")],
    why: Why = "",
) -> None:
    """Give a post, or the thread that it is part of, another time. One that waits for its approval goes on waiting."""
    with review_now() as review:
        time = owners_time(at, review.settings)
        approvals.reschedule_post(review.database, post_id, time, decider(review, why))
        echo(f"Post {post_id} is due at {told_time(time, review.settings)}.")


def _told(row: ReviewedPost, events: list[PostEvent], refusals: list[PolicyRefusal], settings: Settings) -> list[str]:
    lines = [*map(plain, row.text.splitlines()), ""]
    facts = [("State", row.status), ("Due", told_time(row.scheduled_at, settings))]
    facts += [("Kind", f"{row.topic}, {row.format}, from {row.source}")]
    facts += [("In reply to", f"@{row.reply_to_handle}, post {row.reply_to_x_id}")] if row.reply_to_handle else []
    facts += [("Thread", place.removeprefix("thread "))] if (place := _place(row).strip()) else []
    facts += [("Images", str(row.images))] if row.images else []
    facts += [("Rule", f"{plain(refusal.reason)} ({refusal.rule}, {refusal.times} x)") for refusal in refusals]
    lines += [f"{name:<{NAME_WIDTH}}{text}" for name, text in facts]
    return [*lines, "", *(_event(event, settings) for event in events)]


def _event(event: PostEvent, settings: Settings) -> str:
    step = event.decision or f"{event.from_status or 'new'} -> {event.to_status}"
    by = f" by {event.actor}" if event.actor else ""
    note = f": {plain(event.note)}" if event.note else ""
    return f"{told_time(event.happened_at, settings)}  {step}{by}{note}"


def _place(row: HeldPost | ReviewedPost) -> str:
    place = thread_place(row.segment, row.segments)
    return f"{place}  " if place else ""


def preview(text: str) -> str:
    """Return the beginning of a text on one line, without what would steer the terminal."""
    flat = plain(" ".join(text.split()))
    return flat if len(flat) <= PREVIEW_CHARS else f"{flat[: PREVIEW_CHARS - 1]}…"


def plain(line: str) -> str:
    """Return stored text as one line: what breaks a line would let it pass for lines of ours."""
    return harmless(line).replace("\n", "\N{REPLACEMENT CHARACTER}").replace("\t", " ")
