"""A way to X without a browser: the sandbox's GraphQL, asked as its pages ask it, and what pages would have cost.

The seconds are those that ``xbot replay`` reckons with (``replay/catalogue.toml``): a page, a step down a list, a post.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from xbot_assets.browser.pages.profile import exact_profile
from xbot_assets.browser.pages.refusals import no_witness, publish_refusal, refusal_of
from xbot_assets.browser.pages.told.acts import acts_in
from xbot_assets.browser.pages.told.graphql import created_id, user_by_screen_name
from xbot_assets.browser.pages.told.lists import HOLDS, Tab
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.testing.reading_week.answers import ReadList
from xbot_assets.x.account_state import AccountState
from xbot_assets.x.answers import MissedPost, NotifiedAct, OwnList, PostReading
from xbot_assets.x.operations import (
    AnswerT,
    CheckSession,
    Operation,
    Publish,
    ReadNotifications,
    ReadOwnTimeline,
    ReadPosts,
    ReadProfile,
    ReadTimeline,
    Search,
)
from xbot_assets.x.port import Execution, XBackend

PAGE_SECONDS = 4.5
SCREEN_SECONDS = 1.0
SCREEN_POSTS = 12
"""A step down a list shows about so many posts more."""
PUBLISH_SECONDS = 6.0
PAGES_MAX = 20
LISTS = {
    "split": {Tab.POSTS: "UserOriginalsTimeline", Tab.REPLIES: "UserRepliesTimeline"},
    "joined": {Tab.POSTS: "UserTweets", Tab.REPLIES: "UserTweetsAndReplies"},
}
"""What each tab of a profile asks for, by the layout of the tabs."""
Wanted = Callable[[PostReading], bool]


@dataclass(frozen=True, slots=True)
class Done:
    """One operation: when on the product's clock, for whom, and the browser seconds that it is reckoned with."""

    at: datetime
    lane: Lane
    kind: str
    seconds: float
    failed: str = ""


@dataclass(slots=True)
class GraphWay:
    """That way, logged in to one sandbox. ``done`` is every operation so far; ``now`` is the product's time."""

    http: httpx.Client
    handle: str
    tabs: str
    now: Callable[[], datetime]
    done: list[Done] = field(default_factory=list)
    reckons: bool = True
    """Whether the seconds are reckoned; else they have passed on the clock."""
    _seconds: float = 0.0
    _ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def logged_in(cls, url: str, token: str, handle: str, tabs: str, now: Callable[[], datetime]) -> "GraphWay":
        """Return one with a session of its own."""
        http = httpx.Client(base_url=url, trust_env=False, timeout=60)
        bearer = {"Authorization": f"Bearer {token}"}
        state = http.post("/_sandbox/session", json={"handle": handle}, headers=bearer).raise_for_status().json()
        cookies = {cookie["name"]: cookie["value"] for cookie in state["cookies"]}
        http.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        http.headers["x-csrf-token"] = cookies["ct0"]
        return cls(http, handle, tabs, now)

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def execute(self, operation: Operation[AnswerT], *, lane: Lane, deadline_seconds: float) -> Execution[AnswerT]:
        """Carry out one operation; no deadline strikes, for no page is waited for."""
        del deadline_seconds
        began, self._seconds = system_now(), 0.0
        outcome: AnswerT | ProductError
        try:
            outcome = operation.answer_type().model_validate(self._answer(operation))
        except ProductError as failure:
            outcome = failure
        failed = str(outcome.code) if isinstance(outcome, ProductError) else ""
        self.done.append(Done(self.now(), lane, operation.kind, self._seconds, failed))
        return Execution(began, system_now(), outcome)

    def _answer(self, operation: Operation[Any]) -> dict[str, Any]:
        ways: dict[type[Operation[Any]], Callable[[Any], dict[str, Any]]] = {
            Publish: self._publish,
            ReadPosts: self._posts,
            ReadOwnTimeline: self._own_timeline,
            ReadTimeline: self._timeline,
            Search: self._search,
            ReadNotifications: self._notifications,
            ReadProfile: self._profile,
            CheckSession: self._session,
        }
        way = ways.get(type(operation))
        if way is None:
            raise PermanentFailure(f"This way to X has no '{operation.kind}'.", code=FailureCode.NOT_AN_OPERATION)
        return way(operation)

    def _search(self, operation: Search) -> dict[str, Any]:
        variables = {"rawQuery": operation.query, "product": "Latest" if operation.latest else "Top"}
        posts, complete = self._list("SearchTimeline", Tab.SEARCH, variables, operation.limit)
        return {"posts": posts, "complete": complete}

    def _session(self, _operation: CheckSession) -> dict[str, Any]:
        self._seconds += PAGE_SECONDS
        return {"state": AccountState.LOGGED_IN, "handle": self.handle}

    def _ask(self, name: str, variables: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        try:
            params = {"variables": json.dumps(variables)}
            reply = self.http.get(f"/i/api/graphql/q/{name}", params=params)
        except httpx.HTTPError as error:
            raise TransientFailure(f"X does not answer: {error}", code=FailureCode.X_UNAVAILABLE) from error
        body = _body(reply)
        if refusal := refusal_of(reply.status_code, reply.headers, body):
            raise refusal
        return body

    def _list(
        self,
        name: str,
        tab: Tab,
        variables: Mapping[str, object],
        limit: int,
        *,
        wanted: Wanted = lambda _: True,
        hear: Callable[[object], None] = lambda _: None,
    ) -> tuple[list[PostReading], bool]:
        """Read pages of one list until there are ``limit`` wanted posts or no more; say whether it ended."""
        read, cursor = ReadList(name, tab), dict[str, str]()
        complete = False
        for _ in range(PAGES_MAX):
            body = self._ask(name, {**variables, **cursor})
            hear(body)
            more = read.hear(body)
            if sum(map(wanted, read.posts.values())) >= limit:
                break
            if not more or read.cursor is None:
                complete = True
                break
            cursor = {"cursor": read.cursor}
        posts = [post for post in read.posts.values() if wanted(post)][:limit]
        self._seconds += PAGE_SECONDS + SCREEN_SECONDS * max(0, -(-len(read.posts) // SCREEN_POSTS) - 1)
        return posts, complete

    def _profile_list(self, handle: str, tab: Tab, limit: int) -> OwnList:
        own, name = handle.casefold(), LISTS[self.tabs][tab]
        variables = {"userId": self._user_id(handle)}
        mine: Wanted = lambda post: post.handle.casefold() == own and not post.promoted  # noqa: E731
        posts, complete = self._list(name, tab, variables, limit, wanted=mine)
        return OwnList(posts=tuple(posts), complete=complete, kinds=HOLDS[name])

    def _own_timeline(self, operation: ReadOwnTimeline) -> dict[str, Any]:
        tabs = [Tab.POSTS]
        if operation.with_replies:
            tabs = [Tab.REPLIES, Tab.POSTS] if self.tabs == "split" else [Tab.REPLIES]
        return {"lists": [self._profile_list(self.handle, tab, operation.limit) for tab in tabs]}

    def _timeline(self, operation: ReadTimeline) -> dict[str, Any]:
        tab = Tab.REPLIES if operation.with_replies else Tab.POSTS
        held = self._profile_list(operation.handle, tab, operation.limit)
        return {"posts": held.posts, "complete": held.complete}

    def _posts(self, operation: ReadPosts) -> dict[str, Any]:
        posts, missed = list[PostReading](), list[MissedPost]()
        for post_id in operation.post_ids:
            self._seconds += PAGE_SECONDS
            read = ReadList("TweetDetail", Tab.CONVERSATION)
            reply = self.http.get("/i/api/graphql/q/TweetDetail", params={"variables": _focal(post_id)})
            read.hear(_body(reply))
            if post_id in read.posts:
                posts.append(read.posts[post_id])
            else:
                gone = {"why": "gone", "code": FailureCode.GONE, "reason": "X does not show the post."}
                missed.append(MissedPost.model_validate({"post_id": post_id, **gone}))
        return {"posts": posts, "missed": missed}

    def _notifications(self, operation: ReadNotifications) -> dict[str, Any]:
        own, acts = self.handle.casefold(), dict[NotifiedAct, None]()
        posts, complete = self._list(
            "NotificationsTimeline",
            Tab.NOTIFICATIONS,
            {"timeline_type": "Mentions" if operation.mentions_only else "All"},
            operation.limit,
            wanted=lambda post: post.handle.casefold() != own and not post.promoted,
            hear=lambda body: acts.update(dict.fromkeys(acts_in(body))),
        )
        return {"posts": posts, "complete": complete, "acts": tuple(acts)}

    def _profile(self, operation: ReadProfile) -> dict[str, Any]:
        self._seconds += PAGE_SECONDS
        user = user_by_screen_name(self._ask("UserByScreenName", {"screen_name": operation.handle}))
        if user is None:
            raise PermanentFailure(f"There is no @{operation.handle}.", code=FailureCode.NO_ACCOUNT)
        return exact_profile(user, None).model_dump()

    def _user_id(self, handle: str) -> str:
        if handle not in self._ids:
            user = user_by_screen_name(self._ask("UserByScreenName", {"screen_name": handle}))
            if user is None:
                raise PermanentFailure(f"There is no @{handle}.", code=FailureCode.NO_ACCOUNT)
            self._ids[handle] = user.rest_id
        return self._ids[handle]

    def _publish(self, operation: Publish) -> dict[str, Any]:
        self._seconds += PUBLISH_SECONDS
        variables: dict[str, Any] = {"tweet_text": operation.text}
        if operation.in_reply_to:
            variables["reply"] = {"in_reply_to_tweet_id": operation.in_reply_to}
        try:
            reply = self.http.post("/i/api/graphql/q/CreateTweet", json={"variables": variables})
        except httpx.HTTPError as error:
            raise no_witness(f"X did not answer the post: {error}") from error
        post_id = created_id(_body(reply))
        if post_id is None:
            raise publish_refusal(reply.status_code, reply.headers, _body(reply))
        permalink = f"/{self.handle}/status/{post_id}"
        return {"post_id": post_id, "permalink": permalink, "typed_text": operation.text}


@dataclass(slots=True)
class BrowserWay:
    """The product's own way, with the seconds that each operation held a slot of the browser."""

    inner: XBackend
    now: Callable[[], datetime]
    done: list[Done] = field(default_factory=list)
    reckons: bool = False

    def execute(self, operation: Operation[AnswerT], *, lane: Lane, deadline_seconds: float) -> Execution[AnswerT]:
        """Carry out one operation and note it."""
        execution = self.inner.execute(operation, lane=lane, deadline_seconds=deadline_seconds)
        seconds = (execution.ended_at - execution.started_at).total_seconds()
        failed = str(execution.failure.code) if execution.failure else ""
        self.done.append(Done(self.now(), lane, operation.kind, seconds, failed))
        return execution

    def close(self) -> None:
        """Close its connections."""
        self.inner.close()


def _focal(post_id: str) -> str:
    return json.dumps({"focalTweetId": post_id})


def _body(reply: httpx.Response) -> object:
    try:
        return reply.json()
    except ValueError:
        return None
