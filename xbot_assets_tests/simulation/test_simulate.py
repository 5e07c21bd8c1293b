"""``xbot simulate``: seeds alone decide, policies are what they say, and what is compared is paired."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from xbot_assets.cli.app import app
from xbot_assets.cli.entry import EXIT_FAILED
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.learning.bandit import (
    Arm,
    Choice,
    Observed,
    draw_arms,
    expected_rewards,
    in_test,
    learn,
    version_chances,
)
from xbot_assets.llm.persona import load_persona
from xbot_assets.sandbox.people.hard_audience import HardReaders
from xbot_assets.settings import Settings
from xbot_assets.simulation.champions import Champions
from xbot_assets.simulation.measures import between, by_day, means, ratio, recovery, recovery_days
from xbot_assets.simulation.names import PolicyName
from xbot_assets.simulation.plots import draw
from xbot_assets.simulation.policies import Fixed, Measured, Ours
from xbot_assets.simulation.setup import BEGINS, Setup, life_of, live, setup_from
from xbot_assets.simulation.study import study
from xbot_assets.simulation.table import as_text
from xbot_assets.steps.learning.evidence import Known, gains_of_rules
from xbot_assets.store.learning.comparisons import VersionAt

DAYS, PACE = 9, 6


def a_setup(audience: str = "hard", **options: object) -> Setup:
    """Return a short life at six posts a day."""
    chosen = {"audience": audience, "days": DAYS, "posts_a_day": PACE, **options}
    return setup_from(Settings(), load_persona(), **chosen)  # type: ignore[arg-type]


def test_a_seed_is_a_life(tmp_path: Path) -> None:
    """Whoever chooses, the same seed has the same readers and slots; played again it is the same life."""
    del tmp_path
    ours = live(a_setup(), PolicyName.OURS, 3)
    assert ours == live(a_setup(), PolicyName.OURS, 3)
    random = live(a_setup(), PolicyName.RANDOM, 3)
    assert len(ours.posts) == len(random.posts) == DAYS * PACE
    times = [[post.published.exposure.created_at for post in life.posts] for life in (ours, random)]
    assert times[0] == times[1] == sorted(times[0])
    assert [post.arm for post in ours.posts] != [post.arm for post in random.posts]
    assert live(a_setup(), PolicyName.RANDOM, 4) != random


def in_a_process_of_its_own(home: Path, hash_seed: str) -> dict[str, Any]:
    """Return what the command prints where sets and dictionaries of words are ordered by another seed."""
    words = ["simulate", "--days", "9", "--seed", "3", "--posts-a-day", "6", "--turn-day", "4", "--json"]
    words += ["--policy", "ours", "--policy", "random"]
    code = "from xbot_assets.cli import main; main()"
    environment = os.environ | {"XBOT_HOME": str(home), "PYTHONHASHSEED": hash_seed}
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code, *words], env=environment, capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def test_the_same_seed_gives_the_same_result_in_every_process(tmp_path: Path) -> None:
    """Nothing of it hangs on the order of a set: what one person sees, another sees again, to the last digit."""
    first, again = (in_a_process_of_its_own(tmp_path, one) for one in ("1", "2"))
    assert first == again
    assert first["results"]


def test_what_a_post_says_of_a_test_does_not_change_with_those_after_it() -> None:
    """So posts may be weighed as they come: one after the other they give what all at once give."""
    setup, rng = a_setup(), np.random.default_rng(4)
    known: Known = {}
    for number in (1, 2):
        taught = learn(setup.start, [Observed(arm, float(rng.random())) for arm in setup.arms])
        known[number] = (taught, version_chances(taught, number), expected_rewards(taught))
    chances = in_test(known[1][1], known[2][1], 0.5)
    times = [BEGINS + number * timedelta(hours=3) for number in range(9)]
    champion, challenger = ({at: VersionAt(at, number, {}) for at in times} for number in known)
    posts = [
        Measured(n, draw_arms(setup.arms, chances, 1, rng).chosen[0], None, at, at, float(rng.random())).compared()
        for n, at in enumerate(times)
    ]
    at_once = gains_of_rules(posts, champion, challenger, known).values
    one_by_one = [gains_of_rules([post], champion, challenger, known).values for post in posts]
    assert np.concatenate(one_by_one) == pytest.approx(at_once, rel=1e-12)
    assert np.ptp(at_once) > 0


def test_the_best_fixed_arm_is_the_best_in_hindsight() -> None:
    """No other arm alone would have been expected to earn more."""
    few = replace(a_setup(), arms=a_setup().arms[:4])
    best = live(few, PolicyName.BEST_FIXED, 2)
    assert {post.arm for post in best.posts} == {best.fixed_arm}
    lives = [life_of(few, Fixed(arm), 2) for arm in few.arms]
    totals = [sum(post.published.expected for post in life.posts) for life in lives]
    assert sum(post.published.expected for post in best.posts) == pytest.approx(max(totals))


def test_without_learning_the_bandit_stays_at_its_prior() -> None:
    """About equally many posts of each topic, also at the end."""
    posts = live(a_setup(days=20), PolicyName.NO_LEARNING, 5).posts
    topics = [post.arm.topic for post in posts]
    counts = [topics.count(topic) for topic in sorted(set(topics))]
    assert len(counts) == 6
    assert min(counts) > 0.4 * len(posts) / 6


def test_the_kind_audience_is_learned() -> None:
    """In fourteen days, on two seeds taken together, more per view than at random by a clear amount."""
    result = study(a_setup("kind", days=14), [PolicyName.OURS, PolicyName.RANDOM], range(2))
    (uplift,) = result.uplifts
    assert uplift.against is PolicyName.RANDOM
    assert uplift.expected_rate.ratio > 1.05
    assert uplift.expected_rate.seeds == 2


def champions(learned_from: int = 1000) -> Champions:
    """Return champions that have learned nothing yet."""
    setup = a_setup()
    return Champions(setup.start, "steady", replace(setup.changes, learned_from=learned_from))


def test_training_step_by_step_is_training_anew() -> None:
    """Also when only the newest outcomes are learned from."""
    rng = np.random.default_rng(1)
    arms = a_setup().arms
    posts = [
        Measured(n, Choice(arms[int(rng.integers(30))], 0.1, {}), None, BEGINS, BEGINS, float(rng.random()))
        for n in range(80)
    ]
    small, whole = champions(learned_from=50), champions(learned_from=1000)
    for start in range(0, 80, 8):
        Ours(small).learn(posts[start : start + 8], BEGINS)
    Ours(whole).learn(posts[30:], BEGINS)
    for rule, posterior in whole.posteriors().items():
        np.testing.assert_allclose(small.posteriors()[rule].precision, posterior.precision, rtol=1e-9)


def test_a_ratio_is_paired_and_has_an_interval_from_two_seeds_on() -> None:
    """Seeds differ tenfold, and the ratio is the same on each: no doubt is left."""
    one = ratio([2.0, 20.0, 200.0], [1.0, 10.0, 100.0])
    assert [one.ratio, one.low, one.high] == pytest.approx([2, 2, 2])
    assert ratio([2.0], [1.0]).low is None
    # By hand: logs 0 and log 4, mean log 2, t of one degree 12.7062, deviation log(4)/sqrt 2.
    wide = ratio([1.0, 4.0], [1.0, 1.0])
    assert wide.high == pytest.approx(2 * 4 ** (12.7062 / 2), rel=1e-3)


def test_days_and_recovery_are_counted_from_the_beginning() -> None:
    """The last week is the last seven days; half of the gain must be back for three days."""
    posts = live(a_setup(), PolicyName.RANDOM, 1).posts
    assert len(between(posts, BEGINS, 2, 9)) == means(between(posts, BEGINS, 2, 9)).posts
    assert by_day(posts, BEGINS, DAYS).shape == (DAYS,)
    gains = np.array([0.2] * 10 + [-0.2] * 4 + [0.15] * 6)
    assert recovery_days(gains, 10) == 4
    assert recovery_days(gains[:14], 10) is None
    with pytest.raises(ValueError, match="No post"):
        means([])


def test_a_recovery_has_an_interval_over_seeds() -> None:
    """Seeds that agree leave no doubt; one that never recovers among four leaves much; one alone has no interval."""
    quick = [0.2] * 10 + [-0.2] * 4 + [0.15] * 6
    never = [0.2] * 10 + [-0.6] * 10
    agreed = recovery(np.array([quick] * 4), 10)
    assert (agreed.days, agreed.low, agreed.high, agreed.within) == (4, 4, 4, 1.0)
    torn = recovery(np.array([quick, quick, quick, never]), 10)
    assert torn.days is None
    assert (torn.low, torn.high) == (4, None)
    # By hand: the mean is back in time only when none of the four drawn seeds is the one that never recovers.
    assert torn.within == pytest.approx(0.75**4, abs=0.03)
    assert recovery(np.array([quick]), 10).low is None


def test_still_readers_have_no_drift_and_others_do() -> None:
    """What stays is the same for both."""
    drifting, still = (replace(a_setup(), still=one).readers(3) for one in (False, True))
    tastes = [readers.hard_taste for readers in (drifting, still) if isinstance(readers, HardReaders)]
    assert len(tastes) == 2
    assert len({tastes[1].topics["cooking"].at(days) for days in range(300)}) == 1
    assert len({tastes[0].topics["cooking"].at(days) for days in range(300)}) == 300
    assert tastes[0].topics["cooking"].stays == tastes[1].topics["cooking"].stays


def test_the_command_prints_one_document_and_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As JSON, with the uplift over each policy that was played."""
    monkeypatch.setenv("XBOT_HOME", str(tmp_path / ".xbot"))
    words = ["simulate", "--days", "8", "--seed", "2", "--seeds", "2", "--posts-a-day", "2", "--json"]
    words += ["--policy", "ours", "--policy", "random", "--turn-day", "4", "--plot", str(tmp_path / "plots")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert [one["seed"] for one in document["results"]] == [2, 2, 3, 3]
    assert [one["against"] for one in document["uplifts"]] == ["random"]
    assert document["recovery"]["seeds"] == 2
    assert sorted(path.name for path in (tmp_path / "plots").iterdir()) == [
        "simulated_days.png",
        "simulated_uplift.png",
    ]
    assert CliRunner().invoke(app, ["simulate", "--days", "8", "--turn-day", "8"]).exit_code not in {0, EXIT_FAILED}


@pytest.mark.parametrize("audience", ["hard", "kind"])
def test_every_policy_plays_on_every_audience(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audience: str) -> None:
    """Also without any named: all four, ours beside each of the others, and the arm that was best."""
    monkeypatch.setenv("XBOT_HOME", str(tmp_path / ".xbot"))
    words = ["simulate", "--days", "3", "--seeds", "2", "--posts-a-day", "2", "--audience", audience, "--json"]
    done = CliRunner().invoke(app, [*words, "--plot", str(tmp_path / "plots")])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert [one["policy"] for one in document["results"]] == 2 * [str(name) for name in PolicyName]
    assert [one["against"] for one in document["uplifts"]] == ["random", "best-fixed", "no-learning"]
    assert [one["fixed_arm"] is not None for one in document["results"]] == 2 * [False, False, True, False]
    assert document["audience"] == audience
    assert document["recovery"] is None
    assert {uplift["expected"]["low"] is not None for uplift in document["uplifts"]} == {True}
    assert len(list((tmp_path / "plots").iterdir())) == 2


def test_a_study_reads_as_text_and_a_plot_s_folder_must_be_writable(tmp_path: Path) -> None:
    """With one seed there is no interval; a file where the folder should be is a sentence."""
    result = study(a_setup(), [PolicyName.OURS, PolicyName.RANDOM], [1])
    assert "ours over random" in as_text(result)
    (tmp_path / "taken").write_text("")
    with pytest.raises(PermanentFailure, match="cannot be written"):
        draw(result, tmp_path / "taken")


def test_the_chances_of_a_champion_s_own_posts_are_those_it_drew_with() -> None:
    """What is weighed is what was recorded."""
    own, rng = champions(), np.random.default_rng(3)
    own.train([])
    drawn, version = own.draw(2, rng, BEGINS)
    assert version is not None
    chances = version_chances(own.posteriors()["steady"], version)
    again = draw_arms(own.posteriors()["steady"].arms, chances, 2, np.random.default_rng(3))
    assert [one.arm for one in drawn.chosen] == [one.arm for one in again.chosen]
    first = drawn.chosen[0]
    assert isinstance(first.arm, Arm)
    assert first.propensity == pytest.approx(first.chances[first.arm.topic][first.arm.format])
