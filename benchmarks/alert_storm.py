"""500 alerts in eight minutes, their channel away for five of them: ``python -m benchmarks.alert_storm``.

Real: a whole stack with PostgreSQL, Valkey, Dagster and Chromium, the status service that sends, and web servers on
loopback as channel and as the address of the dead-man ping. The sender is killed, the database is away for two minutes,
and posts are written all the time.

Prints one JSON document; the exit code is 1 when an alert or a post was lost or came twice, or a dead sender said that
all is well.
"""

import argparse
import json
import os
import sys
from dataclasses import asdict

from xbot_assets.testing.pairs.stage import stage
from xbot_assets.testing.pairs.storm import Plan, settings_for, storm
from xbot_assets.testing.sink import running_sink


def main() -> int:
    """Run the benchmark as a program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--alerts", type=int, default=Plan().alerts)
    options = parser.parse_args()
    with running_sink() as channel, running_sink() as watcher, stage(settings_for(channel, watcher)) as made:
        done = storm(made, channel, watcher, Plan(alerts=options.alerts))
    broken = (done.lost, done.twice, done.posts_lost, done.posts_twice, done.pings_without_sender)
    print(json.dumps({"kept": not any(broken), "load_average": os.getloadavg(), **asdict(done)}, indent=2))
    return int(any(broken))


if __name__ == "__main__":
    sys.exit(main())
