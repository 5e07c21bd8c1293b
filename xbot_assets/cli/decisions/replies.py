"""``xbot replies``: what is answered, what a person may answer by hand, and who is not answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer

from xbot_assets.cli.decisions.approve import preview
from xbot_assets.cli.decisions.review import review_now, who_asks
from xbot_assets.cli.terminal import echo, print_json
from xbot_assets.settings import Settings
from xbot_assets.steps.engagement import discovery, suggestions
from xbot_assets.steps.engagement.suggestions import RepliesNow
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.publishing.approval import told_time

commands = typer.Typer(
    help="List replies, post suggested ones by hand, and say who is not answered.", no_args_is_help=True
)
Answered = Annotated[
    str, typer.Argument(help="The id on X of the post that is answered, as 'xbot replies list' shows.")
]
Handle = Annotated[str, typer.Argument(help="An account's name on X.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(commands, name="replies")


@contextmanager
def account_now() -> Iterator[Account]:
    """Open the account over the database."""
    with review_now() as review:
        yield review.account


@commands.command("list")
def list_replies(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List replies to post by hand, with the post that each answers, then the newest replies, then who is excluded."""
    with account_now() as account:
        now, settings = suggestions.replies_now(account), account.settings
    if as_json:
        print_json(asdict(now))
        return
    echo("\n".join(_told(now, settings)))


@commands.command()
def copied(x_post_id: Answered) -> None:
    """Say that you copied a suggested reply."""
    with account_now() as account:
        suggestions.mark_copied(account, x_post_id, who_asks())
    echo("Noted. Say 'xbot replies posted' when it is on X.")


@commands.command()
def posted(
    x_post_id: Answered,
    where: Annotated[str, typer.Argument(help="The address or the id of your reply on X.")],
    text: Annotated[str | None, typer.Option(help="What you posted, if you changed the words.")] = None,
) -> None:
    """Say that you posted a suggested reply by hand: its numbers are read from now on."""
    with account_now() as account:
        post_id = suggestions.mark_posted(account, x_post_id, where, who_asks(), text=text)
    echo(f"It is post {post_id}.")


@commands.command()
def dismiss(x_post_id: Answered) -> None:
    """Say that you do not want a suggested reply."""
    with account_now() as account:
        suggestions.dismiss(account, x_post_id, who_asks())
    echo("It is dismissed.")


@commands.command("never")
def never_answer(handle: Handle) -> None:
    """Never answer an account again; replies that wait are rejected when their turn comes."""
    with account_now() as account:
        new = suggestions.never_answer(account, handle, who_asks())
    echo("It is not answered any more." if new else "It was not answered before either.")


@commands.command("again")
def may_answer(handle: Handle) -> None:
    """Let an account be answered again, which you excluded, or which was taken for a bot or to have said stop."""
    with account_now() as account:
        known = suggestions.may_answer(account, handle)
    echo("It may be answered again." if known else "It was not excluded.")


@commands.command()
def track(handle: Handle) -> None:
    """Look at an account's posts for something to answer."""
    with account_now() as account:
        new = suggestions.track(account, handle, who_asks())
    echo("It is tracked." if new else "It was tracked already.")


@commands.command()
def untrack(handle: Handle) -> None:
    """Look at an account's posts no more."""
    with account_now() as account:
        known = suggestions.untrack(account, handle)
    echo("It is not tracked any more." if known else "It was not tracked.")


@commands.command()
def accounts() -> None:
    """List whose posts are looked at: those that you track, and who did most lately, with their scores."""
    with account_now() as account:
        now = discovery.accounts_now(account)
    lines = [f"@{one.handle} is tracked." for one in now.tracked]
    lines += [f"@{one.handle} was discovered: score {one.score:.1f} from {one.deeds} deeds." for one in now.discovered]
    lines += [f"@{one.handle} is banned." for one in now.banned]
    echo("\n".join(lines or ["Nobody yet. 'xbot replies track NAME' looks at an account's posts."]))


@commands.command()
def ban(handle: Handle) -> None:
    """Look at an account's posts no more, whatever it does; 'track' pins one."""
    with account_now() as account:
        new = discovery.ban(account, handle, who_asks())
    echo("It is not looked at any more." if new else "It was banned already.")


@commands.command()
def unban(handle: Handle) -> None:
    """Let an account be discovered again."""
    with account_now() as account:
        known = discovery.unban(account, handle)
    echo("It may be discovered again." if known else "It was not banned.")


def _told(now: RepliesNow, settings: Settings) -> list[str]:
    lines = [f"{now.open_posts} posts by others could be answered."]
    for one in now.suggestions:
        until = told_time(one.expires_at, settings)
        lines += [
            "",
            f"{one.x_post_id}  {one.state}, until {until}: {suggestions.post_address(settings, one)}",
            f"  @{one.handle}: {preview(one.text)}",
            f"  reply: {preview(one.draft)}",
            f"  {one.why}",
        ]
    lines += [""] if now.replies else []
    for row in now.replies:
        lines.append(f"{row.id:<7}{row.status:<12}to @{row.reply_to_handle}  {preview(row.text)}")
    lines += [""] if now.unanswerable else []
    lines += [f"@{author.handle} is not answered: {author.why}" for author in now.unanswerable]
    return lines
