-- Until when the API serves its models, as it says itself, and which successions the owner was told of.

create table model_looks (
    account text primary key, -- the API and key in use, as in api_holds
    looked_at timestamptz not null, -- real time
    problem text -- why the list could not be read; null: it was
);

create table model_ends (
    account text not null references model_looks on delete cascade,
    model text not null,
    ends_on date not null, -- the first day without it, on the provider's calendar
    primary key (account, model)
);

create table model_successions (
    model text not null,
    successor text not null,
    told_at timestamptz not null, -- product time
    primary key (model, successor)
);
