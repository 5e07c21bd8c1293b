"""What the tables of a database hold, in numbers that two databases can be compared by."""

from collections.abc import Mapping

from psycopg import sql
from psycopg.rows import class_row

from xbot_assets.store.backup.manifest import TableContents
from xbot_assets.store.engine.database import Transaction
from xbot_assets.store.engine.pooler import Connection

PRODUCT = "xbot"


def contents_of(connection: Connection, statements: Transaction) -> dict[str, TableContents]:
    """Return what each table holds: rows counted, and those of the product also summed up by their hashes."""
    tables = [(row["schema"], row["name"]) for row in statements.fetch_all("dumped_tables")]
    return {f"{schema}.{name}": _contents(connection, schema, name) for schema, name in tables}


def _contents(connection: Connection, schema: str, name: str) -> TableContents:
    # A table's name is no parameter, so this is the one statement that is put together.
    digest = sql.SQL("sum(hashtextextended(t::text, 0)::numeric)::text" if schema == PRODUCT else "null::text")
    query = sql.SQL("select count(*) as rows, {} as digest from {} t").format(digest, sql.Identifier(schema, name))
    with connection.cursor(row_factory=class_row(TableContents)) as cursor:
        return cursor.execute(query).fetchone() or TableContents(rows=0)


def differences(wanted: Mapping[str, TableContents], held: Mapping[str, TableContents]) -> list[str]:
    """Say how two databases differ, table by table; empty when they do not."""
    names = sorted({*wanted, *held})
    differing = [name for name in names if wanted.get(name) != held.get(name)]
    return [_difference(name, wanted.get(name), held.get(name)) for name in differing]


def _difference(name: str, wanted: TableContents | None, held: TableContents | None) -> str:
    if wanted is None or held is None:
        return f"{name} is only in {'the database' if wanted is None else 'the backup'}"
    if wanted.rows != held.rows:
        return f"{name} has {held.rows} rows, not {wanted.rows}"
    return f"{name} has other rows"
