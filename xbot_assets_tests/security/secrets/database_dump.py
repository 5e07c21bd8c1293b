"""All that a database holds, as text: for what must be nowhere in it, and for what must not have changed."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

_TABLES = """
select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')
"""


def dump_of(url: str) -> Mapping[str, tuple[str, ...]]:
    """Return every row of every table as text, by the table's name, in an order that is the same for the same rows."""
    with psycopg.connect(url) as connection:
        return {
            ".".join(table): tuple(
                row[0]
                for row in connection.execute(
                    sql.SQL("select t::text from {} t order by 1").format(sql.Identifier(*table))
                )
            )
            for table in connection.execute(_TABLES).fetchall()
        }
