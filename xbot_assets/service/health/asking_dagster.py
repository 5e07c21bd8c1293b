"""Questions to Dagster's web server, as its own pages ask them."""

from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure

REMEDY = "See .xbot/logs/daemon.log and .xbot/logs/web.log."
Answer = TypeVar("Answer")


def ask_dagster(
    web_url: str,
    token: str | None,
    seconds: float,
    query: str,
    read: Callable[[dict[str, Any]], Answer],
    variables: dict[str, Any] | None = None,
) -> Answer:
    """Return what ``read`` makes of the answer's data; ``token`` is the one that the pages ask for, if they do.

    Raises:
        TransientFailure: ``unreachable`` when the web server does not answer within ``seconds``.
        PermanentFailure: ``bad_answer``.
    """
    try:
        tls = web_url.startswith("https:")  # to load the certificates of all authorities costs 7 MB
        login = {"Authorization": f"Bearer {token}"} if token else {}
        with httpx.Client(headers=login, timeout=seconds, trust_env=False, verify=tls) as client:
            answer = client.post(f"{web_url}/graphql", json={"query": query, "variables": variables or {}})
        return read(answer.raise_for_status().json()["data"])
    except httpx.HTTPError as error:
        reason = f"The Dagster UI does not answer ({type(error).__name__})."
        raise TransientFailure(reason, code=FailureCode.UNREACHABLE, remedy=REMEDY) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise PermanentFailure(
            "The Dagster UI answers nonsense.", code=FailureCode.BAD_ANSWER, remedy=REMEDY
        ) from error
