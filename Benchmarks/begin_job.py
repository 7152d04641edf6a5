#!/usr/bin/env python3
"""What PostgreSQL does to answer what a worker asks before it fetches a job's pictures.

    PGHOST=… PGUSER=… python Benchmarks/begin_job.py [--images N]

Needs psql and a superuser's access to a server of your own; makes the database entente_begin_job and drops it again. One
session plans its statements while the tables are empty, as that of a worker's that starts first, and keeps the plans while the
tables grow to 1,000 and 1,000,000 results that nobody has analysed. Of each way to ask, per job of N images (16): buffers,
index entries read, and the best of five times.

    one by one    the questions of builds before migration 12: ours? called off? which results stand?
    begin_job     the function that answers them together
"""
import argparse
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[1]
ANALYSIS = "0" * 32
ONE_BY_ONE = {
    "ours": ("text, text, integer, bigint, bigint, boolean", "SELECT entente.take_job($1, $2, $3, $4, $5, $6)",
             "'g', 't', 0, 7, 1, false"),
    "cancelled": ("text", "SELECT EXISTS (SELECT FROM entente.submissions WHERE submission_id = $1"
                  " AND cancelled_at IS NOT NULL)", "'s1'"),
    "standing": ("text, text[], boolean, text", """
        SELECT r.image_id, r.group_digest FROM entente.image_results AS r
        WHERE r.analysis_id = $1 AND r.image_id = ANY ($2) AND NOT ($3 AND (r.submission IS NULL OR r.submission <
            coalesce((SELECT s.sequence FROM entente.submissions AS s WHERE s.submission_id = $4),
                CASE WHEN $4 IS NULL THEN 0 ELSE 9223372036854775807 END)))""", f"'{ANALYSIS}', IMAGES, false, 's1'"),
}
TOGETHER = {
    "begin": ("text, text, integer, bigint, bigint, boolean, text, text[], boolean, text",
              "SELECT * FROM entente.begin_job($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
              f"'g', 't', 0, 7, 1, false, '{ANALYSIS}', IMAGES, false, 's1'"),
}
READ = """SELECT pg_sleep(1.1); SELECT 'READ ' || coalesce(sum(idx_tup_read), 0) + coalesce((SELECT sum(seq_tup_read)
    FROM pg_stat_user_tables WHERE schemaname = 'entente'), 0) FROM pg_stat_user_indexes WHERE schemaname = 'entente';"""


def script(images):
    """Everything in one session, whose output is then read."""
    names = "ARRAY[" + ", ".join(f"'image-{37 * number}'" for number in range(images)) + "]"
    yield f"""
        SET session_replication_role = replica; SET jit = off;
        INSERT INTO entente.job_offsets (consumer_group, topic, partition, epoch, owner) VALUES ('g', 't', 0, 1, 'o');
        INSERT INTO entente.submissions (submission_id, analysis_id, kind) VALUES ('s1', '{ANALYSIS}', 'submit');"""
    ways = {"one by one": ONE_BY_ONE, "begin_job": TOGETHER}
    for way in ways.values():
        for name, (types, query, values) in way.items():
            yield f"PREPARE {name} ({types}) AS {query};"
            # A session keeps a plan of its own for any values from the sixth time on.
            yield f"EXECUTE {name} ({values.replace('IMAGES', names)});" * 7
    rows = 0
    for wanted in (0, 1_000, 1_000_000):
        yield f"""
            INSERT INTO entente.image_results (analysis_id, image_id, predicted_index, top_classes, top_similarities, worker,
                kernel_set, method_revision, fetch_microseconds, decode_microseconds, encode_microseconds,
                concepts_microseconds, shard)
            SELECT '{ANALYSIS}', 'image-' || n, 0, '{{0}}', '{{0.5}}', 'w', 'k', 1, 0, 0, 0, 0, 0
            FROM generate_series({rows}, {wanted} - 1) AS n;"""
        rows = wanted
        for title, way in ways.items():
            for run in range(6):
                # The first fills caches; around the last, index entries are counted.
                if run == 5:
                    yield READ
                yield f"SELECT 'RUN {wanted} {title} {run}';"
                for name, (_, _, values) in way.items():
                    yield f"EXPLAIN (ANALYZE, BUFFERS) EXECUTE {name} ({values.replace('IMAGES', names)});"
                if run == 5:
                    yield "SELECT 'END';" + READ


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--images", type=int, default=16)
    images = options.parse_args().images

    def psql(text, database="entente_begin_job"):
        command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database]
        return subprocess.run(command, input=text, text=True, check=True, stdout=subprocess.PIPE).stdout

    psql("CREATE DATABASE entente_begin_job", "postgres")
    try:
        psql("ALTER DATABASE entente_begin_job SET client_min_messages = error; CREATE SCHEMA entente;")
        for file in sorted((ROOT / "migrations").glob("0*.sql")):
            psql(file.read_text())
        for table in ("image_results", "submissions", "job_offsets", "in_flight_jobs"):
            psql(f"ALTER TABLE entente.{table} SET (autovacuum_enabled = false)")
        output = psql("\n".join(script(images)))
    finally:
        psql("DROP DATABASE entente_begin_job WITH (FORCE)", "postgres")

    print(f"{'results':>9}  {'way':<11} {'buffers':>8} {'entries read':>13} {'ms':>8}")
    read, times = [int(number) for number in re.findall(r"READ (\d+)", output)], {}
    for wanted, way, run, plan in re.findall(r"RUN (\d+) ([a-z_ ]+) (\d)\n(.*?)(?=^RUN|^READ|^END|\Z)", output, re.S | re.M):
        total = sum(float(number) for number in re.findall(r"Execution Time: ([\d.]+)", plan))
        times.setdefault((wanted, way), []).append(total)
        if run == "5":
            # A plan's first line of buffers is its whole.
            buffers = sum(
                int(number) for part in plan.split("Execution Time")[:-1]
                for number in re.findall(r"(?:hit|read)=(\d+)", part.split("Planning:")[0].partition("Buffers:")[2].partition("\n")[0]))
            before, after, *read = read
            print(f"{wanted:>9}  {way:<11} {buffers:>8} {after - before:>13} {min(times[wanted, way][1:]):>8.3f}")


main()
