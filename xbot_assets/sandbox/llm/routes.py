"""The HTTP face of the server: ``POST /v1/chat/completions`` and ``GET /v1/models``, for mounting in an app."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from xbot_assets.sandbox.llm import errors
from xbot_assets.sandbox.llm.completion import (
    MODELS,
    SHUTDOWN_DATES,
    CompletionRequest,
    answer,
    dice_of,
    posts_as_json,
    prompt_tokens,
    spoiled,
)
from xbot_assets.sandbox.llm.cutting import CutResponse
from xbot_assets.sandbox.llm.dialects.speaking import Asked, as_bytes, speak
from xbot_assets.sandbox.llm.dialects.table import DIALECTS
from xbot_assets.sandbox.llm.faults import ActiveFaults, FaultDice, FaultSource
from xbot_assets.sandbox.llm.usage import UsageLog
from xbot_assets.sandbox.llm.writer import Writer

KEY_PREFIX = "sk-sandbox"
"""Any bearer key that begins so is accepted."""
_MODELS_CREATED = 1_715_367_049
"""A fixed date in the past, as the real list gives; nothing reads it."""

Handler = Callable[[Request], Awaitable[Response]]


def llm_routes(usage: UsageLog, faults: FaultSource, now: Callable[[], datetime]) -> list[Route]:
    """Return the routes. ``now`` gives the sandbox's time, aware; it dates answers and usage rows."""
    server = _Server(usage, faults, now)
    return [
        Route("/v1/chat/completions", _refusing(server.complete), methods=["POST"]),
        Route("/v1/models", _refusing(_models), methods=["GET"]),
    ]


def _refusing(handler: Handler) -> Handler:
    """Check the key, and turn a refusal into its HTTP answer."""

    async def checked(request: Request) -> Response:
        try:
            _check_key(request)
            return await handler(request)
        except errors.ApiError as refusal:
            return refusal.response()

    return checked


def _check_key(request: Request) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise errors.no_key()
    if not key.startswith(KEY_PREFIX):
        raise errors.bad_key(key)


async def _models(_request: Request) -> Response:
    same = {"object": "model", "created": _MODELS_CREATED, "owned_by": "system"}
    data = [{"id": name, **same, "shutdown_date": SHUTDOWN_DATES.get(name)} for name in MODELS]
    return JSONResponse({"object": "list", "data": data})


class _Server:
    """The completions handler with what it needs."""

    def __init__(self, usage: UsageLog, faults: FaultSource, now: Callable[[], datetime]) -> None:
        self._usage, self._dice, self._now = usage, FaultDice(faults), now
        self._writer = Writer(usage.is_new_text)

    async def complete(self, request: Request) -> Response:
        """Answer a completion request and book it, refused or not, also when its client has left meanwhile."""
        raw = await request.body()
        asked = _parsed(raw)
        active = self._dice.draw()
        await asyncio.sleep(active.delay_seconds)
        try:
            _refuse_if_told(active, asked.model)
            if active.dialect:
                return self._in_dialect(asked, json.loads(raw), active)
            done = answer(asked, self._writer, self._usage, active, self._now())
        except errors.ApiError as refusal:
            self._usage.add(asked.model, (0, 0), self._now(), refusal.status)
            raise
        self._usage.add(asked.model, (done.prompt_tokens, done.completion_tokens), self._now(), HTTPStatus.OK)
        body = json.dumps(done.body, ensure_ascii=False).encode()
        body = spoiled(body) if active.is_struck("llm_garbage") and active.value == "body" else body
        kind = CutResponse if active.is_struck("llm_cut") else Response
        return kind(body, media_type="application/json")

    def _in_dialect(self, request: CompletionRequest, sent: Mapping[str, Any], active: ActiveFaults) -> Response:
        """Answer as another server does, and book what it bills."""
        dice = dice_of(request, self._usage)
        asked = Asked(sent, prompt_tokens(request), self._usage.count(), self._now())
        spoken = speak(
            DIALECTS[active.dialect],
            asked,
            lambda: posts_as_json(request, self._writer, self._usage, active, dice),
            dice,
        )
        self._usage.add(request.model, spoken.billed, self._now(), spoken.status)
        return Response(as_bytes(spoken.body), spoken.status, media_type="application/json")


def _refuse_if_told(active: ActiveFaults, model: str) -> None:
    if active.is_struck("llm_insufficient_quota"):
        raise errors.insufficient_quota(active.retry_after)
    if active.is_struck("llm_status"):
        raise errors.status_error(int(str(active.value)), active.retry_after)
    if active.is_struck("llm_unknown_model"):
        raise errors.unknown_model(model)


def _parsed(body: bytes) -> CompletionRequest:
    try:
        return CompletionRequest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        message = "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload."
        raise errors.bad_parameter(message, None)
    if first["type"] == "missing":
        raise errors.bad_parameter(f"Missing required parameter: '{where}'.", where, "missing_required_parameter")
    raise errors.bad_parameter(f"Invalid value for '{where}': {first['msg']}.", where, "invalid_value")
