"""The tables themselves: what an interrupted migration, a restore or plain SQL may leave behind."""

from django.apps import apps
from django.db import models

from billing.triggers import TRIGGERS as OF_BILLING
from inventory_project.base.triggers import missing
from inventory_project.history.guards import GUARDS
from inventory_project.history.recorders import recorders
from stock.triggers import TRIGGERS as OF_STOCK

from .registry import Fault, Finding, Reader, invariant

BUSINESS = ("accounts", "catalog", "stock", "sales", "billing")
# Above every bound of a column; NaN is above every number, as PostgreSQL sorts it.
TOO_MUCH = 10**15


@invariant("schema")
def amounts_are_finite(db: Reader) -> Finding:
    """Every decimal is a number, and none is beyond all bounds."""
    checked, wrong = 0, []
    for label in BUSINESS:
        for model in apps.get_app_config(label).get_models():
            columns = [f.column for f in model._meta.concrete_fields if isinstance(f, models.DecimalField)]
            if not columns:
                continue
            table = model._meta.db_table
            odd = " OR ".join(_is_odd(db.vendor, column) for column in columns)
            rows = db.rows(f'SELECT id FROM "{table}" WHERE {odd} ORDER BY id')
            wrong += [Fault(f"{table} {row['id']}", "not a number, or too large") for row in rows]
            checked += db.count(f'"{table}"')
    return Finding(checked, wrong)


def _is_odd(vendor: str, column: str) -> str:
    odd = f'"{column}" > {TOO_MUCH} OR "{column}" < -{TOO_MUCH}'
    return odd if vendor == "postgresql" else f"{odd} OR TYPEOF(\"{column}\") NOT IN ('integer', 'real', 'null')"


@invariant("schema")
def references_lead_somewhere(db: Reader) -> Finding:
    """Every foreign key leads to a row that is there."""
    if db.vendor == "sqlite":
        rows = db.rows("PRAGMA foreign_key_check")
        wrong = [Fault(f"{row['table']} {row['rowid']}", f"its {row['parent']} is gone") for row in rows]
        return Finding(db.count("sqlite_master WHERE type = 'table'"), wrong)
    rows = db.rows(
        """
        SELECT k.conrelid::regclass::text AS id, k.conname AS name FROM pg_constraint k
        WHERE k.contype = 'f' AND NOT k.convalidated ORDER BY 1, 2
        """
    )
    return Finding(db.count("pg_constraint WHERE contype = 'f'"), [Fault(r["id"], r["name"]) for r in rows])


@invariant("schema")
def constraints_and_indexes_are_valid(db: Reader) -> Finding:
    """Every constraint that the models declare is in the database and has been validated, and every index is whole."""
    declared = {
        constraint.name: model._meta.db_table
        for label in BUSINESS
        for model in apps.get_app_config(label).get_models()
        for constraint in model._meta.constraints
    }
    if db.vendor == "postgresql":
        there = {
            row["name"]
            for row in db.rows(
                """
                SELECT conname AS name FROM pg_constraint WHERE convalidated
                UNION SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indisvalid AND i.indisready
                """
            )
        }
        broken = db.rows(
            """
            SELECT i.indexrelid::regclass::text AS id FROM pg_index i
            WHERE NOT (i.indisvalid AND i.indisready) ORDER BY 1
            """
        )
    else:
        sql = " ".join(row["sql"] or "" for row in db.rows("SELECT sql FROM sqlite_master"))
        there, broken = {name for name in declared if f'"{name}"' in sql}, []
    wrong = [Fault(name, f"missing on {table}") for name, table in declared.items() if name not in there]
    return Finding(len(declared), [*wrong, *(Fault(row["id"], "not whole") for row in broken)])


@invariant("schema")
def triggers_are_in_force(db: Reader) -> Finding:
    """The triggers that freeze the ledger and issued papers, and those that record changes, are as declared."""
    triggers = [*OF_STOCK, *OF_BILLING, *GUARDS, *recorders()]
    return Finding(
        len(triggers), [Fault(t.name, f"not in force on {t.table}") for t in missing(db.connection, triggers)]
    )
