"""What a database holds: so many rows in each table, these constraints, triggers and counters."""

from collections.abc import Callable, Sequence

from .manifest import Portrait

type Query = Callable[[str], Sequence[Sequence]]

TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}
OBJECTS = {
    "sqlite": """
        SELECT type || ' ' || name || ' ON ' || tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    """,
    "postgresql": """
        SELECT 'constraint ' || c.conname || ' ON ' || c.conrelid::regclass
        FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace AND c.conrelid <> 0 AND c.contype <> 'n'
        UNION SELECT 'index ' || indexname || ' ON ' || tablename FROM pg_indexes WHERE schemaname = 'public'
        UNION SELECT 'trigger ' || t.tgname || ' ON ' || t.tgrelid::regclass || ' ' || md5(p.prosrc)
        FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
    """,
}
COUNTERS = {
    "sqlite": "SELECT name, seq FROM sqlite_sequence",
    "postgresql": "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public'",
}


def portrait_of(vendor: str, query: Query) -> Portrait:
    """Look at all of it, within whatever transaction `query` runs in."""
    tables = sorted(name for (name,) in query(TABLES[vendor]))
    migrations = query("SELECT app, name FROM django_migrations ORDER BY id") if "django_migrations" in tables else []
    return Portrait(
        rows={table: query(f'SELECT count(*) FROM "{table}"')[0][0] for table in tables},
        objects=sorted(text for (text,) in query(OBJECTS[vendor])),
        counters={name: int(value) for name, value in query(COUNTERS[vendor])},
        migrations=sorted({f"{app}.{name}" for app, name in migrations}),
    )


def differences(wanted: Portrait, found: Portrait) -> list[str]:
    """In what a restored database falls short of the original; empty if in nothing."""
    wrong = [
        f"{table}: {found.rows.get(table, 'no table')} instead of {count} rows"
        for table, count in wanted.rows.items()
        if found.rows.get(table) != count
    ]
    wrong += [f"{table}: should not be there" for table in found.rows if table not in wanted.rows]
    wrong += [f"missing: {name}" for name in wanted.objects if name not in set(found.objects)]
    wrong += [
        f"counter {name}: at {found.counters.get(name, 'nothing')} instead of {value}"
        for name, value in wanted.counters.items()
        if found.counters.get(name, -1) < value
    ]
    if wanted.migrations != found.migrations:
        wrong.append("other migrations are applied")
    return wrong
