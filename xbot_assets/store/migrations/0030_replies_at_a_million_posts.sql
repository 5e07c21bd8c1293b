-- What ticks, pages and checks look for among the replies and opportunities of years.

drop index posts_answering; -- posts_reply_to is the same one
create index posts_replies_planned on posts (planned_at) where reply_to_x_id is not null;
create index llm_calls_of_purpose on llm_calls (purpose, id);
create index engagements_engaged_at on engagements (engaged_at);
create index reply_suggestions_created_at on reply_suggestions (created_at);
create index reply_opportunities_changed_at on reply_opportunities (changed_at);
create index reply_opportunities_answers on reply_opportunities (created_at) where source = 'reply';
create index reply_opportunities_old on reply_opportunities (first_seen_at)
    where state in ('filtered', 'expired', 'dismissed');

-- And among the versions of models and the timings of statements.
create index model_versions_newest on model_versions (kind, trained_at desc, version desc);
create index statement_timings_day on statement_timings (day);
