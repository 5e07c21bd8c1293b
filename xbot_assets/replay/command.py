"""``xbot replay`` as a function: from a file and options to what is printed."""

from collections.abc import Sequence
from pathlib import Path

from xbot_assets.replay.catalogue import load_catalogue
from xbot_assets.replay.jobs_file import read_jobs_file
from xbot_assets.replay.model.parameters import Parameters
from xbot_assets.replay.model.policies import Policy
from xbot_assets.replay.plots import draw
from xbot_assets.replay.study import OVERLOADS, study
from xbot_assets.replay.table import as_text


def replay_command(
    jobs: Path,
    parameters: Parameters | None = None,
    *,
    policies: Sequence[Policy] = tuple(Policy),
    overloads: Sequence[float] = OVERLOADS,
    as_json: bool = False,
    plot: Path | None = None,
) -> str:
    """Play the jobs of a file and return the document, as JSON or as text; draw into ``plot`` when given.

    Raises:
        PermanentFailure: ``bad_jobs_file`` with every problem; ``cannot_write_plots``.
    """
    result = study(
        read_jobs_file(jobs), load_catalogue(), parameters or Parameters(), policies=policies, overloads=overloads
    )
    if plot is not None:
        draw(result, plot)
    return result.replay.model_dump_json(indent=2) + "\n" if as_json else as_text(result.replay)
