"""The GraphQL endpoints: ``/i/api/graphql/<queryId>/<Operation>``, read by GET or POST, behind the session cookies."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from xbot_assets.sandbox.people.posts import Account
from xbot_assets.sandbox.site import Session, Site
from xbot_assets.sandbox.web import feeds
from xbot_assets.sandbox.web.api.create import CreateRefusedError, Draft, create
from xbot_assets.sandbox.web.api.errors import api_error, no_such_post, rate_headers, rate_limited, refused_create
from xbot_assets.sandbox.web.api.profiles import LISTS, PUBLIC_LISTS, list_answer, looked_up, unseen_post
from xbot_assets.sandbox.web.api.shapes import Json, Viewer, post_body, post_results
from xbot_assets.sandbox.web.api.timelines import CursorRefusedError
from xbot_assets.sandbox.web.notifications import notifications
from xbot_assets.sandbox.web.trends import news, trending

AUTH_COOKIE, CSRF_COOKIE = "auth_token", "ct0"
NOW_HEADER = "x-sandbox-now"
"""Tells the page's script what time it is here."""


@dataclass(frozen=True, slots=True)
class Call:
    """One GraphQL call: who asks, and with which variables."""

    viewer: Viewer
    session: Session | None
    variables: Json
    request: Request

    def word(self, name: str) -> str:
        """Return a variable as text; empty when missing."""
        return str(self.variables.get(name) or "")

    @property
    def cursor(self) -> str | None:
        """Return the page's cursor."""
        return self.word("cursor") or None


Handler = Callable[[Call], Awaitable[Response]]


async def _home(call: Call) -> Response:
    instructions = feeds.home(call.viewer, call.cursor)
    return JSONResponse({"data": {"home": {"home_timeline_urt": {"instructions": instructions}}}})


def _owner(call: Call) -> Account | None:
    return call.viewer.site.posts.account(call.word("userId"))


def _profile_list(operation: str) -> Handler:
    async def handler(call: Call) -> Response:
        owner = _owner(call)
        answer = list_answer(call.viewer, owner, operation, call.cursor) if owner else {"data": {"user": {}}}
        return JSONResponse(answer)

    return handler


async def _tweet_detail(call: Call) -> Response:
    focal = call.viewer.site.posts.find(call.word("focalTweetId"), call.viewer.now)
    if focal is None:
        return no_such_post()
    instructions = unseen_post(call.viewer, focal) or feeds.conversation(call.viewer, focal, call.cursor)
    return JSONResponse({"data": {"threaded_conversation_with_injections_v2": {"instructions": instructions}}})


async def _search(call: Call) -> Response:
    latest = call.word("product") == "Latest"
    instructions = feeds.search(call.viewer, call.word("rawQuery"), latest=latest, cursor=call.cursor)
    timeline = {"search_timeline": {"timeline": {"instructions": instructions}}}
    return JSONResponse({"data": {"search_by_raw_query": timeline}})


async def _explore(call: Call) -> Response:
    listed = news(call.viewer) if call.word("tab") == "news" else trending(call.viewer)
    timeline = {"initialTimeline": {"timeline": {"timeline": {"instructions": listed}}}}
    return JSONResponse({"data": {"explore_page": {"body": timeline}}})


async def _user_by_screen_name(call: Call) -> Response:
    account = call.viewer.site.posts.by_handle(call.word("screen_name"))
    return JSONResponse(looked_up(call.viewer, account) if account else {"data": {"user": {}}})


async def _notifications(call: Call) -> Response:
    if call.viewer.account is None:
        return _unauthenticated()
    all_kinds = call.word("timeline_type") != "Mentions"
    instructions = notifications(call.viewer, call.viewer.account, call.cursor, with_acts=all_kinds)
    result = {"result": {"notification_timeline": {"timeline": {"instructions": instructions}}}}
    return JSONResponse({"data": {"viewer_v2": {"user_results": result}}})


async def _tweet_result(call: Call) -> Response:
    post = call.viewer.site.posts.find(call.word("tweetId"), call.viewer.now)
    return JSONResponse({"data": {"tweetResult": post_results(call.viewer, post) if post else {}}})


async def _create_tweet(call: Call) -> Response:
    author = call.viewer.account
    if author is None:
        return _unauthenticated()
    try:
        post = create(call.viewer, author, _draft(call.variables))
    except CreateRefusedError as refused:
        return await _answered(call, refused_create(str(refused), refused.code))
    results = {"tweet_results": {"result": post_body(call.viewer, post)}}
    return await _answered(call, JSONResponse({"data": {"create_tweet": results}}))


async def _answered(call: Call, response: Response) -> Response:
    """Return CreateTweet's answer, or break the connection if told to.

    Refusals are lost too: Chromium sends a POST again by itself when a kept connection breaks before the answer
    begins, and that second request is refused as a duplicate.
    """
    if call.viewer.site.faults.flag("drop_after_commit"):
        call.request.state.transport.abort()
        await asyncio.sleep(0)
    return response


def _draft(variables: Json) -> Draft:
    reply = variables.get("reply") or {}
    entities = (variables.get("media") or {}).get("media_entities") or []
    attachment = str(variables.get("attachment_url") or "")
    return Draft(
        text=str(variables.get("tweet_text") or ""),
        in_reply_to=str(reply["in_reply_to_tweet_id"]) if reply.get("in_reply_to_tweet_id") else None,
        quoted_id=attachment.rpartition("/status/")[2] or None if attachment else None,
        media_ids=tuple(str(entity["media_id"]) for entity in entities),
    )


def _marking(kind: str, *, on: bool, answer: str) -> Handler:
    async def handler(call: Call) -> Response:
        post_id = call.word("tweet_id")
        if call.viewer.account is None:
            return _unauthenticated()
        if call.viewer.site.posts.find(post_id, call.viewer.now) is None:
            return no_such_post()
        call.viewer.site.posts.mark(call.viewer.account.id, post_id, kind, on=on)
        return JSONResponse({"data": {answer: "Done"}})

    return handler


async def _delete_tweet(call: Call) -> Response:
    post = call.viewer.site.posts.find(call.word("tweet_id"), call.viewer.now)
    if post is None or call.viewer.account is None or post.account_id != call.viewer.account.id:
        return no_such_post()
    call.viewer.site.posts.remove(post.id, call.viewer.now)
    return JSONResponse({"data": {"delete_tweet": {"tweet_results": {}}}})


async def _follow(call: Call) -> Response:
    if call.viewer.account is None or _owner(call) is None:
        return _unauthenticated()
    on = bool(call.variables.get("on"))
    call.viewer.site.posts.follow(call.viewer.account.id, call.word("userId"), on=on)
    return JSONResponse({"data": {"follow": "Done"}})


OPERATIONS: dict[str, Handler] = {
    "HomeTimeline": _home,
    "HomeLatestTimeline": _home,
    **{name: _profile_list(name) for name in LISTS},
    "TweetDetail": _tweet_detail,
    "TweetResultByRestId": _tweet_result,
    "SearchTimeline": _search,
    "ExplorePage": _explore,
    "UserByScreenName": _user_by_screen_name,
    "NotificationsTimeline": _notifications,
    "CreateTweet": _create_tweet,
    "DeleteTweet": _delete_tweet,
    "FavoriteTweet": _marking("like", on=True, answer="favorite_tweet"),
    "UnfavoriteTweet": _marking("like", on=False, answer="unfavorite_tweet"),
    "CreateBookmark": _marking("bookmark", on=True, answer="tweet_bookmark_put"),
    "DeleteBookmark": _marking("bookmark", on=False, answer="tweet_bookmark_delete"),
    "CreateRetweet": _marking("repost", on=True, answer="create_retweet"),
    "DeleteRetweet": _marking("repost", on=False, answer="unretweet"),
    "SandboxFollow": _follow,
}
PAGED = {name for name in OPERATIONS if "Timeline" in name or name.startswith("UserTweets")} | {
    "TweetDetail",
    "ExplorePage",
}
"""These answer with a page of a list."""
PUBLIC = {"UserByScreenName", "TweetDetail", "TweetResultByRestId"} | PUBLIC_LISTS
"""What somebody logged out may ask."""
WRITES = {"CreateTweet", "DeleteTweet", "SandboxFollow"} | {
    name for name in OPERATIONS if name.endswith(("Bookmark", "Retweet", "favoriteTweet", "FavoriteTweet"))
}
"""These take POST and the csrf header only."""


def _unauthenticated() -> JSONResponse:
    return api_error(401, 32, "Could not authenticate you.")


async def _variables(request: Request) -> Json:
    raw: object = request.query_params.get("variables") or "{}"
    if request.method == "POST" and (body := await request.body()):
        raw = json.loads(body).get("variables", {})
    variables = json.loads(raw) if isinstance(raw, str) else raw
    if not isinstance(variables, dict):
        msg = "variables must be an object"
        raise TypeError(msg)
    return variables


def _refused(site: Site, request: Request, operation: str, session: Session | None) -> Response | None:
    """Return X's refusal before the operation runs, if there is one."""
    if operation not in OPERATIONS or (operation in PAGED and site.faults.flag("list_fails")):
        return PlainTextResponse("", 404)
    if session is None and operation not in PUBLIC:
        return _unauthenticated()
    if operation in WRITES and request.method != "POST":
        return PlainTextResponse("", 404)
    if session and operation in WRITES and request.headers.get("x-csrf-token") != session.csrf:
        return api_error(403, 353, "This request requires a matching csrf cookie and header.")
    return limited(site, operation)


def limited(site: Site, operation: str) -> Response | None:
    """Return the refusal of a locked account or a used-up rate window, if told to."""
    if site.faults.flag("locked"):
        return api_error(403, 326, "To protect our users from spam, this account is temporarily locked.")
    return rate_limited(operation, site.now()) if site.faults.flag("rate_limited") else None


def graphql_routes(site: Site) -> list[Route]:
    """Return the GraphQL routes of a site."""

    async def endpoint(request: Request) -> Response:
        operation = request.path_params["operation"]
        session = site.session(request.cookies.get(AUTH_COOKIE))
        refused = _refused(site, request, operation, session)
        if refused is not None:
            return refused
        viewer = Viewer(site, session.account if session else None, site.now())
        site.keep_up(viewer.now)
        try:
            call = Call(viewer, session, await _variables(request), request)
            response = await OPERATIONS[operation](call)
        except (CursorRefusedError, ValueError, TypeError, KeyError, AttributeError):
            return api_error(400, 214, "Bad request: the variables cannot be read.")
        response.headers.update(rate_headers(operation, viewer.now, left=49))
        response.headers[NOW_HEADER] = viewer.now.isoformat()
        return response

    return [Route("/i/api/graphql/{query_id}/{operation}", endpoint, methods=["GET", "POST"])]
