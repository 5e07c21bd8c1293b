"""Alerts about writing posts."""

from xbot_assets.domain.alerts.entry import AlertEntry

CANNOT_WRITE = AlertEntry(
    title="No post can be written",
    key="cannot_write",
    severity="critical",
    sentence="No post can be written: {reason}",
    remedy="{remedy} The newest calls in the ledger say more.",
    meaning="Writing failed for a reason that only a person can remove, such as a wrong name of a model. Until then "
    "plans take their post from the emergency pool or the templates.",
    ends="A plan is written again.",
)
LANGUAGE_MODEL_HELD = AlertEntry(
    title="The language model is not called",
    key="language_model_held",
    severity="critical",
    sentence="The language model is not called: {reason}",
    remedy="{remedy} It is tried again every {minutes} minutes.",
    meaning="The API refused the key, or its quota is used up. One call at a time tries again after each pause; "
    "meanwhile plans take their post from the emergency pool or the templates.",
    ends="A call is answered while no hold is in force: the probe's, or the first one after the key was changed.",
)
FALLBACK_SHARE = AlertEntry(
    title="Too many posts are not written",
    key="fallback_share",
    severity="warning",
    sentence="{fallback} of the {posts} posts planned in the last day are from the pool or templates.",
    remedy="Look at why nothing was written: the newest calls in the ledger name the cause.",
    meaning="The share of posts from the emergency pool and the templates is above XBOT_FALLBACK_SHARE_ALERT.",
    ends="The share of the last day is below the limit again.",
)
MODEL_ENDS = AlertEntry(
    title="A model in use ends",
    key="model_ends:{model}",
    severity="warning",
    sentence="The provider ends the model {model} on {on}.",
    remedy="{remedy}",
    meaning="XBOT_PLAN_MODEL or XBOT_SAVING_MODEL names a model whose end is announced, in the price file or by the "
    "API itself, and that day is no more than XBOT_RETIREMENT_WARNING_DAYS away. With XBOT_MODEL_SUCCESSION its "
    "successor is called from that day on, if it has a price.",
    ends="No setting names the model any more, its end is put off, or the day has come.",
)
MODEL_SUCCEEDED = AlertEntry(
    title="A model was succeeded",
    key="model_succeeded:{model}",
    severity="warning",
    sentence="The provider ended the model {model} on {on}; {successor} is called instead, for ${input} and ${output} "
    "per million tokens of prompt and answer.",
    remedy="Read the next posts; to choose another model, set XBOT_PLAN_MODEL and XBOT_SAVING_MODEL.",
    meaning="The day of an announced end has come, and XBOT_MODEL_SUCCESSION is on. It is said once for each model.",
    ends="No setting names the ended model any more, or a person acknowledges it.",
)

ENTRIES = (CANNOT_WRITE, LANGUAGE_MODEL_HELD, FALLBACK_SHARE, MODEL_ENDS, MODEL_SUCCEEDED)
