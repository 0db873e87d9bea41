"""A month charged for a whole company, against the same rule as one INSERT … SELECT.

Ours is what a run does: chunks of whole houses, each a transaction with lines, entries, postings and balances, under the
policies of the company. The limit is the rule as one statement for all houses into the same tables: what the chunks cost,
which let payments through meanwhile. The bare table has the lines alone, without triggers, keys, policies or a ledger: what
the books cost. A second run of the same month must find nothing to do.
"""
import statistics
import time

from machine import cpu
from postgres import Postgres

# What `domain::billing::work` takes in one transaction.
CHUNK = 5_000
ONE, BARE = "one INSERT … SELECT", "lines alone, bare table"
GOALS = {ONE: 0.90, "again": 0.15}


class Charges:
    def __init__(self, pg: Postgres, database: str):
        self.pg, self.database = pg, database
        self.company = pg.psql(database, "select id from companies where demo")
        rows = pg.psql(database, f"""select u.building_id, count(*) from personal_accounts a join units u on u.id = a.unit_id
            where a.company_id = '{self.company}' group by 1 order by 1""").splitlines()
        self.chunks: list[list[str]] = []
        size = CHUNK + 1
        for house, accounts in (row.split("|") for row in rows):
            if size + int(accounts) > CHUNK:
                self.chunks.append([])
                size = 0
            self.chunks[-1].append(house)
            size += int(accounts)
        self.accounts = sum(int(row.split("|")[1]) for row in rows)
        pg.psql(database, "drop table if exists bench_lines; create table bench_lines as select * from charges_for(null, null, null) limit 0; "
                          "grant all on bench_lines to uk_app")

    def take(self) -> dict[str, tuple[float, float, int]]:
        """Wall seconds, seconds of the processor and lines of each, for the next two months that nobody has charged."""
        month, later = (self.pg.psql(self.database, f"""select (greatest(max(period) + interval '1 month', date_trunc('month', now()))
            + interval '{n} month')::date from charge_lines where company_id = '{self.company}'""") for n in (0, 1))
        run, whole = self._run(month), self._run(later)
        everything = sum(self.chunks, [])
        charge = lambda run, month, houses: f"select charge_houses('{self.company}', '{run}', '{month}', '{month}', {self._houses(houses)}, null, 'bench', now())"
        chunks = [charge(run, month, c) for c in self.chunks]
        found = {
            "ours": self._timed(chunks),
            ONE: self._timed([charge(whole, later, everything)]),
            BARE: self._timed([f"insert into bench_lines select * from charges_for('{self.company}', '{month}', {self._houses(everything)})"]),
            "again": self._timed(chunks),
        }
        lines = lambda run: f"select count(*) from charge_lines where run_id = '{run}'"
        counts = {"ours": lines(run), ONE: lines(whole), BARE: "select count(*) from bench_lines", "again": lines(run)}
        result = {who: (*took, int(self.pg.psql(self.database, counts[who]))) for who, took in found.items()}
        self.pg.psql(self.database, "truncate bench_lines")
        if len({count for _, _, count in result.values()}) != 1:
            raise SystemExit(f"the charges differ: {result}")
        return result

    def _run(self, month: str) -> str:
        return self.pg.psql(self.database, f"""insert into charge_runs (id, company_id, period, state, building_ids, created_at, created_by_name)
            values (gen_random_uuid(), '{self.company}', '{month}', 'posting', '{{}}', now(), 'bench') returning id""")

    @staticmethod
    def _houses(houses: list[str]) -> str:
        return "array[" + ",".join(f"'{h}'" for h in houses) + "]::uuid[]"

    def _timed(self, steps: list[str]) -> tuple[float, float]:
        pid = self.pg.pid()
        script = "".join(f"begin; select set_config('app.company_id', '{self.company}', true); {step}; commit;\n" for step in steps)
        began, before = time.monotonic(), cpu(pid)
        self.pg.psql(self.database, script, user="uk_app")
        took = time.monotonic() - began
        # The time of a connection is counted when the postmaster has said farewell to it.
        time.sleep(0.3)
        return took, cpu(pid) - before


def report(charges: Charges, rounds: list[dict[str, tuple[float, float, int]]]) -> None:
    lines = rounds[0]["ours"][2]
    print(f"\nCharges: {charges.accounts:,} accounts, {lines:,} lines, {len(charges.chunks)} transactions\n")
    print("| who | seconds | CPU seconds | lines/s | ours / it, or it / ours | goal |\n| --- | --- | --- | --- | --- | --- |")
    for who in rounds[0]:
        wall, busy = (statistics.median(r[who][n] for r in rounds) for n in (0, 1))
        # Against one statement our rate is a share of its own; a second run is a share of the first.
        shares = None if who == "ours" else [r[who][0] / r["ours"][0] for r in rounds]
        sign = "≤" if who == "again" else "≥"
        goal = f"{sign} {GOALS[who]}" if who in GOALS else ""
        print(f"| {who} | {wall:.2f} | {busy:.2f} | {lines / wall:,.0f} | {'' if shares is None else f'{statistics.median(shares):.2f}'} | {goal} |")
