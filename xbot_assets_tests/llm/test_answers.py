"""The checks between the model's answer and the product."""

import json

import openai
import pytest
from openai.types.chat import ChatCompletion

from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.llm.answers import content_of, drafts_in
from xbot_assets.llm.brief_rules import BriefRules
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
    ("content", "said"),
    [
        ("Sure! Here you are", "not JSON"),
        ('{"posts": [{"text": "cut', "not of the schema"),
        ('{"result": 1}', "not of the schema"),
        (answer("only one"), r"1 post\(s\) where 2"),
    ],
)
def test_an_answer_of_another_form_is_refused_without_being_quoted(content: str, said: str) -> None:
    """The reason can go back to the model and into the ledger."""
    with pytest.raises(ProductError, match=said) as caught:
        drafts_in(content, 2)
    assert caught.value.code == "bad_answer"


@pytest.mark.parametrize(
    ("text", "gate", "said"),
    [
        ("x" * 281, "length", "X counts 281 where 280"),
        ("漢" * 141, "length", "X counts 282"),
        ("An old post!", "duplicate", "written before"),
        ("Guaranteed to work", "never_say", "persona never says"),
    ],
)
def test_a_text_that_breaks_a_rule_of_the_brief_is_refused(text: str, gate: str, said: str, brief: PostBrief) -> None:
    """These hold without any other judge, and never quote the text."""
    rules = BriefRules(brief.model_copy(update={"recent_posts": ("An OLD post",)}))
    refusal = rules.refusal(text, brief.posts[0])
    assert refusal is not None
    assert refusal.gate == gate
    assert said in refusal.reason
    assert text not in refusal.reason
    assert rules.refusal("Something new.", brief.posts[0]) is None


def test_posts_are_put_in_the_order_of_their_numbers() -> None:
    """A model may answer in another order than asked."""
    content = json.dumps({"posts": [{"number": 2, "text": "second"}, {"number": 1, "text": " first "}]})
    assert drafts_in(content, 2) == ("first", "second")


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


def test_an_empty_post_and_half_a_character_do_not_spoil_their_batch() -> None:
    """The others were paid for too."""
    assert drafts_in(answer("fine", "   "), 2) == ("fine", "")
    content = answer("fine", "HALF").replace("HALF", "half \\ud83d gone, \\ud83c\\udf31 whole")
    assert drafts_in(content, 2) == ("fine", "half  gone, 🌱 whole")
