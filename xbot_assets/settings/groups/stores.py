"""The database and the cache."""

from pydantic import BaseModel, Field


class StoreSettings(BaseModel):
    """The database and the cache."""

    # database
    database_pool_max: int = Field(10, ge=1, le=100, description="Most connections of one process.")
    database_idle_seconds: float = Field(30, ge=1, le=3600, description="Idle connections close after this.")
    database_connect_seconds: float = Field(10, ge=1, le=60, description="Wait for a connection at most this.")
    slow_query_seconds: float = Field(5, gt=0, le=600, description="A statement slower than this is reported.")
    database_leak_seconds: float = Field(
        120, ge=1, le=86_400, description="A transaction that is open and idle for longer was forgotten."
    )
    database_full_share: float = Field(
        0.8, gt=0, le=1, description="Alert when more than this share of the server's connections is taken."
    )

    # cache
    cache_pool_max: int = Field(5, ge=1, le=100, description="Most cache connections of one process.")
    cache_models_seconds: int = Field(3600, ge=1, le=86400, description="How long models stay cached.")
    cache_arms_seconds: int = Field(900, ge=1, le=86400, description="How long bandit arms stay cached.")
