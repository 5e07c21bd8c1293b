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
    ends="The browser host has a Chromium again; that is looked at once a minute.",
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
PART_DOWN = AlertEntry(
    title="A part is not well",
    key="part_down:{part}",
    severity="critical",
    sentence="{name} is not well: {reason}",
    remedy="{remedy} 'xbot doctor' says more.",
    meaning="A part without which nothing is posted or read failed its checks for longer than XBOT_PART_DOWN_SECONDS. "
    "The supervisor starts processes of ours again by itself. A database that was away cannot keep an alert: it is "
    "told, as over, when the database is back. docs/degraded.md says what waits meanwhile.",
    ends="The part passes its check.",
)
PART_DEGRADED = AlertEntry(
    title="A part that can be done without is not well",
    key="part_degraded:{part}",
    severity="warning",
    sentence="{name} is not well: {reason}",
    remedy="{remedy} The rest goes on without it.",
    meaning="A part that only makes things quicker failed its checks for longer than XBOT_PART_DOWN_SECONDS.",
    ends="The part passes its check.",
)
LOOK_FAILED = AlertEntry(
    title="A schedule or sensor fails",
    key="look_failed:{name}",
    severity="warning",
    sentence="The last look of {name} failed: {reason}",
    remedy="It looks again by itself. If this stays open, its page in the Dagster UI has the whole error.",
    meaning="A schedule or sensor could not say whether its work is due, so it started nothing. Dagster itself tells "
    "nobody of that.",
    ends="A later look of it goes well.",
)
LOOK_MISSED = AlertEntry(
    title="A schedule or sensor no longer looks",
    key="look_missed:{name}",
    severity="warning",
    sentence="{name} last looked {minutes:.0f} minutes ago; it should each {every}.",
    remedy="See .xbot/logs/daemon.log and .xbot/logs/code.log.",
    meaning="Dagster's daemon answers, but does not evaluate this schedule or sensor: more than half as much again as "
    "its interval has gone by.",
    ends="It looks again, or is switched off.",
)
WORK_SILENT = AlertEntry(
    title="Posting or planning has fallen silent",
    key="silent:{name}",
    severity="critical",
    sentence="{work} had work for {minutes:.0f} minutes, and nothing was done.",
    remedy="Look at the last looks and runs of {name} in the Dagster UI; 'xbot doctor' says which part is not well.",
    meaning="A post could have gone out, or a plan was due, for XBOT_CRITICAL_SILENCE_MINUTES of real time without "
    "anything having come of it. Waiting for a rule, a hold or the queue is no silence.",
    ends="The work is done, or is due no more.",
)
RUN_MISSED = AlertEntry(
    title="A run was missed",
    key="missed_run:{name}",
    severity="warning",
    sentence="The work of {name} has been due for {minutes:.0f} minutes, and was not done.",
    remedy="Look at its last looks and runs in the Dagster UI.",
    meaning="Work was due for half of its present interval (at least ten minutes of real time) and was not done. "
    "Waiting for a posting window, a breaker or the day's budget is no missed run.",
    ends="The work is done, or is due no more.",
)
ASSET_STALE = AlertEntry(
    title="An asset is stale",
    key="stale:{asset}",
    severity="warning",
    sentence="{asset} was not made anew for {age}.",
    remedy="Look at its last runs in the Dagster UI, and at the alerts about what makes it wait.",
    meaning="An asset is older than its freshness policy allows. An asset that was never made is told as a missed run.",
    ends="The asset is made anew.",
)
MEMORY_SHORT = AlertEntry(
    title="Memory is short",
    key="memory:short",
    severity="warning",
    sentence="Only {free:.0f} MB of memory are free on this machine.{shed}",
    remedy="End what else runs here, or give the machine more memory.",
    meaning="Less memory is free than XBOT_MEMORY_WARN_MB. Below XBOT_MEMORY_SHED_MB reading what others write (the "
    "low lane) waits, so that posting has what is left.",
    ends="A fifth more than XBOT_MEMORY_WARN_MB is free.",
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
    PART_DOWN,
    PART_DEGRADED,
    LOOK_FAILED,
    LOOK_MISSED,
    WORK_SILENT,
    RUN_MISSED,
    ASSET_STALE,
    MEMORY_SHORT,
    BACKUP_MISSING,
    BACKUP_UNUSABLE,
    DATABASE_UNWELL,
)
