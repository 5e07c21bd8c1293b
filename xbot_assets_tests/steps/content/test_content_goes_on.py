"""Content goes on while the language model fails, in simulated time; ``benchmarks/content_faults.py`` plays longer."""

import pytest

from xbot_assets.testing.content.faults import alone, gone, kept, mixed


@pytest.mark.parametrize("fault", ["401", "insufficient_quota"])
def test_half_a_day_of_one_failure_costs_no_post_and_ends_by_itself(fault: str) -> None:
    """The cadence is kept from the pool and the templates; the failure is booked as what it is."""
    figures = alone(fault)
    assert not [words for words, holds in kept(figures).items() if not holds], figures


@pytest.mark.soak
def test_a_day_of_mixed_failures_keeps_the_cadence_and_every_gate() -> None:
    """Three requests of ten fail in one way or another."""
    figures = mixed(days=1)
    assert not [words for words, holds in kept(figures).items() if not holds], figures


@pytest.mark.soak
def test_hours_without_the_api_are_filled_from_the_pool_and_then_it_writes_again() -> None:
    """Nobody listens at the API's address."""
    figures = gone(hours=8)
    assert figures["sources_during"].get("pool")
    assert not [words for words, holds in kept(figures).items() if not holds], figures
