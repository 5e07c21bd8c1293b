"""The browser lanes: who goes first when slots are short."""

from enum import StrEnum


class Lane(StrEnum):
    """Critical has a slot of its own; high and low share one each."""

    CRITICAL = "critical"
    """Publishing posts and replies: priority 0."""
    HIGH = "high"
    """Metrics and harvest: priority 1."""
    LOW = "low"
    """Scraping and analysis: priorities 2 to 10."""
