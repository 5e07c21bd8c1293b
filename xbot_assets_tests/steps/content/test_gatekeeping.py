"""Every judgement is stored, counted, and made with the product's own history."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import openai
import pytest

from xbot_assets.domain.gates.chain import GATES
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.llm.briefs import PostRequest
from xbot_assets.steps.content.gatekeeping import MODERATION_ALERT, gate_report, judge_for, moderation_gate
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.content.gates import recent_refusals
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.steps.unheard import move, writing_product

TIP = PostRequest(topic="cooking", format="tip")
KNIFE = "A knife is most dangerous when it is blunt, because you push."
REWORDED = "Blunt knives are the dangerous ones: you end up pushing harder."
BREAD = "Cut the bread only when it is cold; a hot loaf is still cooking inside."


@pytest.fixture
def product(settings_for: SettingsFor, tmp_path: Path) -> Iterator[Product]:
    """A product that can write."""
    with writing_product(settings_for, tmp_path) as (opened, _):
        yield opened


def queue(product: Product, text: str) -> None:
    """Queue a post now."""
    now = product.clock.now()
    post_store.enqueue_posts(
        product.database, [NewPost(text=text, topic="cooking", format="tip", scheduled_at=now)], now
    )


def test_a_text_that_says_what_waits_in_the_queue_is_refused_and_kept_for_the_owner(product: Product) -> None:
    """With gate, reason, purpose and model; the reason holds no word of it."""
    queue(product, KNIFE)
    refusal = judge_for(product, "plan", model="gpt-4o-mini").refusal(REWORDED, TIP)
    assert refusal is not None
    (row,) = recent_refusals(product.database, 10)
    assert (row["gate"], row["text"], row["purpose"], row["model"]) == (
        "near_duplicate",
        REWORDED,
        "plan",
        "gpt-4o-mini",
    )
    assert row["reason"] == refusal.reason


def test_two_of_one_batch_may_not_say_the_same(product: Product) -> None:
    """What passed belongs to the history at once."""
    judge = judge_for(product, "plan")
    assert judge.refusal(KNIFE, TIP) is None
    refusal = judge.refusal(REWORDED, TIP)
    assert refusal is not None
    assert refusal.gate == "near_duplicate"


def test_after_ninety_days_it_may_be_said_again(product: Product) -> None:
    """The history ends where the setting says."""
    queue(product, KNIFE)
    move(product, timedelta(days=89))
    assert judge_for(product, "plan").refusal(KNIFE, TIP) is not None
    move(product, timedelta(days=2))
    assert judge_for(product, "plan").refusal(KNIFE, TIP) is None


def test_the_report_counts_by_gate_and_by_day(product: Product) -> None:
    """Every gate is there, in the chain's order, those that refused nothing too."""
    judge = judge_for(product, "plan")
    for text in (BREAD, KNIFE, "So true.", "The town oven has its own page: https://example.com/bread"):
        judge.refusal(text, TIP)
    report = gate_report(product)
    assert (report.judged, report.refused) == (4, 2)
    assert list(report.by_gate) == list(GATES)
    assert {gate for gate, count in report.by_gate.items() if count} == {"substance", "links"}
    assert sum(share for _, share in report.by_day) == pytest.approx(0.5 * len(report.by_day))


def test_further_gates_are_asked_after_the_chain(product: Product) -> None:
    """Only for a text that the chain lets through."""
    asked: list[str] = []
    judge = judge_for(product, "plan", further=[asked.append])
    judge.refusal("So true.", TIP)
    judge.refusal(BREAD, TIP)
    assert asked == [BREAD]


class _Moderation(BaseHTTPRequestHandler):
    """Answers as OpenAI's reference documents the endpoint; flags texts with the word "harm"."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        flagged = "harm" in body["input"]
        names = ("harassment", "hate", "illicit", "self-harm", "sexual", "violence")
        result = {
            "flagged": flagged,
            "categories": {name: flagged and name == "violence" for name in names},
            "category_scores": dict.fromkeys(names, 0.0),
            "category_applied_input_types": {name: ["text"] for name in names},
        }
        answer = json.dumps({"id": "modr-1", "model": body["model"], "results": [result]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@pytest.fixture
def moderation_url() -> Iterator[str]:
    """A server with the moderation endpoint's documented answers: the real one needs the owner's key."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Moderation) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        thread.join()


def test_the_moderation_service_is_a_gate_when_there_is_one(product: Product, moderation_url: str) -> None:
    """What it flags is refused by the safety gate, with its own category."""
    with openai.OpenAI(api_key="sk-test", base_url=moderation_url, max_retries=0) as api:
        judge = judge_for(product, "plan", further=[moderation_gate(product, api)])
        assert judge.refusal(BREAD, TIP) is None
        refusal = judge.refusal("Slugs do no harm to nettles, so grow a corner of them.", TIP)
    assert refusal is not None
    assert (refusal.gate, "violence" in refusal.reason) == ("safety", True)


def test_a_dead_moderation_service_is_alerted_and_does_not_stop_content(product: Product) -> None:
    """The local rules judge alone meanwhile."""
    with openai.OpenAI(api_key="sk-test", base_url="http://127.0.0.1:9/v1", max_retries=0) as api:
        judge = judge_for(product, "plan", further=[moderation_gate(product, api)])
        assert judge.refusal(BREAD, TIP) is None
    assert [found.key for found in open_alerts(product.database)] == [MODERATION_ALERT]
