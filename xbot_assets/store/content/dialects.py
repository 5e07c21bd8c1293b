"""What the language model's servers were found to take, for every process: implements ``llm.servers.DialectMemory``."""

from dataclasses import asdict, dataclass

from xbot_assets.domain.budget.dialects import Dialect
from xbot_assets.domain.clock import Clock
from xbot_assets.store.engine.database import Database


@dataclass(frozen=True, slots=True)
class DatabaseDialects:
    """The rows of one account of an API."""

    database: Database
    account: str
    clock: Clock

    def recall(self, model: str) -> Dialect | None:
        """Return what was remembered of a model."""
        return self.database.fetch_row(Dialect, "recall_dialect", account=self.account, model=model)

    def remember(self, model: str, dialect: Dialect) -> None:
        """Keep what was learned."""
        self.database.execute(
            "remember_dialect", account=self.account, model=model, now=self.clock.now(), **asdict(dialect)
        )

    def forget(self, model: str) -> None:
        """Begin anew with a model."""
        self.database.execute("forget_dialect", account=self.account, model=model)
