"""The report of what was learned: numbers behind each word, and sentences about what is missing."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from xbot_assets.cli.learn import commands
from xbot_assets.cli.learn.page import page
from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.learning.bandit import Arm
from xbot_assets.domain.learning.insights import Finding
from xbot_assets.steps.learning.promotion import promote_newest
from xbot_assets.steps.learning.report import learning_report
from xbot_assets.steps.learning.report_words import in_short
from xbot_assets.steps.learning.training import compute_outcomes, train_bandit, train_predictor
from xbot_assets.steps.product import Product
from xbot_assets.store.clock import set_line
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.steps.learning.measured_posts import Measurable, publish_measured
from xbot_assets_tests.steps.unheard import writing_product

START = datetime(2026, 7, 1, 6, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE_FILE = os.environ.get("TEST_REPORT_PAGE")
"""Where the page of a lively account is kept, to be looked at."""
MARKUP = 'A <b>bold</b> claim & "quotes"'


@pytest.fixture
def product(settings_for: SettingsFor, tmp_path: Path) -> Iterator[Product]:
    """A product owned by somebody in Berlin."""
    with writing_product(settings_for, tmp_path, timezone="Europe/Berlin", outcome_age_hours=6) as (opened, _):
        at(opened, START)
        yield opened


def at(product: Product, when: datetime) -> None:
    """Set the product's clock."""
    set_line(product.database, ClockLine(system_now(), when))
    product.clock.refresh()


def live(product: Product, count: int, seed: int = 1) -> None:
    """Let posts about gardening be liked twice as often, questions two thirds as often, and learn from all."""
    persona, rng = product.account.persona, np.random.default_rng(seed)
    posts = []
    for number in range(count):
        arm = Arm(str(rng.choice(persona.topic_names)), str(rng.choice(persona.format_names)))
        views = int(rng.lognormal(6.5, 1.0)) + 50
        rate = 0.03 * (2 if arm.topic == "gardening" else 1) * (0.65 if arm.format == "question" else 1)
        likes = int(rng.poisson(views * rate * rng.gamma(6, 1 / 6)))
        text = f"{MARKUP} number {number} about {arm.topic}, as a {arm.format}."
        posts.append(Measurable(arm, text, START + number * 3 * HOUR, likes, views, str(rng.choice(persona.tones))))
    publish_measured(product, posts)
    at(product, START + count * 3 * HOUR + 2 * DAY)
    while compute_outcomes(product):
        pass
    train_bandit(product)
    train_predictor(product)
    promote_newest(product)


def test_an_account_without_posts_is_told_what_is_missing(product: Product) -> None:
    """And nothing else."""
    report = learning_report(product.account)
    assert report.missing == ("No post was published yet: a report needs posts that were read.",)
    assert (report.posts, report.insights, report.rare_arms, report.tests) == (0, (), (), ())
    assert all(cell.over_usual is None for cell in report.hours)
    assert "No post was published yet" in page(report)


def test_posts_without_outcomes_are_counted_by_what_they_lack(product: Product) -> None:
    """Too young, and never seen with views."""
    publish_measured(
        product,
        [
            Measurable(Arm("science", "tip"), "unseen", START, 3, None),
            Measurable(Arm("science", "list"), "seen", START + HOUR, 3, 90),
            Measurable(Arm("science", "story"), "young", START + 47 * HOUR, 3, 90),
        ],
    )
    at(product, START + 2 * DAY)
    compute_outcomes(product)
    told = " ".join(learning_report(product.account).missing)
    assert "1 of 3 published posts have an outcome" in told
    assert "1 posts are younger than 6 hours; the next is at 2026-07-03 13:00." in told
    assert "1 posts never showed views: their engagement cannot be told, and is not guessed." in told


def test_what_works_is_told_with_posts_interval_and_examples(product: Product) -> None:
    """Twice the liking lies in the interval; nothing that makes no difference is called better or worse."""
    live(product, 160)
    report = learning_report(product.account)
    said = {(one.factor, one.level): one for one in report.insights}
    garden, question = said["topic", "gardening"], said["format", "question"]
    assert (garden.finding, question.finding) == (Finding.BETTER, Finding.WORSE)
    assert garden.low < 2 < garden.high
    assert question.low < 0.65 < question.high
    assert [one.over_usual for one in garden.examples] == sorted((e.over_usual for e in garden.examples), reverse=True)
    assert all("about gardening" in one.text for one in garden.examples)
    assert {one.level for one in report.insights if one.finding is not Finding.CANNOT_TELL} == {"gardening", "question"}
    assert report.posts == 160
    assert report.posts_a_day == pytest.approx(8, abs=0.1)
    assert [one.days for one in report.groups_provable] == [30, 90]
    assert len(report.hours) == 7 * 24
    assert sum(cell.posts for cell in report.hours) == 160
    assert not [cell for cell in report.hours if cell.over_usual is not None and cell.posts < report.group_min]
    assert report.missing == ()
    lines = list(in_short(report))
    assert lines[0] == f"@{report.handle}: 160 posts with an outcome."
    assert any(line.startswith("Works: posts about gardening, +") for line in lines)
    if PAGE_FILE:
        Path(PAGE_FILE).write_text(page(report), encoding="utf-8")


def test_the_page_asks_nobody_and_escapes_what_posts_say(product: Product) -> None:
    """No script, style sheet, font or picture from anywhere; links lead to posts alone."""
    live(product, 40)
    report = learning_report(product.account)
    html = page(report)
    assert set(re.findall(r'(?:src|href)="([^"]*)"', html)) <= {e.url for one in report.insights for e in one.examples}
    assert not re.findall(r"<script|<link|@import|url\(", html)
    assert "<b>bold</b>" not in html
    assert "A &lt;b&gt;bold&lt;/b&gt; claim" in html
    assert json.loads(json.dumps(asdict(report), default=str))["posts"] == 40


def test_examples_lead_to_posts_on_the_target_and_nowhere_else(product: Product) -> None:
    """Permalinks are stored without the site, as the composer tells them."""
    account = product.account
    site = account.settings.target_url or "https://x.com"
    assert account.address("/me/status/91") == f"{site}/me/status/91"
    assert account.address(f"{site}/me/status/91") == f"{site}/me/status/91"
    assert [account.address(link) for link in (None, "", "//evil.example/1", "javascript:alert(1)")] == [None] * 4


def test_a_post_of_the_owner_s_has_no_topic_to_speak_of(product: Product) -> None:
    """It counts for the hours alone."""
    texts = [f"By hand, number {number}" for number in range(12)]
    hand = Arm("manual", "manual")
    posts = [Measurable(hand, text, START + n * HOUR, n, 100, source="manual") for n, text in enumerate(texts)]
    publish_measured(product, posts)
    at(product, START + 2 * DAY)
    compute_outcomes(product)
    report = learning_report(product.account)
    assert report.posts == 12
    assert {one.factor for one in report.insights} <= {"time", "day"}


def test_the_command_writes_the_page_or_prints_the_document(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the home unless a file is named; one that cannot be written is a sentence."""
    monkeypatch.setattr(commands, "settings_now", lambda: product.settings)
    done = CliRunner().invoke(commands.commands, ["report"])
    assert done.exit_code == 0, done.output
    assert "No post was published yet" in done.stdout
    assert (product.settings.home / commands.PAGE_NAME).read_text("utf-8").startswith("<!doctype html>")
    done = CliRunner().invoke(commands.commands, ["report", "--json"])
    assert json.loads(done.stdout)["missing"] == list(learning_report(product.account).missing)
    done = CliRunner().invoke(commands.commands, ["report", "--out", str(tmp_path)])
    assert isinstance(done.exception, PermanentFailure)
    assert done.exception.code == FailureCode.CANNOT_WRITE_REPORT
