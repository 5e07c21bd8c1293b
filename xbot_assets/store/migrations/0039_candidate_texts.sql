-- A post's text may be one of several that were written for it.

-- How many texts there were to take it from, and with what chance this one was taken; null: there was no choice.
alter table posts
    add column text_candidates smallint check (text_candidates > 1),
    add column text_propensity double precision check (text_propensity > 0 and text_propensity <= 1),
    add constraint posts_text_choice check ((text_candidates is null) = (text_propensity is null));
create index posts_text_choices on posts (id) where text_candidates is not null;
