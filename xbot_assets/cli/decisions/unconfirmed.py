"""``xbot approve``: what only a person can say about posts on X, there or not there."""

from dataclasses import asdict
from typing import Annotated

import typer

from xbot_assets.cli.decisions.approve import PostId, Why, preview
from xbot_assets.cli.decisions.review import decider, review_now
from xbot_assets.cli.terminal import echo, print_json
from xbot_assets.settings import Settings
from xbot_assets.steps.publishing.approval import told_time
from xbot_assets.steps.publishing.manual_recovery import Undecided, acknowledged_ids, decide_published_at, undecided
from xbot_assets.store.publishing.manual_recovery import acknowledge as acknowledge_posts
from xbot_assets.store.publishing.manual_recovery import decide_absent


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``approve``."""
    for command in (unconfirmed, absent, acknowledge):
        group.command()(command)
    group.command("found")(on_x)
    group.command(hidden=True)(doubts)


def doubts(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Do what 'unconfirmed' does: its old name, which works for this version only."""
    echo("'xbot approve doubts' is now called 'xbot approve unconfirmed'.", err=True)
    if not as_json:
        unconfirmed()
        return
    with review_now() as review:
        document = asdict(undecided(review.database))
    print_json({"doubts": document.pop("unconfirmed"), **document})


def unconfirmed(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List unconfirmed posts, posts on X that are not from here, and posts that X took back."""
    with review_now() as review:
        waiting = undecided(review.database)
    if as_json:
        print_json(asdict(waiting))
        return
    lines = _told(waiting, review.settings)
    echo("\n".join(lines or ["Nothing on X waits for your word."]))


def on_x(
    post_id: PostId,
    where: Annotated[str, typer.Argument(help="The address or the id of the post on X.")],
    why: Why = "",
) -> None:
    """Say that an unconfirmed post is on X."""
    with review_now() as review:
        decide_published_at(review.account, post_id, where, decider(review, why))
    echo(f"Post {post_id} is published.")


def absent(
    post_id: PostId,
    drop: Annotated[bool, typer.Option("--drop", help="Give it up instead of queueing it again.")] = False,
    why: Why = "",
) -> None:
    """Say that an unconfirmed post is not on X: it is queued again, or dropped for good."""
    with review_now() as review:
        decide_absent(review.database, post_id, decider(review, why), again=not drop)
    echo(f"Post {post_id} is {'dropped' if drop else 'queued again'}.")


def acknowledge(
    which: Annotated[
        str, typer.Argument(help="The id on X from 'unconfirmed', or 'all' that are simply not from here.")
    ],
    why: Why = "",
) -> None:
    """Say that you know of a post on X that is not from here, or of one that X took back."""
    with review_now() as review:
        known = acknowledge_posts(review.database, acknowledged_ids(review.database, which), decider(review, why))
    echo(f"{known} post(s) acknowledged.")


def _told(waiting: Undecided, settings: Settings) -> list[str]:
    lines = [
        f"{row.id:<7}unconfirmed since {told_time(row.intended_at, settings)}, "
        f"{row.looks} looks found nothing  {preview(row.text)}"
        for row in waiting.unconfirmed
    ]
    for row in waiting.phantoms:
        like = f"reads like post {row.resembles_post_id}" if row.resembles_post_id else "not from here"
        lines.append(f"{row.x_post_id}  {like}  {preview(row.text)}")
    lines += [f"{row.x_post_id}  taken back by X, was post {row.id}  {preview(row.text)}" for row in waiting.removals]
    return lines
