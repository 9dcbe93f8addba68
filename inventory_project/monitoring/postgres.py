"""What PostgreSQL tells of itself, from its own statistics."""

from collections.abc import Iterator

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from .sections import Section, size

MOST_ROWS = 15
LONG_TRANSACTION_SECONDS = 300
MOST_DEAD_PERCENT = 20
DEAD_ROWS_THAT_MATTER = 10_000
LAG_THAT_MATTERS_SECONDS = 30

type Rows = list[tuple]


def sections(connection: BaseDatabaseWrapper) -> Iterator[Section]:
    """Everything that PostgreSQL has to say."""
    yield _server(connection)
    yield _slow_statements(connection)
    yield _unused_indexes(connection)
    yield _index_use(connection)
    yield _tables(connection)
    yield _connections(connection)
    yield _replication(connection)


def _ask(connection: BaseDatabaseWrapper, sql: str, parameters: tuple = ()) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall()


def _server(connection: BaseDatabaseWrapper) -> Section:
    ((version, bytes_, cached, deadlocks, started),) = _ask(
        connection,
        """SELECT current_setting('server_version'), pg_database_size(datname),
                  round(100.0 * blks_hit / nullif(blks_hit + blks_read, 0), 1), deadlocks,
                  to_char(pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
           FROM pg_stat_database WHERE datname = current_database()""",
    )
    rows = [
        (_("Version"), version),
        (_("Running since (UTC)"), started),
        (_("Size"), size(bytes_)),
        (_("Blocks found in memory"), f"{cached or 0} %"),
        (_("Deadlocks since statistics began"), deadlocks),
    ]
    return Section("server", _("Database server"), (_("What"), _("Value")), rows)


def _slow_statements(connection: BaseDatabaseWrapper) -> Section:
    title = _("Statements that cost the most time")
    installed = _ask(connection, "SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'")
    ((loaded,),) = _ask(connection, "SELECT current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'")
    if not installed or not loaded:
        remark = _(
            "PostgreSQL does not collect this yet. Set shared_preload_libraries = 'pg_stat_statements' in "
            "postgresql.conf, restart it, and run CREATE EXTENSION pg_stat_statements as its administrator."
        )
        return Section("slow_statements", title, remark=remark)
    rows = _ask(
        connection,
        """SELECT calls, round(total_exec_time)::bigint, round(mean_exec_time::numeric, 1),
                  round(max_exec_time::numeric, 1), rows, left(regexp_replace(query, '\\s+', ' ', 'g'), 200)
           FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
           ORDER BY total_exec_time DESC LIMIT %s""",
        (MOST_ROWS,),
    )
    head = (_("Calls"), _("Total ms"), _("Mean ms"), _("Longest ms"), _("Rows"), _("Statement"))
    return Section("slow_statements", title, head, rows)


def _unused_indexes(connection: BaseDatabaseWrapper) -> Section:
    rows = _ask(
        connection,
        """SELECT s.relname, s.indexrelname, pg_relation_size(s.indexrelid)
           FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid
           WHERE s.idx_scan = 0 AND NOT i.indisunique AND pg_relation_size(s.indexrelid) > 1024 * 1024
           ORDER BY 3 DESC LIMIT %s""",
        (MOST_ROWS,),
    )
    remark = _("Of more than 1 MB, and never read since the statistics began. Unique ones are rules, and not listed.")
    head = (_("Table"), _("Index"), _("Size"))
    shown = [(table, index, size(bytes_)) for table, index, bytes_ in rows]
    return Section("unused_indexes", _("Indexes that nothing uses"), head, shown, remark)


def _index_use(connection: BaseDatabaseWrapper) -> Section:
    rows = _ask(
        connection,
        """SELECT relname, seq_scan, coalesce(idx_scan, 0), n_live_tup,
                  round(100.0 * coalesce(idx_scan, 0) / nullif(seq_scan + coalesce(idx_scan, 0), 0), 1)
           FROM pg_stat_user_tables WHERE n_live_tup > 1000
           ORDER BY seq_scan * n_live_tup DESC LIMIT %s""",
        (MOST_ROWS,),
    )
    head = (_("Table"), _("Read whole"), _("Read by index"), _("Rows"), _("By index, %"))
    return Section("index_use", _("How tables are read"), head, rows, _("Tables of more than 1,000 rows."))


def _tables(connection: BaseDatabaseWrapper) -> Section:
    rows = _ask(
        connection,
        """SELECT relname, n_live_tup, pg_total_relation_size(relid), pg_indexes_size(relid), n_dead_tup,
                  to_char(greatest(last_vacuum, last_autovacuum) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
                  to_char(greatest(last_analyze, last_autoanalyze) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
           FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT %s""",
        (MOST_ROWS,),
    )
    bloated = [
        table
        for table, live, _total, _indexes, dead, *_times in rows
        if dead > DEAD_ROWS_THAT_MATTER and dead * 100 > (live + dead) * MOST_DEAD_PERCENT
    ]
    concern = _("Many dead rows, so autovacuum does not keep up: %s.") % ", ".join(bloated) if bloated else ""
    head = (_("Table"), _("Rows"), _("Size"), _("Of it indexes"), _("Dead rows"), _("Vacuumed"), _("Analysed"))
    shown = [(table, live, size(total), size(indexes), *rest) for table, live, total, indexes, *rest in rows]
    return Section("tables", _("Largest tables, and their bloat"), head, shown, concern=concern)


def _connections(connection: BaseDatabaseWrapper) -> Section:
    rows = _ask(
        connection,
        """SELECT coalesce(state, 'background'), count(*), count(*) FILTER (WHERE wait_event_type = 'Lock'),
                  coalesce(max(extract(epoch FROM now() - xact_start)), 0)::int
           FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1 ORDER BY 2 DESC""",
    )
    ((limit,),) = _ask(connection, "SELECT current_setting('max_connections')::int")
    open_ = sum(row[1] for row in rows)
    concerns = []
    if open_ > limit * 0.8:
        concerns.append(_("%(open)d of %(limit)d connections are open.") % {"open": open_, "limit": limit})
    if any(row[3] > LONG_TRANSACTION_SECONDS for row in rows):
        concerns.append(_("A transaction has been open for more than five minutes."))
    pool = getattr(connection, "pool", None)
    figures = ", ".join(f"{name} {value}" for name, value in pool.get_stats().items()) if pool else ""
    remark = _("%(open)d of %(limit)d connections.") % {"open": open_, "limit": limit}
    if figures:
        remark += " " + _("The pool of this process: %s.") % figures
    head = (_("State"), _("Connections"), _("Waiting for a lock"), _("Longest transaction, s"))
    return Section("connections", _("Connections"), head, rows, remark, " ".join(concerns))


def _replication(connection: BaseDatabaseWrapper) -> Section:
    title = _("Replicas")
    ((is_replica, behind),) = _ask(
        connection,
        """SELECT pg_is_in_recovery(), CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
                  ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END""",
    )
    if is_replica:
        return Section("replication", title, remark=_("This is a replica, %.1f s behind.") % (behind or 0))
    rows = _ask(
        connection,
        """SELECT coalesce(nullif(application_name, ''), host(client_addr)), state, sync_state,
                  pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint,
                  round(coalesce(extract(epoch FROM replay_lag), 0), 1)
           FROM pg_stat_replication ORDER BY 1""",
    )
    late = [str(row[0]) for row in rows if row[4] > LAG_THAT_MATTERS_SECONDS]
    concern = _("More than half a minute behind: %s.") % ", ".join(late) if late else ""
    missing = len(getattr(settings, "REPLICAS", ())) - len(rows)
    if missing > 0:
        concern = (concern + " " + _("Of the replicas in the settings, %d do not follow.") % missing).strip()
    head = (_("Replica"), _("State"), _("Kind"), _("Bytes behind"), _("Seconds behind"))
    return Section("replication", title, head, rows, "" if rows else _("No replica follows this server."), concern)
