"""A second way to X, without a browser: it asks the sandbox over HTTP, as an implementation over an API would."""

from dataclasses import dataclass
from typing import Any

import httpx

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, UnknownOutcome
from xbot_assets.domain.lanes import Lane
from xbot_assets.x.account_state import AccountState, shown_trouble
from xbot_assets.x.operations import AnswerT, CheckSession, Operation, Publish
from xbot_assets.x.port import Execution
from xbot_assets_tests.steps.site import Site

LOCKED = 326


@dataclass(frozen=True, slots=True)
class ApiBackend:
    """Publishes and checks the session; it has no slots."""

    site: Site
    http: httpx.Client

    @classmethod
    def logged_in(cls, site: Site) -> "ApiBackend":
        """Return one with a session of the sandbox's."""
        http = httpx.Client(base_url=site.url, trust_env=False)
        bearer = {"Authorization": f"Bearer {site.token}"}
        answer = http.post("/_sandbox/session", json={"handle": site.handle}, headers=bearer).raise_for_status()
        cookies = {cookie["name"]: cookie["value"] for cookie in answer.json()["cookies"]}
        http.headers.update(
            {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()), "x-csrf-token": cookies["ct0"]}
        )
        return cls(site, http)

    def execute(self, operation: Operation[AnswerT], *, lane: Lane, deadline_seconds: float) -> Execution[AnswerT]:
        """Carry out one operation."""
        assert lane is Lane.CRITICAL
        began = system_now()
        try:
            answer = operation.answer_type().model_validate(self._do(operation, deadline_seconds))
        except ProductError as failure:
            return Execution(began, system_now(), failure)
        return Execution(began, system_now(), answer)

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def _do(self, operation: Operation[Any], seconds: float) -> dict[str, Any]:
        match operation:
            case Publish():
                return self._publish(operation, seconds)
            case CheckSession():
                return {"state": AccountState.LOGGED_IN, "handle": self.site.handle}
        raise PermanentFailure(f"This way to X has no '{operation.kind}'.", code=FailureCode.NOT_AN_OPERATION)

    def _publish(self, operation: Publish, seconds: float) -> dict[str, Any]:
        variables: dict[str, Any] = {"tweet_text": operation.text}
        if operation.in_reply_to:
            variables["reply"] = {"in_reply_to_tweet_id": operation.in_reply_to}
        try:
            reply = self.http.post("/i/api/graphql/q/CreateTweet", json={"variables": variables}, timeout=seconds)
        except httpx.HTTPError as error:
            raise UnknownOutcome("The API did not answer.", code=FailureCode.NO_WITNESS) from error
        return self._witness(reply.json(), operation)

    def _witness(self, body: dict[str, Any], operation: Publish) -> dict[str, Any]:
        codes = {error["code"] for error in body.get("errors", [])}
        if LOCKED in codes:
            raise shown_trouble(AccountState.LOCKED)
        if codes:
            raise PermanentFailure(f"X refused the post: {codes}.", code=FailureCode.REFUSED)
        post_id = body["data"]["create_tweet"]["tweet_results"]["result"]["rest_id"]
        permalink = f"/{self.site.handle}/status/{post_id}"
        return {"post_id": post_id, "permalink": permalink, "typed_text": operation.text}
