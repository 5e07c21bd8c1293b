"""Control of what people of the world do: a post, a like, a follow, a block, a deletion, at a time that is told.

So that a test, or somebody trying things out, can have exactly the neighbours that they need.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from xbot_assets.sandbox.people.posts import Account, Post
from xbot_assets.sandbox.people.world import new_account, new_post
from xbot_assets.sandbox.site import Site

_HANDLE = re.compile(r"\w{1,15}")
_FOLLOWERS = 500
_KINDS = ("like", "repost", "follow")
_AGE_MAX_SECONDS = 30 * 86_400.0
Told = Mapping[str, object]


class PlantingRefusedError(ValueError):
    """What is asked for cannot be; the message says why."""


def plant_post(site: Site, told: Told) -> Post:
    """Let somebody write a post: ``handle``, ``text``, and what else is told of it.

    ``in_reply_to``, ``quoted_id``, ``lang``, ``sensitive``, ``automated`` (its author), ``age_seconds``.

    Raises:
        PlantingRefusedError: the words cannot be read, or what it answers or quotes is not there.
    """
    now, author = site.now(), _author(site, told)
    moment = now - timedelta(seconds=_age(told))
    parent, quoted = _post(site, told, "in_reply_to", now), _post(site, told, "quoted_id", now)
    post = new_post(author, str(told.get("text", "")), moment, random.Random(str(told)))  # noqa: S311
    fresh = site.posts.free_id(post.created_at)
    planted = replace(
        post,
        id=fresh,
        lang=str(told.get("lang", "en")),
        in_reply_to=parent.id if parent else None,
        conversation_id=parent.conversation_id if parent else fresh,
        quoted_id=quoted.id if quoted else None,
    )
    if told.get("sensitive"):
        site.relations.mark_sensitive(fresh)
    if told.get("automated"):
        site.relations.label_automated(author.id)
    return site.posts.add(planted)


def plant_act(site: Site, told: Told) -> None:
    """Let ``handle`` like or repost ``post_id``, or follow ``target``; or let ``by`` of ours block ``handle``.

    Raises:
        PlantingRefusedError: as :func:`plant_post`.
    """
    now, actor, kind = site.now(), _author(site, told), str(told.get("kind", ""))
    if kind == "blocked":
        site.relations.block(_known(site, told, "by").id, actor.id)
        return
    if kind not in _KINDS:
        raise PlantingRefusedError(f"An act is one of {', '.join((*_KINDS, 'blocked'))}.")
    at = now - timedelta(seconds=_age(told))
    if kind == "follow":
        site.relations.act(actor.id, kind, _known(site, told, "target").id, "", at)
        return
    post = _post(site, told, "post_id", now)
    if post is None:
        raise PlantingRefusedError("A like or repost names a post_id.")
    site.posts.mark(actor.id, post.id, kind, on=True)
    site.relations.act(actor.id, kind, post.account_id, post.id, at)


def remove_post(site: Site, told: Told) -> None:
    """Let the author of ``post_id`` delete it. Raises :class:`PlantingRefusedError` when it is not there."""
    post = _post(site, told, "post_id", site.now())
    if post is None:
        raise PlantingRefusedError("A deletion names a post_id.")
    site.posts.remove(post.id, site.now())


def _author(site: Site, told: Told) -> Account:
    handle = str(told.get("handle", ""))
    if not _HANDLE.fullmatch(handle):
        raise PlantingRefusedError("A handle is 1 to 15 letters, digits or underscores.")
    known = site.posts.by_handle(handle)
    if known is not None:
        return known
    joined = site.now() - timedelta(days=900)
    fresh = new_account(handle, handle, "world", _FOLLOWERS, joined, random.Random(handle))  # noqa: S311
    return site.posts.add_account(fresh)


def _known(site: Site, told: Told, name: str) -> Account:
    account = site.posts.by_handle(str(told.get(name, "")))
    if account is None:
        raise PlantingRefusedError(f"{name} names nobody of this site.")
    return account


def _post(site: Site, told: Told, name: str, now: datetime) -> Post | None:
    wanted = told.get(name)
    if wanted is None:
        return None
    post = site.posts.find(str(wanted), now)
    if post is None:
        raise PlantingRefusedError(f"There is no post {wanted} to be seen.")
    return post


def _age(told: Told) -> float:
    age = told.get("age_seconds", 0)
    if isinstance(age, bool) or not isinstance(age, int | float) or not 0 <= age <= _AGE_MAX_SECONDS:
        raise PlantingRefusedError(f"age_seconds is a number from 0 to {_AGE_MAX_SECONDS:g}.")
    return float(age)
