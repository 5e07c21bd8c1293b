"""``xbot approve``: what only a person can say about posts on X, there or not there."""

from dataclasses import asdict
from typing import Annotated

import typer

from xbot_assets.cli.approve import PostId, Why, preview, print_json
from xbot_assets.cli.review import decider, desk_now
from xbot_assets.settings import Settings
from xbot_assets.steps.publishing.approval import told_time
from xbot_assets.steps.publishing.manual_recovery import Unsettled, acknowledged_ids, settle_where, unsettled
from xbot_assets.store.publishing.manual_recovery import acknowledge as acknowledge_posts
from xbot_assets.store.publishing.manual_recovery import settle_absent


def register(group: typer.Typer) -> None:
    """Add the commands to the group ``approve``."""
    for command in (doubts, found, absent, acknowledge):
        group.command()(command)


def doubts(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List posts in doubt, posts on X that are not from here, and posts that X took back."""
    with desk_now() as desk:
        waiting = unsettled(desk.database)
    if as_json:
        print_json(asdict(waiting))
        return
    lines = _told(waiting, desk.settings)
    typer.echo("\n".join(lines or ["Nothing on X waits for your word."]))


def found(
    post_id: PostId,
    where: Annotated[str, typer.Argument(help="The address or the id of the post on X.")],
    why: Why = "",
) -> None:
    """Say that a post in doubt is on X."""
    with desk_now() as desk:
        settle_where(desk.database, desk.settings, post_id, where, decider(desk, why))
    typer.echo(f"Post {post_id} is published.")


def absent(
    post_id: PostId,
    drop: Annotated[bool, typer.Option("--drop", help="Give it up instead of queueing it again.")] = False,
    why: Why = "",
) -> None:
    """Say that a post in doubt is not on X: it is queued again, or dropped for good."""
    with desk_now() as desk:
        settle_absent(desk.database, post_id, decider(desk, why), again=not drop)
    typer.echo(f"Post {post_id} is {'dropped' if drop else 'queued again'}.")


def acknowledge(
    which: Annotated[str, typer.Argument(help="The id on X from 'doubts', or 'all' that are simply not from here.")],
    why: Why = "",
) -> None:
    """Say that you know of a post on X that is not from here, or of one that X took back."""
    with desk_now() as desk:
        known = acknowledge_posts(desk.database, acknowledged_ids(desk.database, which), decider(desk, why))
    typer.echo(f"{known} post(s) acknowledged.")


def _told(waiting: Unsettled, settings: Settings) -> list[str]:
    lines = [
        f"{row['id']:<7}in doubt since {told_time(row['intended_at'], settings)}, {row['looks']} looks found nothing  "
        f"{preview(row['text'])}"
        for row in waiting.doubts
    ]
    for row in waiting.phantoms:
        like = f"reads like post {row['resembles_post_id']}" if row["resembles_post_id"] else "not from here"
        lines.append(f"{row['x_post_id']}  {like}  {preview(row['text'])}")
    lines += [
        f"{row['x_post_id']}  taken back by X, was post {row['id']}  {preview(row['text'])}" for row in waiting.removals
    ]
    return lines
