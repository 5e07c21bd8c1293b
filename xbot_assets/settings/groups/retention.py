"""How long what is old is kept, and how it is purged."""

from pydantic import BaseModel, Field


class RetentionSettings(BaseModel):
    """How long what is old is kept, and how it is purged. Days are the product's."""

    retention_history_days: float = Field(
        400,
        ge=366,
        le=36_500,
        description="Readings, model calls, used templates and changes of the rate are kept this long; posts for ever.",
    )
    retention_records_days: float = Field(
        90,
        ge=35,
        le=36_500,
        description="Refused texts, missed readings, comparisons of the timeline and closed alerts are kept this long.",
    )
    retention_operations_days: float = Field(
        30, ge=2, le=36_500, description="Browser operations, session checks and timings of statements: this long."
    )
    retention_models_days: float = Field(
        90, ge=30, le=36_500, description="Versions of models that no post was chosen by are kept this long."
    )
    retention_images_days: float = Field(
        90, ge=1, le=36_500, description="Images of posts that are out, or given up, are kept this long."
    )
    retention_runs_days: float = Field(
        14, ge=1, le=3650, description="Dagster's finished runs and their events are kept this long."
    )
    retention_runs_max: int = Field(
        20_000, ge=100, le=1_000_000, description="And at most so many of them, the newest; a quick clock makes many."
    )
    retention_every_hours: float = Field(6, ge=0.1, le=168, description="What is old is purged this often.")
    retention_batch_rows: int = Field(
        2000, ge=10, le=100_000, description="Rows of a table deleted at once; nobody waits longer than for these."
    )
    retention_batches_max: int = Field(
        50, ge=1, le=10_000, description="Such batches of each table in one purge; what is left waits for the next."
    )
