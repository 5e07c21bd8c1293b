-- What else ran when a call of the language model was made.

alter table llm_calls
    -- The job of the run that made the call; null: outside a run, or what ran is not known.
    add column job text,
    -- The jobs of the other runs in progress then, each once, in order of their names.
    add column beside text[] not null default '{}';
