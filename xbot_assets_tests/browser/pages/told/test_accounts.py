"""Why X does not show an account, from its answers in every shape and from the words on its page."""

from typing import Any

import pytest

from xbot_assets.browser.pages.refusals import errors_in, publish_refusal, refusal_of
from xbot_assets.browser.pages.told.accounts import HeardAccounts, why_unshown, words_say
from xbot_assets.browser.pages.traffic import Answer
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.x.account_state import ACCOUNT_TROUBLE, AccountState

CODE = FailureCode
SUSPENDED_63 = {"errors": [{"code": 63, "message": "User has been suspended."}], "data": {}}


def user(**fields: object) -> dict[str, Any]:
    """Build the answer for an account that X shows."""
    return {"data": {"user": {"result": {"__typename": "User", "rest_id": "1", **fields}}}}


def unavailable(**fields: object) -> dict[str, Any]:
    """Build the answer for one that it does not show."""
    return {"data": {"user": {"result": {"__typename": "UserUnavailable", **fields}}}}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"data": {"user": {}}}, CODE.NO_ACCOUNT),
        ({"data": {}}, CODE.NO_ACCOUNT),
        ({"data": {"user": {"result": None}}}, CODE.NO_ACCOUNT),
        ({"data": {}, "errors": [{"code": 50, "message": "User not found."}]}, CODE.NO_ACCOUNT),
        (unavailable(reason="Suspended", message="User is suspended"), CODE.ACCOUNT_SUSPENDED),
        (unavailable(unavailable_reason="Suspended"), CODE.ACCOUNT_SUSPENDED),
        (SUSPENDED_63, CODE.ACCOUNT_SUSPENDED),
        (unavailable(reason="Protected"), CODE.ACCOUNT_PROTECTED),
        (user(privacy={"protected": True}), CODE.ACCOUNT_PROTECTED),
        (user(legacy={"protected": True, "following": False}), CODE.ACCOUNT_PROTECTED),
        (unavailable(reason="BlockedBy"), CODE.ACCOUNT_BLOCKED),
        (user(relationship_perspectives={"blocked_by": True}), CODE.ACCOUNT_BLOCKED),
        (user(legacy={"blocked_by": True}), CODE.ACCOUNT_BLOCKED),
        (user(relationship_perspectives={"blocking": True}), CODE.ACCOUNT_BLOCKED),
        (unavailable(reason="NoReason"), CODE.ACCOUNT_UNAVAILABLE),
        (unavailable(), CODE.ACCOUNT_UNAVAILABLE),
        (unavailable(unavailable_message={"text": "Account suspended"}), CODE.ACCOUNT_SUSPENDED),
        (unavailable(reason="Deactivated"), CODE.NO_ACCOUNT),
        (unavailable(reason="Withheld"), CODE.ACCOUNT_UNAVAILABLE),
        (
            {
                "data": {
                    "user_result_by_screen_name": {"result": {"__typename": "UserUnavailable", "reason": "Protected"}}
                }
            },
            CODE.ACCOUNT_PROTECTED,
        ),
        ({"data": {"user": None}, "errors": [{"extensions": {"code": "63"}}]}, CODE.ACCOUNT_SUSPENDED),
        ({"data": {}, "errors": [{"code": 326}]}, None),
        (user(), None),
        (user(privacy={"protected": True}, relationship_perspectives={"following": True}), None),
        (user(legacy={"protected": True, "following": True}), None),
        ({"data": {"user": {}}, "errors": [{"code": 29, "message": "Timeout: Unspecified"}]}, None),
        ({"data": {"user": {}}, "errors": [{"extensions": {"code": "LoadShed"}}]}, None),
        ({"data": {"viewer": {}}}, None),
        (None, None),
    ],
)
def test_x_tells_why_it_does_not_show_an_account(*, body: object, why: FailureCode | None) -> None:
    """A server that was too busy to answer says nothing about the account."""
    assert why_unshown(body) is why


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("This account doesn\u2019t exist", CODE.NO_ACCOUNT),
        ("Account suspended", CODE.ACCOUNT_SUSPENDED),
        ("These posts are protected", CODE.ACCOUNT_PROTECTED),
        ("These Tweets are protected", CODE.ACCOUNT_PROTECTED),
        ("@ann blocked you", CODE.ACCOUNT_BLOCKED),
        ("You\u2019re blocked", CODE.ACCOUNT_BLOCKED),
        ("This Post is from a suspended account. Learn more", CODE.ACCOUNT_SUSPENDED),
        ("@ann hasn\u2019t posted", None),
        ("Dieser Account existiert nicht", None),
        (None, None),
    ],
)
def test_english_words_tell_it_where_the_data_do_not(words: str | None, why: FailureCode | None) -> None:
    """In other languages only the data do."""
    assert words_say(words) is why


def test_what_was_heard_of_one_account_is_not_said_of_another() -> None:
    """The answer's own variables say whom it is about; a later answer of another kind changes nothing."""
    heard = HeardAccounts("Owner")
    heard.hear(Answer("UserByScreenName", {"screen_name": "Ann"}, SUSPENDED_63))
    heard.hear(Answer("SpotlightsQuery", {"screen_name": "ann"}, {"data": {"user_result_by_screen_name": {}}}))
    heard.hear(Answer("AnyName", {"screenName": "bob"}, {"data": {"user": {}}}))
    heard.hear(Answer("UserTweets", {"userId": "1"}, {"data": {"user": {}}}))
    assert (heard.why_unshown("ann"), heard.why_unshown("bob")) == (CODE.ACCOUNT_SUSPENDED, CODE.NO_ACCOUNT)
    assert heard.failure("owner") is None
    told = heard.failure("ANN")
    assert told is not None
    assert told.code is CODE.ACCOUNT_SUSPENDED
    assert told.code not in ACCOUNT_TROUBLE, "it does not hold our publishing"


def test_our_own_account_is_in_trouble_itself_when_it_is_suspended_and_sees_its_protected_posts() -> None:
    """The same answers, about ourselves."""
    heard = HeardAccounts("owner")
    heard.hear(Answer("UserByScreenName", {"screen_name": "Owner"}, user(privacy={"protected": True})))
    assert heard.failure("owner") is None
    heard.hear(Answer("UserByScreenName", {"screen_name": "owner"}, SUSPENDED_63))
    told = heard.failure("owner")
    assert told is not None
    assert told.code is AccountState.SUSPENDED.failure_code


def test_error_63_is_about_the_account_that_was_asked_for() -> None:
    """X's other words for suspension, and a lock, are about ours, and come first."""
    for failure in (refusal_of(200, {}, SUSPENDED_63), refusal_of(403, {}, SUSPENDED_63)):
        assert failure is not None
        assert failure.code is CODE.ACCOUNT_SUSPENDED
    assert publish_refusal(200, {}, SUSPENDED_63).code is CODE.ACCOUNT_SUSPENDED
    for ours, code in ((64, CODE.SUSPENDED), (326, CODE.LOCKED)):
        both = refusal_of(200, {}, {"errors": [{"code": 63}, {"code": ours}]})
        assert both is not None
        assert both.code is code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}, 0),
        ({"code": "NOT_FOUND", "extensions": {"code": 144}}, 144),
        ({"code": "226"}, 226),
        ({"code": None, "extensions": None}, 0),
        ({"code": True}, 0),
        ({"code": 1.5, "extensions": ["?"]}, 0),
        ({"code": [326], "extensions": "x"}, 0),
        ({"code": "\u0662\u0662\u0666"}, 0),
        ({}, 0),
    ],
)
def test_a_code_that_is_no_number_is_none(error: dict[str, object], code: int) -> None:
    """It must not end the operation; what the answer says otherwise still counts."""
    body = {"errors": [error, "not an error", None]}
    assert errors_in(body) == [(code, "")]
    assert publish_refusal(200, {}, body).reason
    refusal_of(200, {}, body)
