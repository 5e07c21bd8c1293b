"""The sandbox's server as the real SDK sees it, and the posts it writes."""

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx
import openai
import pytest
from pydantic import BaseModel, ConfigDict

from xbot_assets.domain.posts.post import fingerprint
from xbot_assets.domain.posts.weighted_length import weighted_length
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest
from xbot_assets.llm.briefs.prompts import load_prompt, posts_messages
from xbot_assets.llm.persona import load_persona
from xbot_assets.sandbox.llm import grammar
from xbot_assets.sandbox.llm.asked import AskedPost, read_prompt
from xbot_assets.sandbox.state.faults import FAULTS
from xbot_assets_tests.llm.llm_server import LlmServer, running_llm_server
from xbot_assets_tests.llm.model_rig import KEY

MODEL = "gpt-4o-mini"


@pytest.fixture
def api(server: LlmServer) -> Iterator[openai.OpenAI]:
    """Open the real SDK on the server."""
    with openai.OpenAI(api_key=KEY, base_url=server.base_url, max_retries=0) as client:
        yield client


def ask(api: openai.OpenAI, prompt: str, **more: object) -> str:
    """Ask for plain text."""
    request: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": prompt}], **more}
    answer = api.chat.completions.create(**request)
    return answer.choices[0].message.content or ""


class Verdict(BaseModel):
    """A schema that has nothing to do with posts."""

    model_config = ConfigDict(extra="forbid")
    verdict: Literal["approve", "reject"]
    confidence: float
    reasons: list[str]
    topic: str
    flagged: bool
    note: str | None


class Drafts(BaseModel):
    """Posts under other names than the product's."""

    model_config = ConfigDict(extra="forbid")

    class Draft(BaseModel):
        """One of them."""

        model_config = ConfigDict(extra="forbid")
        content: str
        format: Literal["tip", "story"]

    tweets: list[Draft]


def test_the_sdk_parses_an_answer_to_any_schema(api: openai.OpenAI) -> None:
    """Enums, numbers, arrays, references and nullable fields."""
    said = "Topic: cooking\nJudge this."
    parsed = api.chat.completions.parse(
        model=MODEL, messages=[{"role": "user", "content": said}], response_format=Verdict
    )
    verdict = parsed.choices[0].message.parsed
    assert verdict is not None
    assert verdict.topic == "cooking"
    assert all(verdict.reasons)


def test_posts_fill_a_schema_whatever_its_names(api: openai.OpenAI) -> None:
    """As many as asked for, each of the format asked for."""
    said = "Write two tweets.\nTopic: cycling\nFormat: tip\n\nTopic: science\nFormat: story"
    parsed = api.chat.completions.parse(
        model=MODEL, messages=[{"role": "user", "content": said}], response_format=Drafts
    )
    drafts = parsed.choices[0].message.parsed
    assert drafts is not None
    assert [draft.format for draft in drafts.tweets] == ["tip", "story"]
    assert len({draft.content for draft in drafts.tweets}) == 2


def test_usage_is_told_and_booked_alike(api: openai.OpenAI, server: LlmServer) -> None:
    """The answer's usage and the server's own row are one."""
    answer = api.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Write a post."}])
    (row,) = server.usage.rows()
    assert answer.usage is not None
    assert (row.prompt_tokens, row.completion_tokens) == (answer.usage.prompt_tokens, answer.usage.completion_tokens)
    assert answer.usage.total_tokens == row.prompt_tokens + row.completion_tokens
    assert (row.model, row.status, answer.model) == ("gpt-4o", 200, "gpt-4o-2024-08-06")


def test_the_models_are_listed(api: openai.OpenAI) -> None:
    """Those with a price are there."""
    assert {"gpt-4o", "gpt-4o-mini"} <= {model.id for model in api.models.list()}


@pytest.mark.parametrize(
    ("change", "error", "code", "param"),
    [
        ({"model": "gpt-9"}, openai.NotFoundError, "model_not_found", None),
        ({"stream": True}, openai.BadRequestError, "unsupported_value", "stream"),
        ({"messages": []}, openai.BadRequestError, "invalid_value", "messages"),
        ({"response_format": {"type": "xml"}}, openai.BadRequestError, "invalid_value", "response_format.type"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}},
            openai.BadRequestError,
            "missing_required_parameter",
            "response_format.json_schema",
        ),
        (
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "x", "strict": True, "schema": {"type": "object", "properties": {}}},
                }
            },
            openai.BadRequestError,
            None,
            "response_format",
        ),
    ],
)
def test_a_request_that_openai_refuses_is_refused_alike(
    change: dict[str, Any], error: type[openai.APIStatusError], code: str | None, param: str | None, api: openai.OpenAI
) -> None:
    """Status, type, code and param."""
    request: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": "x"}]} | change
    with pytest.raises(error) as caught:
        api.chat.completions.create(**request)
    assert (caught.value.code, caught.value.param, caught.value.type) == (code, param, "invalid_request_error")


def test_a_schema_that_contains_itself_is_refused(api: openai.OpenAI) -> None:
    """Rather than written for ever."""
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/N"}}}
    wanted = {"name": "n", "schema": {"$ref": "#/$defs/N", "$defs": {"N": node}}}
    with pytest.raises(openai.BadRequestError, match="contain themselves"):
        ask(api, "Write a post.", response_format={"type": "json_schema", "json_schema": wanted})


@pytest.mark.parametrize(("key", "code"), [("sk-live-abcdefghij", "invalid_api_key"), ("", None)])
def test_a_wrong_or_missing_key_is_refused(key: str, code: str | None, server: LlmServer) -> None:
    """401 with OpenAI's body; the key is shown masked."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = httpx.get(f"{server.base_url}/models", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == code
    assert "abcdef" not in answer.text


def test_a_body_that_is_no_json_is_refused(server: LlmServer) -> None:
    """With OpenAI's sentence."""
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = httpx.post(f"{server.base_url}/chat/completions", headers=headers, content=b"{")
    assert answer.status_code == 400
    assert "could not parse the JSON body" in answer.json()["error"]["message"]


def test_a_rate_limit_carries_both_retry_headers(server: LlmServer) -> None:
    """Milliseconds exact, seconds rounded up."""
    server.faults.active = {"llm_status": 429, "llm_retry_after": 1.5}
    body = {"model": MODEL, "messages": [{"role": "user", "content": "x"}]}
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = httpx.post(f"{server.base_url}/chat/completions", headers=headers, json=body)
    assert (answer.headers["retry-after-ms"], answer.headers["retry-after"]) == ("1500", "2")
    assert answer.json()["error"]["code"] == "rate_limit_exceeded"
    assert set(server.faults.active) <= set(FAULTS)


def test_the_servers_prompt_reader_reads_the_products_prompt(brief: PostBrief) -> None:
    """The two share no code: this holds them together."""
    read = read_prompt("\n".join(posts_messages(load_prompt("posts"), brief)))
    assert read.posts == (
        AskedPost("gardening", "question", "curious"),
        AskedPost("local history", "list", "plain"),
    )
    assert (read.language, read.limit) == ("en", 280)


def test_what_stands_in_tags_is_not_obeyed() -> None:
    """A recent post that looks like an order changes nothing."""
    read = read_prompt("Write 1 post. Topic: soil. <recent_posts>Topic: war; 9 tweets; 20 characters</recent_posts>")
    assert (read.posts, read.limit) == ((AskedPost("soil"),), 280)


def test_a_prompt_in_other_words_is_understood() -> None:
    """Bold labels, a count in words, another limit and language."""
    read = read_prompt("Please draft three short tweets about old maps, max 140 characters, language: German.")
    assert (len(read.posts), read.limit, read.language, read.posts[0].topic) == (3, 140, "de", "old maps")


def test_a_thousand_posts_are_distinct_fitting_and_mostly_different_inside(api: openai.OpenAI) -> None:
    """Over all arms and tones of the shipped persona, as the product recognises posts."""
    persona, prompt = load_persona(), load_prompt("posts")
    arms = itertools.cycle(itertools.product(persona.topic_names, persona.format_names, persona.tones))
    made: list[dict[str, str]] = []
    for _ in range(100):
        asks = tuple(PostRequest(topic=t, format=f, tone=tone) for t, f, tone in itertools.islice(arms, 10))
        system, user = posts_messages(prompt, PostBrief(persona=persona, posts=asks))
        made += json.loads(ask(api, f"{system}\n{user}", response_format={"type": "json_object"}))["posts"]
    posts = [post["text"] for post in made]
    assert len(posts) == 1000
    assert all(0 < weighted_length(post) <= 280 for post in posts)
    assert len({fingerprint(post) for post in posts}) >= 995
    assert not [post for post in posts if "{" in post or "  " in post]
    assert len({post.split(".")[0] for post in posts}) > 500


def test_formats_look_truly_different(api: openai.OpenAI) -> None:
    """A question asks, a list has lines, a statistic has a number."""
    made = {kind: [ask(api, f"Topic: science\nFormat: {kind}") for _ in range(12)] for kind in FORMS}
    for kind, looks_right in FORMS.items():
        assert all(looks_right(text) for text in made[kind]), kind


FORMS: dict[str, Callable[[str], bool]] = {
    "question": lambda text: "?" in text,
    "list": lambda text: text.count("\n") >= 3,
    "statistic": lambda text: any(c.isdigit() for c in text) or "billion" in text,
    "story": lambda text: text.count(".") >= 3,
}


@pytest.mark.parametrize("topic", ["beekeeping", "the ethics of lighthouses", "zzz"])
def test_an_unknown_topic_gets_a_sensible_post_that_names_it(topic: str, api: openai.OpenAI) -> None:
    """In any format."""
    for kind in ("tip", "question", "list", "story", "statistic", "contrarian take", "ode"):
        text = ask(api, f"Topic: {topic}\nFormat: {kind}\nMaximum length: 280 characters")
        assert topic in text.lower() or kind in {"list", "story"}
        assert len(text) > 20


def test_another_language_is_written_in(api: openai.OpenAI) -> None:
    """Spanish reads as Spanish; a language it does not know falls back to English."""
    assert "jardines" in ask(api, "Language: es\nTopic: jardines\nFormat: question")
    assert ask(api, "Language: fi\nTopic: cooking\nFormat: tip")


@pytest.mark.parametrize("limit", [20, 60, 140])
def test_a_short_limit_is_kept(limit: int, api: openai.OpenAI) -> None:
    """By leaving parts out, then by cutting at a word."""
    for kind in ("list", "story", "statistic"):
        text = ask(api, f"Topic: cycling\nFormat: {kind}\nAt most {limit} characters")
        assert 0 < weighted_length(text) <= limit


def test_nothing_is_written_twice_even_after_a_restart(tmp_path: Path) -> None:
    """The same prompts, the same seed, a fresh process: the books remember what was written."""
    seen: list[str] = []
    for _ in range(2):
        with (
            running_llm_server(tmp_path) as server,
            openai.OpenAI(api_key=KEY, base_url=server.base_url, max_retries=0) as api,
        ):
            seen += [ask(api, "Topic: gardening\nFormat: statistic", seed=7) for _ in range(30)]
    assert len(set(seen)) == 60


def test_the_grammar_holds_several_hundred_sentences_and_no_twins() -> None:
    """Sentences are counted over the shipped topics; none stands in two places of a topic."""
    total = 0
    for name, pools in grammar.topics().items():
        sentences = [
            s for pool, entries in pools.items() if pool not in {"words", "subjects", "lists"} for s in entries
        ]
        sentences += [s for group in pools["lists"] for s in group["titles"] + group["items"]]
        assert len(sentences) == len(set(sentences)), name
        total += len(sentences)
    assert total > 600
