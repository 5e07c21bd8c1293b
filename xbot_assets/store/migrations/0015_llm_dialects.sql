-- What the servers of the language model's API were found to take, so that it is found out once.

create table llm_dialects (
    account text not null, -- as in api_holds: another key or address is another account
    model text not null,
    answer_format text not null check (answer_format in ('json_schema', 'json_object', 'text')),
    spells_schema boolean not null,
    limit_name text not null check (limit_name in ('max_completion_tokens', 'max_tokens')),
    takes_seed boolean not null,
    effort text, -- null: the parameter is not sent
    allows_thinking boolean not null,
    answered boolean not null,
    most_completion integer not null check (most_completion >= 0), -- tokens
    overran boolean not null,
    learned_at timestamptz not null,
    primary key (account, model)
);
