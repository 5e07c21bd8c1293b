"""Alerts about the machinery: runs, processes, and the browser's queue."""

from xbot_assets.domain.alerts.entry import AlertEntry

ASSET_FAILED = AlertEntry(
    title="An asset failed",
    key="asset_failed:{asset}",
    severity="warning",
    sentence="{asset} failed: {reason}",
    remedy="{remedy} It is tried again when it is next due; if it goes on, look at the log of run {run_id} in the "
    "Dagster UI.",
    meaning="The last attempt to make this asset failed for a known reason that no other alert tells of.",
    ends="The asset is made without a failure.",
)
RUN_FAILED = AlertEntry(
    title="A run failed",
    key="run_failed:{job}",
    severity="warning",
    sentence="A run of {job} failed: {reason}",
    remedy="Open run {run_id} in the Dagster UI; its last lines name cause and remedy.",
    meaning="A run ended without success, and none of its steps said why: its process died, or an error that nobody "
    "foresaw. A run whose step failed for a known reason is told by that reason's alert.",
    ends="A run of the job succeeds.",
)
PROCESS_DYING = AlertEntry(
    title="A process keeps dying",
    key="process.{name}",
    severity="critical",
    sentence="The {name} process died {deaths} times in a row; it is started again and again.",
    remedy="See logs/{name}.log in the data directory and 'xbot doctor'.",
    meaning="A process of the stack ended several times without a sound minute in between. The pause before the next "
    "start grows.",
    ends="The process runs soundly again, or the stack is started anew.",
)
PROCESS_FROZEN = AlertEntry(
    title="A process was frozen",
    key="process_frozen:{name}",
    severity="warning",
    sentence="The {name} process did not answer for {seconds:.0f} s; it was ended and is started again.",
    remedy="Nothing needs doing if it happens once. Otherwise see logs/{name}.log in the data directory, and whether "
    "the machine has enough memory and processor time.",
    meaning="A process of the stack still ran, but it was stopped or hung: it did not answer for longer than "
    "XBOT_SILENCE_MAX_SECONDS. It was killed with everything it had started. Where only something that it had started "
    "stood still (a run's worker, Chromium), only that was killed. What it was doing is taken up again as after a "
    "crash.",
    ends="The process runs soundly again, or the stack is started anew.",
)
BROWSER_UNCONFINED = AlertEntry(
    title="Chromium runs without its own sandbox",
    key="browser_unconfined",
    severity="warning",
    sentence="Chromium runs {how}: a page that breaks out of it can do what that user can.",
    remedy="{remedy}",
    meaning="Chromium could not be shut in as it should be at the stack's start. That is allowed for the sandbox's own "
    "pages only; in shadow and live mode such a Chromium is not used.",
    ends="A start of the stack finds Chromium in its sandbox.",
)
BROWSER_DEGRADED = AlertEntry(
    title="The browser does not start",
    key="browser.degraded",
    severity="critical",
    sentence="{reason}",
    remedy="Nothing is posted or read until it starts; see .xbot/logs/browser.log and 'xbot doctor'.",
    meaning="The browser host runs, but no Chromium came up at the stack's start; it goes on trying.",
    ends="A start of the stack finds Chromium running.",
)
BROWSER_QUEUE_DEEP = AlertEntry(
    title="Many runs wait for the browser",
    key="browser_queue:depth",
    severity="warning",
    sentence="{depth} runs wait for the browser; more than {limit} is unusual.",
    remedy="Look at the queued runs in the Dagster UI, and cancel what nobody needs.",
    meaning="More runs wait for a browser slot than XBOT_BROWSER_DEPTH_ALERT. Publishing has a slot of its own.",
    ends="As few runs wait as usual.",
)
BROWSER_QUEUE_SLOW = AlertEntry(
    title="Browser work waits long",
    key="browser_queue:wait",
    severity="warning",
    sentence="Browser work waited {minutes:.1f} minutes on average in the last half hour.",
    remedy="Look at what runs in the Dagster UI; if the machine is busy with other things, give it more room.",
    meaning="The average wait from the start of a run to its browser operation is above "
    "XBOT_BROWSER_WAIT_ALERT_MINUTES.",
    ends="The average of the last half hour is below the limit again.",
)
BACKUP_MISSING = AlertEntry(
    title="There is no recent backup",
    key="backup:missing",
    severity="critical",
    sentence="{reason}",
    remedy="Run 'xbot backup'. If that fails, it says why; if it works, see why the job 'backup' does not run, in the "
    "Dagster UI.",
    meaning="No backup was made for twice XBOT_BACKUP_EVERY_HOURS, or those that were made are gone from their "
    "directory. Without one, a lost disk is the end of everything that was learned.",
    ends="A backup is made.",
)
BACKUP_UNUSABLE = AlertEntry(
    title="The newest backup cannot be restored",
    key="backup:unusable",
    severity="critical",
    sentence="The newest backup, {backup}, was tried and cannot be restored: {reason}",
    remedy="Run 'xbot backup', then 'xbot backup drill' to try the new one. Keep the older ones until that works.",
    meaning="A restore drill put the newest backup into a database of its own and compared it with what the backup "
    "says of itself. The product's database was not touched.",
    ends="A restore drill goes well.",
)
DATABASE_UNWELL = AlertEntry(
    title="The database is not well",
    key="database:unwell",
    severity="warning",
    sentence="{reason}",
    remedy="'xbot database' shows the slowest statements, the connections and the largest tables. If the machine is "
    "busy with other things, give it more room.",
    meaning="The check of every ten minutes saw statements slower than XBOT_SLOW_QUERY_SECONDS since the check before, "
    "long waits for a connection, a transaction that somebody forgot to end, or a server that is nearly out of "
    "connections.",
    ends="A later check finds none of it.",
)

ENTRIES = (
    ASSET_FAILED,
    RUN_FAILED,
    PROCESS_DYING,
    PROCESS_FROZEN,
    BROWSER_DEGRADED,
    BROWSER_UNCONFINED,
    BROWSER_QUEUE_DEEP,
    BROWSER_QUEUE_SLOW,
    BACKUP_MISSING,
    BACKUP_UNUSABLE,
    DATABASE_UNWELL,
)
