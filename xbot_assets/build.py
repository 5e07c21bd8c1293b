"""The only assembly: :func:`build_defs` merges the definitions of the subjects.

Also the program the supervisor calls for Dagster's own sake: ``python -m xbot_assets.build check | once``.
"""

import sys
from collections.abc import Mapping

import dagster as dg

from xbot_assets.defs.content import definitions as content
from xbot_assets.defs.engagement import definitions as engagement
from xbot_assets.defs.lanes import refuse_without_pool
from xbot_assets.defs.learning import definitions as learning
from xbot_assets.defs.metrics import definitions as metrics
from xbot_assets.defs.operations import definitions as operations
from xbot_assets.defs.publishing import definitions as publishing
from xbot_assets.defs.resources import nothing_handed_on, product_resource, tick_resource
from xbot_assets.defs.signals import definitions as signals

SUBJECTS = (signals, content, engagement, publishing, metrics, learning, operations)
ASSETS = [asset for subject in SUBJECTS for asset in subject.ASSETS]
"""Everything that runs as a step."""
RESOURCES = {"product": product_resource, "tick": tick_resource, "io_manager": nothing_handed_on}


def build_defs(*, resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """Assemble the code location; ``resources`` replaces the real ones in a test.

    Raises:
        PermanentFailure: an asset is in no pool, or in a browser pool that is not its lane's.
    """
    refuse_without_pool(ASSETS)
    machinery = dg.Definitions(
        resources=dict(RESOURCES if resources is None else resources),
        # One process per run: a step is short, and a process of its own would cost seconds each.
        executor=dg.in_process_executor,
    )
    return dg.Definitions.merge(*(subject.definitions for subject in SUBJECTS), machinery)


def main(arguments: list[str]) -> int:
    """Run ``check`` (the graph loads) or ``once`` (one pass of the loop)."""
    if arguments[:1] == ["check"]:
        dg.Definitions.validate_loadable(build_defs())
        return 0
    if arguments[:1] == ["once"]:
        from xbot_assets.defs.operations.once import run_once  # noqa: PLC0415 - the other verbs do not need it

        return run_once(build_defs())
    sys.stderr.write("usage: python -m xbot_assets.build check | once\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
