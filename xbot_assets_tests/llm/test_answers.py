"""The checks between the model's answer and the product."""

import json

import pytest

from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure
from xbot_assets.llm.answers import drafts_in, texts_of
from xbot_assets.llm.briefs.brief import PostBrief
from xbot_assets.llm.briefs.rules import BriefRules
from xbot_assets.llm.servers.reading import Reading, read_completion


def answer(*texts: str) -> str:
    """Build an answer with these posts."""
    return json.dumps({"posts": [{"number": i, "text": text} for i, text in enumerate(texts, 1)]})


def completion(content: object, finish: object = "stop", **usage: int) -> Reading:
    """Read what a server sends with nothing in it that is not used."""
    choice = {"finish_reason": finish, "message": {"role": "assistant", "content": content}}
    return read_completion(json.dumps({"choices": [choice], "usage": usage}).encode())


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


REFUSED = read_completion(b'{"choices": [{"message": {"content": null, "refusal": "No."}}]}')


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        (completion("{}", "length"), PermanentFailure, "answer_cut"),
        (completion("{}", "MAX_TOKENS"), PermanentFailure, "answer_cut"),
        (completion("{}", "model_length"), PermanentFailure, "answer_cut"),
        (completion("{}", "content_filter"), PermanentFailure, "content_filter"),
        (completion("{}", "SAFETY"), PermanentFailure, "content_filter"),
        (completion("", "refusal"), PermanentFailure, "refused"),
        (REFUSED, PermanentFailure, "refused"),
        (completion("{", "insufficient_system_resource"), TransientFailure, "server_error"),
    ],
)
def test_an_answer_that_ended_early_says_why(given: Reading, kind: type[ProductError], code: str) -> None:
    """In the words of any server."""
    with pytest.raises(ProductError) as caught:
        texts_of(given, 1, 100)
    assert (type(caught.value), caught.value.code) == (kind, code)


@pytest.mark.parametrize("finish", [None, "eos", "end_turn", "STOP", 7])
def test_an_unknown_end_is_judged_by_the_answer(finish: object) -> None:
    """A whole answer is a whole answer; half a one that fills its limit was cut, whatever the server says."""
    assert texts_of(completion(answer("one"), finish), 1, 100) == ("one",)
    half = answer("one")[:-5]
    with pytest.raises(PermanentFailure, match="limit of 100 tokens: 100 were used"):
        texts_of(completion(half, finish, prompt_tokens=9, completion_tokens=100, total_tokens=109), 1, 100)
    with pytest.raises(TransientFailure, match="not of the schema"):
        texts_of(completion(half, finish, prompt_tokens=9, completion_tokens=40, total_tokens=49), 1, 100)


def test_an_answer_cut_by_thinking_names_what_helps() -> None:
    """Fewer posts would make the limit smaller too."""
    body = {
        "choices": [{"finish_reason": "length", "message": {"content": ""}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 640, "completion_tokens_details": {"reasoning_tokens": 640}},
    }
    with pytest.raises(PermanentFailure, match="640 of them to think") as caught:
        texts_of(read_completion(json.dumps(body).encode()), 2, 640)
    assert "XBOT_LLM_THINKING_TOKENS" in caught.value.remedy
    assert "XBOT_PLAN_EFFORT" in caught.value.remedy
    assert "POSTS_PER_PLAN" not in caught.value.remedy


@pytest.mark.parametrize("content", ["", None, [], [{"type": "thinking", "thinking": []}]])
def test_an_empty_answer_is_worth_another_try(content: object) -> None:
    """It is a bad answer like any other."""
    with pytest.raises(TransientFailure, match="empty"):
        texts_of(completion(content), 1, 100)


@pytest.mark.parametrize("body", [b'{"choices": null}', b'{"choices": []}', b'{"choices": [null]}', b'{"model": 3}'])
def test_an_answer_without_a_choice_is_worth_another_try(body: bytes) -> None:
    """Whatever stands in its place."""
    with pytest.raises(TransientFailure, match="no choice"):
        texts_of(read_completion(body), 1, 100)


@pytest.mark.parametrize(
    "content",
    [
        '<think>{"posts": [{"number": 1, "text": "no"}]} hm</think>' + answer("a", "b"),
        "I think of two.\n</think>\n\n" + answer("a", "b"),
        "[THINK]two[/THINK]" + answer("a", "b"),
        "<|channel|>analysis<|message|>Two.<|end|><|start|>assistant<|channel|>final<|message|>" + answer("a", "b"),
        f"```json\n{answer('a', 'b')}\n```",
        f"Sure! Here they are:\n{answer('a', 'b')}\nDo you like them?",
        '{"posts": [{"text": "a"}, {"text": "b"}]}',
        '{"posts": ["a", "b"]}',
        '[{"number": 1, "text": "a"}, {"number": "2", "text": "b", "tone": "dry"}]',
        [
            {"type": "thinking", "thinking": [{"type": "text", "text": "Two."}]},
            {"type": "text", "text": answer("a", "b")},
        ],
    ],
)
def test_the_posts_are_read_out_of_whatever_a_model_puts_around_them(content: object) -> None:
    """Thoughts, fences, sentences, and shapes of its own choice."""
    assert texts_of(completion(content), 2, 100) == ("a", "b")


@pytest.mark.parametrize(
    "content", ['Topics: ["gardening", "cycling"]', "<think>" + answer("a", "b"), '{"posts": "a, b"}', "[1, 2]"]
)
def test_what_is_no_post_is_never_taken_for_one(content: str) -> None:
    """A list of words, thoughts that never ended, a sentence in place of the list."""
    with pytest.raises(TransientFailure):
        texts_of(completion(content), 2, 100)


def test_thoughts_in_a_post_are_its_text() -> None:
    """JSON that begins at once has none before it."""
    assert drafts_in(answer("why <think> is a tag</think>", "b"), 2)[0] == "why <think> is a tag</think>"


def test_an_empty_post_and_half_a_character_do_not_spoil_their_batch() -> None:
    """The others were paid for too."""
    assert drafts_in(answer("fine", "   "), 2) == ("fine", "")
    content = answer("fine", "HALF").replace("HALF", "half \\ud83d gone, \\ud83c\\udf31 whole")
    assert drafts_in(content, 2) == ("fine", "half  gone, 🌱 whole")
