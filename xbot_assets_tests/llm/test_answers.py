"""The checks between the model's answer and the product."""

import json

import openai
import pytest
from openai.types.chat import ChatCompletion

from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.llm.answers import checked_posts, content_of
from xbot_assets.llm.briefs import PostBrief
from xbot_assets.llm.failures import classify


def answer(*texts: str) -> str:
    """Build an answer with these posts."""
    return json.dumps({"posts": [{"number": i, "text": text} for i, text in enumerate(texts, 1)]})


def completion(content: str | None, finish: str = "stop", refusal: str | None = None) -> ChatCompletion:
    """Build the SDK's object from what the API sends."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return ChatCompletion.model_validate(
        {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "finish_reason": finish, "logprobs": None, "message": message}],
        }
    )


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("Sure! Here you are", "bad_answer", "not JSON"),
        ('{"posts": [{"text": "cut', "bad_answer", "not of the schema"),
        ('{"result": 1}', "bad_answer", "not of the schema"),
        (answer("only one"), "bad_answer", r"1 post\(s\) where 2"),
        (answer("fine", "   "), "bad_answer", "Post 2 is empty"),
        (answer("fine", "x" * 281), "too_long", "Post 2 is too long: X counts 281 where 280"),
        (answer("漢" * 141, "fine"), "too_long", "Post 1 is too long: X counts 282"),
        (answer("Same words.", "same WORDS 🎉"), "duplicate", "Post 2 repeats"),
        (answer("An old post!", "fine"), "duplicate", "Post 1 repeats"),
        (answer("Guaranteed to work", "fine"), "forbidden_words", "Post 1 says"),
    ],
)
def test_an_answer_that_breaks_a_rule_is_refused_without_being_quoted(
    content: str, code: str, said: str, brief: PostBrief
) -> None:
    """The reason can go back to the model and into the ledger."""
    with pytest.raises(ProductError, match=said) as caught:
        checked_posts(content, brief.model_copy(update={"recent_posts": ("An OLD post",)}))
    assert caught.value.code == code


def test_posts_are_put_in_the_order_of_their_numbers(brief: PostBrief) -> None:
    """A model may answer in another order than asked."""
    content = json.dumps({"posts": [{"number": 2, "text": "second"}, {"number": 1, "text": " first "}]})
    assert [post.text for post in checked_posts(content, brief)] == ["first", "second"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (completion("{}", "length"), "answer_cut"),
        (completion("{}", "content_filter"), "content_filter"),
        (completion(None, refusal="No."), "refused"),
    ],
)
def test_an_answer_that_ended_early_is_permanent(given: ChatCompletion, code: str) -> None:
    """Asking again would give the same."""
    with pytest.raises((openai.OpenAIError, ProductError)) as caught:
        content_of(given)
    failure = classify(caught.value)
    assert (type(failure), failure.code) == (PermanentFailure, code)


@pytest.mark.parametrize("given", [completion(""), completion(None)])
def test_an_empty_answer_is_worth_another_try(given: ChatCompletion) -> None:
    """It is a bad answer like any other."""
    with pytest.raises(ProductError, match="empty"):
        content_of(given)
