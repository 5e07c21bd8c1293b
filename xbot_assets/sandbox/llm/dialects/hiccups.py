"""What goes wrong now and then at some servers, in their own shapes; each is told how many requests came before."""

from xbot_assets.sandbox.llm.dialects.said import Body, Said

Hiccup = tuple[int, Body, tuple[int, int]]
"""Status, body, and the tokens that are billed for it: of the prompt and of the answer."""


def never(said: Said, body: Body) -> Hiccup | None:
    """All is well."""
    del said, body
    return None


def openrouter(said: Said, body: Body) -> Hiccup | None:
    """Another server failed behind this one: an error with status 200, not billed."""
    del body
    if said.number % 7 != 3:  # noqa: PLR2004 - now and then
        return None
    metadata = {"raw": '{"error":"upstream timed out"}', "provider_name": "Example"}
    return 200, {"error": {"message": "Provider returned error", "code": 502, "metadata": metadata}}, (0, 0)


def deepseek(said: Said, body: Body) -> Hiccup | None:
    """The machine gave up in the middle; billed as far as it came."""
    if said.number % 9 != 5:  # noqa: PLR2004 - now and then
        return None
    choice = body["choices"][0]
    choice["finish_reason"] = "insufficient_system_resource"
    choice["message"]["content"] = said.text[: len(said.text) // 2]
    return 200, body, (said.prompt, said.written + said.thought)


def gemini(said: Said, body: Body) -> Hiccup | None:
    """The prompt was blocked: no choices, and the prompt is billed."""
    if said.number % 9 != 4:  # noqa: PLR2004 - now and then
        return None
    usage = {"prompt_tokens": said.prompt, "total_tokens": said.prompt}
    return 200, body | {"choices": None, "usage": usage}, (said.prompt, 0)


def anthropic(said: Said, body: Body) -> Hiccup | None:
    """Overloaded: a status that only Anthropic has."""
    del body
    if said.number % 9 != 4:  # noqa: PLR2004 - now and then
        return None
    return 529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, (0, 0)
