"""`make bench`: our server, the peer on the same PostgreSQL, and pgbench with our SQL, in turn, in one run.

Processor time per call is the figure: load generator, server and database share two cores, so rates swing with the
machine and CPU does not. A ratio is other / ours: above 1 we are cheaper.
"""
import argparse
import base64
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import broadcast
import charges
import jobs
import sockets
from machine import Server, call, cpu, memory
from postgres import Postgres, script

HERE = Path(__file__).parent
WORK = Path(os.environ["BENCH_DIR"])
PORT = {"ours": 18700, "sqlalchemy": 18701, "asyncpg": 18702}
# What each line should reach (multiples of SQLAlchemy, asyncpg, share of pgbench with our own SQL).
GOALS = {"list": (3.2, 2.3, 0.80), "detail": (8.0, 6.0, None), "create": (3.0, 2.2, None), "payme pair": (3.5, 2.5, 0.85)}
# The demo's cash registers (`domain::seed::payments`) and the peer's.
PAYME_KEY, CLICK_SERVICE, CLICK_KEY, PEER_KEY = "demo-payme-key-0123456789abcdefghijk", 73438, "demo-click-key-01", "payme-key-1"


def calls_file(name: str, calls: list[tuple[str, str, str]]) -> Path:
    path = WORK / f"{name}.calls"
    path.write_text("".join(f"{m}\t{p}\t{b}\n" for m, p, b in calls))
    return path


class Wrk:
    """One line of load against one server."""

    def __init__(self, server: Server, calls: Path, headers: dict[str, str], connections: int):
        self.server, self.calls, self.headers, self.connections = server, calls, headers, connections

    script = "load.lua"

    def settings(self) -> dict[str, str]:
        return {"CALLS": str(self.calls)}

    def take(self, seconds: int, db_pid: int) -> dict:
        env = {**os.environ, **self.settings(), "HEADERS": "\n".join(f"{k}: {v}" for k, v in self.headers.items())}
        before = (self.server.cpu(), cpu(db_pid))
        out = subprocess.run(
            ["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "--latency", "-s", str(HERE / self.script), self.server.url_base],
            env=env, check=True, text=True, capture_output=True,
        ).stdout
        after = (self.server.cpu(), cpu(db_pid))
        n, micros, p50, p99, errors = next(line for line in out.splitlines() if line.startswith("RESULT")).split()[1:]
        if int(errors):
            raise SystemExit(f"{self.server.name}: {errors} calls of {self.calls} failed\n{out}")
        n = int(n)
        return {
            "server": (after[0] - before[0]) * 1e3 / n, "db": (after[1] - before[1]) * 1e3 / n,
            "rate": n / (int(micros) / 1e6), "p50": float(p50), "p99": float(p99),
        }


class Pairs(Wrk):
    """Payments, each of two calls that a provider makes; one payment is what is counted."""

    script = "webhook.lua"

    def __init__(self, server: Server, kind: str, path: str, accounts: list[str], headers: dict[str, str], field: str = ""):
        super().__init__(server, Path(kind), headers, 16)
        self.kind, self.path, self.accounts, self.field = kind, path, accounts, field

    def settings(self) -> dict[str, str]:
        # No transaction is ever used twice, whatever ran before: microseconds leave room for all of a take.
        return {"KIND": self.kind, "PATH_": self.path, "ACCOUNTS": ",".join(self.accounts), "START": str(time.time_ns() // 1000),
                "FIELD": self.field, "SERVICE": str(CLICK_SERVICE), "KEY": CLICK_KEY}


class Pgbench:
    """The same SQL with nothing around it."""

    def __init__(self, pg: Postgres, database: str, path: Path, variables: list[str], connections: int):
        self.pg, self.database, self.path, self.variables, self.connections = pg, database, path, variables, connections

    def take(self, seconds: int, db_pid: int) -> dict:
        command = ["pgbench", "-h", str(self.pg.dir), "-U", "uk_app", "-n", "-M", "prepared", "-c", str(self.connections), "-j", "1",
                   "-T", str(seconds), "-f", str(self.path), *[x for v in self.variables for x in ("-D", v)], self.database]
        own = os.times()
        before = cpu(db_pid)
        out = subprocess.run(command, text=True, capture_output=True)
        if out.returncode:
            raise SystemExit(f"pgbench {self.path.name}: {out.stderr[-2000:]}")
        ended = os.times()
        n = int(next(line for line in out.stdout.splitlines() if "actually processed" in line).split(":")[1].split()[0].split("/")[0])
        client = ended.children_user + ended.children_system - own.children_user - own.children_system
        return {"server": client * 1e3 / n, "db": (cpu(db_pid) - before) * 1e3 / n, "rate": n / seconds, "p50": 0.0, "p99": 0.0}


class Size:
    """One size of company: both databases filled, three servers up."""

    def __init__(self, pg: Postgres, apartments: int, binary: Path, python: Path):
        self.pg, self.apartments = pg, apartments
        self.ours_db, self.peer_db = f"uk_{apartments}", f"peer_{apartments}"
        data = WORK / f"data-{apartments}"
        base = f"localhost/{self.ours_db}?host={pg.dir}"
        self.env = {
            "UK_DATABASE__URL": f"postgres://uk_app@{base}", "UK_DATABASE__OWNER_URL": f"postgres://uk_owner@{base}",
            "UK_DATA_DIR": str(data), "PORT": str(PORT["ours"]), "UK_SERVER__HOST": "127.0.0.1",
            "UK_SERVER__SITE_DIR": os.environ["SITE_DIR"], "UK_DEMO": "true", "UK_LOG__LEVEL": "error",
            "UK_LIMITS__AUTH_PER_MINUTE": "100000000", "UK_LIMITS__API_PER_MINUTE": "100000000",
            "UK_LIMITS__WEBHOOK_PER_MINUTE": "100000000",
        }
        pg.roles()
        if not (data / "demo-logins.json").exists():
            pg.psql("postgres", f"drop database if exists {self.ours_db} with (force)")
            pg.psql("postgres", f"create database {self.ours_db} owner uk_owner")
            subprocess.run([str(binary), "seed", "--apartments", str(apartments)], env={**os.environ, **self.env}, check=True)
            pg.psql(self.ours_db, "vacuum analyze")
        if not pg.has(self.peer_db):
            pg.psql("postgres", f"create database {self.peer_db}")
            pg.file(self.peer_db, HERE / "peer_db" / "schema.sql")
            pg.file(self.peer_db, HERE / "peer_db" / "seed.sql", apartments=apartments)
        self.servers = {"ours": self._server("ours", [str(binary), "serve"], self.env, "/readyz")}
        for store in ("sqlalchemy", "asyncpg"):
            env = {"PEER_DATABASE_URL": f"postgresql://postgres@/{self.peer_db}?host={pg.dir}", "PEER_STORE": store}
            command = [str(python), "-m", "uvicorn", "peer.main:app", "--workers", "2", "--loop", "uvloop", "--http", "httptools",
                       "--no-access-log", "--log-level", "warning", "--host", "127.0.0.1", "--port", str(PORT[store])]
            self.servers[store] = self._server(store, command, env, "/health")
        logins = json.loads((data / "demo-logins.json").read_text())
        self.login = next(x for x in logins if x.get("login") == "dispatcher")
        self.api = f"http://127.0.0.1:{PORT['ours']}/api/v1"
        body = {"login": self.login["login"], "password": self.login["password"]}
        self.token = call(f"{self.api}/auth/login", body=body)["access_token"]
        self.peer_token = subprocess.run([str(python), "-m", "peer.auth", "2", "1", "dispatcher"], cwd=HERE, check=True, text=True, capture_output=True).stdout.strip()

    def _server(self, name: str, command: list[str], env: dict[str, str], health: str) -> Server:
        base = f"http://127.0.0.1:{PORT[name]}"
        server = Server(name, command, env, HERE, base + health, WORK / f"{name}.log")
        server.url_base = base
        return server

    def stop(self) -> None:
        for server in self.servers.values():
            server.stop()

    def lines(self) -> dict[str, dict[str, object]]:
        """Each line of the table: who is measured, and how."""
        ours = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        peer = {"Authorization": f"Bearer {self.peer_token}", "Content-Type": "application/json"}
        page = call(f"{self.api}/requests?status=closed&limit=50", self.token)
        ids, cursor = [], None
        while len(ids) < 500:
            more = call(f"{self.api}/requests?limit=100" + (f"&cursor={cursor}" if cursor else ""), self.token)
            ids += [row["id"] for row in more["items"]]
            cursor = more["next"]
            if not cursor:
                break
        units = [u for b in call(f"{self.api}/buildings?limit=20", self.token)["items"]
                 for u in call(f"{self.api}/units?building_id={b['id']}&limit=100", self.token)["items"]]
        assert len(page["items"]) == 50, "the list is not full"
        highest = int(self.pg.psql(self.peer_db, "select max(id) from requests where company_id = 1"))
        step = max(1, highest // 500)
        new = lambda unit: json.dumps({"unit_id": unit["id"], "category": "plumbing", "description": "bench"})
        homes = [int(x) for x in self.pg.psql(self.peer_db, "select id from apartments where company_id = 1 limit 500").split()]
        login = json.dumps({"login": self.login["login"], "password": self.login["password"]})
        cookie = {"Cookie": self._cookie(), "Accept": "text/html"}
        # name: (our calls, peer calls, connections, headers of ours, and of the peer)
        plan = {
            "list": ([("GET", "/api/v1/requests?status=closed&limit=50", "")], [("GET", "/api/v1/requests?status=done&per_page=50&cursor=first", "")], 16),
            "list as shipped": ([("GET", "/api/v1/requests?status=new&limit=50", "")], [("GET", f"/api/v1/requests?status=new&per_page=50&page={n}", "") for n in range(1, 21)], 16),
            "detail": ([("GET", f"/api/v1/requests/{i}", "") for i in ids], [("GET", f"/api/v1/requests/{n}", "") for n in self._peer_ids(step)], 16),
            "create": ([("POST", "/api/v1/requests", new(u)) for u in units], [("POST", "/api/v1/requests", json.dumps({"apartment_id": a, "category_id": 1, "priority": 2, "title": "bench", "description": ""})) for a in homes], 16),
            "login": ([("POST", "/api/v1/auth/login", login)], [("POST", "/api/v1/auth/login", json.dumps({"login": "dispatcher1", "password": "bench-password-1"}))], 4),
        }
        lines: dict[str, dict[str, object]] = {}
        for name, (own, others, connections) in plan.items():
            slug = name.replace(" ", "-")
            lines[name] = {
                "ours": Wrk(self.servers["ours"], calls_file(f"{slug}-ours", own), ours, connections),
                "sqlalchemy": Wrk(self.servers["sqlalchemy"], calls_file(f"{slug}-peer", others), peer, connections),
                "asyncpg": Wrk(self.servers["asyncpg"], calls_file(f"{slug}-peer", others), peer, connections),
            }
        lines["list screen"] = {"ours": Wrk(self.servers["ours"], calls_file("screen", [("GET", "/desk?status=closed", "")]), cookie, 16)}
        for name, one in (("list", "/requests?status=closed&limit=50"), ("detail", f"/requests/{ids[0]}")):
            lines[name]["our SQL"] = self._pgbench(name, lambda one=one: call(self.api + one, self.token))
        lines |= self._webhooks()
        unit = json.loads(new(units[0]))
        lines["create"]["our SQL"] = self._pgbench("create", lambda: call(f"{self.api}/requests", self.token, unit))
        return lines

    def _webhooks(self) -> dict[str, dict[str, object]]:
        """Create + Perform of Payme, here and at the peer; Prepare + Complete of Click, which the peer does not know."""
        own = self.pg.psql(self.ours_db, "select number from personal_accounts where closed_on is null order by id limit 500").split()
        others = self.pg.psql(self.peer_db, "select account_no from accounts where company_id = 1 order by id limit 500").split()
        basic = lambda key: {"Authorization": "Basic " + base64.b64encode(f"Paycom:{key}".encode()).decode(), "Content-Type": "text/json"}
        paths = {kind: f"/api/v1/payments/webhook/{kind}" for kind in ("payme", "click")}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        payme: dict[str, object] = {"ours": Pairs(self.servers["ours"], "payme", paths["payme"], own, basic(PAYME_KEY), "account")}
        for peer in ("sqlalchemy", "asyncpg"):
            payme[peer] = Pairs(self.servers[peer], "payme", "/api/v1/payments/payme/1", others, basic(PEER_KEY), "account_no")
        payme["our SQL"] = self._pgbench("payme", lambda: self._pay(own[0], basic(PAYME_KEY)))
        return {"payme pair": payme, "click pair": {"ours": Pairs(self.servers["ours"], "click", paths["click"], own, form)}}

    def _pay(self, account: str, headers: dict[str, str]) -> None:
        """One payment by Payme."""
        number = f"{time.time_ns():024x}"
        create = {"id": number, "time": time.time_ns() // 1_000_000, "amount": 15_075_000, "account": {"account": account}}
        for method, params in (("CreateTransaction", create), ("PerformTransaction", {"id": number})):
            body = json.dumps({"method": method, "id": 1, "params": params}).encode()
            request = urllib.request.Request(f"http://127.0.0.1:{PORT['ours']}/api/v1/payments/webhook/payme", data=body, headers=headers)
            with urllib.request.urlopen(request, timeout=60) as answer:
                said = json.loads(answer.read())
            if "result" not in said:
                raise SystemExit(f"{method}: {said}")

    def _peer_ids(self, step: int) -> list[int]:
        text = self.pg.psql(self.peer_db, f"select id from requests where company_id = 1 and id % {step} = 0 limit 500")
        return [int(x) for x in text.split()]

    def _pgbench(self, name: str, one) -> Pgbench:
        # The relay asks now and then, too, and lands in a take: until two takes hold the same statements.
        texts = lambda take: [sql for sql, _ in take]
        first, second = [], self.pg.statements(self.ours_db, one)
        for _ in range(20):
            first, second = second, self.pg.statements(self.ours_db, one)
            if first and texts(first) == texts(second):
                break
        else:
            raise SystemExit(f"{name}: the statements of two calls differ ({len(first)}, {len(second)})")
        path = WORK / f"{name}.pgbench"
        return Pgbench(self.pg, self.ours_db, path, script(first, second, path), 16)

    def _cookie(self) -> str:
        body = f"login={self.login['login']}&password={self.login['password']}".encode()
        request = urllib.request.Request(f"http://127.0.0.1:{PORT['ours']}/login", data=body)
        request.add_header("Origin", f"http://127.0.0.1:{PORT['ours']}")

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *args):
                return None

        try:
            answer = urllib.request.build_opener(Stay).open(request)
        except urllib.error.HTTPError as error:
            answer = error
        return "; ".join(value.split(";")[0] for value in answer.headers.get_all("Set-Cookie") or [])


def bare_argon2(python: Path) -> float:
    """Milliseconds of CPU of one check with our parameters: nobody's login is cheaper."""
    code = ("import time;from argon2 import PasswordHasher as P;h=P(time_cost=2,memory_cost=19456,parallelism=1);d=h.hash('x');"
            "t=time.process_time();[h.verify(d,'x') for _ in range(40)];print((time.process_time()-t)*25)")
    return float(subprocess.run([str(python), "-c", code], check=True, text=True, capture_output=True).stdout)


def report(apartments: int, figures: dict, screens: dict) -> None:
    print(f"\n### {apartments:,} apartments\n")
    print("| line | who | CPU ms: server + database = sum | sum / ours | goal | calls/s | p50 ms | p99 ms |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for line, takes in figures.items():
        median = {who: {k: statistics.median(t[k] for t in rounds) for k in rounds[0]} for who, rounds in takes.items()}
        sums = {who: [t["server"] + t["db"] for t in rounds] for who, rounds in takes.items()}
        goals = GOALS.get(line, (None, None, None))
        for who, m in median.items():
            ratio = "" if who == "ours" else f"{statistics.median(o / s for o, s in zip(sums[who], sums['ours'])):.2f}"
            goal = {"sqlalchemy": goals[0], "asyncpg": goals[1], "our SQL": goals[2]}.get(who)
            print(f"| {line} | {who} | {m['server']:.2f} + {m['db']:.2f} = {m['server'] + m['db']:.2f} | {ratio} | {f'≥ {goal}' if goal else ''} "
                  f"| {m['rate']:.0f} | {m['p50']:.1f} | {m['p99']:.1f} |")
    if screens:
        print(f"\nList screen / our JSON: {screens['ratio']:.2f} (goal ≤ 1.5). Login: {screens['argon2']:.1f} ms bare argon2 / ours {screens['login']:.1f} ms "
              f"= {screens['argon2'] / screens['login']:.2f} (goal ≥ 0.95).")


# Lines that stand for themselves; every other one is a line of the table.
APART = {"jobs", "charges", "sockets", "broadcast"}


def measure(size: Size, only: list[str], options: argparse.Namespace, pg: Postgres, python: Path) -> None:
    """The lines of one size of company."""
    if not only or set(only) - APART:
        lines = size.lines()
        wanted = [n for n in lines if not only or n in only]
        figures = {name: {who: [] for who in lines[name]} for name in wanted}
        for name in wanted:  # everybody warm
            for who, one in lines[name].items():
                one.take(1, pg.pid())
        for turn in range(options.rounds):
            for name in wanted:
                for who, one in lines[name].items():
                    figures[name][who].append(one.take(options.seconds, pg.pid()))
            print(f"round {turn + 1} of {options.rounds}", file=sys.stderr)
        total = lambda name: statistics.median(t["server"] + t["db"] for t in figures[name]["ours"])
        screens = {}
        if {"list", "list screen", "login"} <= figures.keys():
            screens = {"ratio": total("list screen") / total("list"), "argon2": bare_argon2(python), "login": total("login")}
        report(size.apartments, figures, screens)
    if not only or "charges" in only:
        months = charges.Charges(pg, size.ours_db)
        charges.report(months, [months.take() for _ in range(options.rounds)])
    print("Memory after the run, MB: " + ", ".join(f"{n} {memory(s.process.pid):.0f}" for n, s in size.servers.items()))


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--apartments", default="1000,10000")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=3)
    arguments.add_argument("--only", default="")
    arguments.add_argument("--jobs", type=int, default=100_000)
    arguments.add_argument("--clients", type=int, default=10_000)
    arguments.add_argument("--residents", type=int, default=10_000)
    options = arguments.parse_args()
    binary, python = Path(os.environ["BENCH_BIN"]), Path(os.environ["BENCH_PYTHON"])
    WORK.mkdir(parents=True, exist_ok=True)
    os.chmod(WORK, 0o755)
    only = [name.strip() for name in options.only.split(",") if name.strip()]
    if not only or "sockets" in only:
        sockets.allow_files(options.clients)
    pg = Postgres(WORK / "pg")
    try:
        if not only or "jobs" in only:
            jobs.run(pg, binary, python, options.jobs)
        if not only or "broadcast" in only:
            broadcast.run(pg, binary, options.residents)
        sizes = list(map(int, options.apartments.split(",")))
        for n, apartments in enumerate(sizes):
            # How large a company is matters to no open page: once is enough.
            pages = n == 0 and (not only or "sockets" in only)
            if only and not pages and not set(only) - {"jobs", "sockets", "broadcast"}:
                continue
            size = Size(pg, apartments, binary, python)
            try:
                if not only or set(only) - {"jobs", "sockets", "broadcast"}:
                    measure(size, only, options, pg, python)
                if pages:
                    sockets.run(size, python, options.clients)
            finally:
                size.stop()
    finally:
        pg.stop()


if __name__ == "__main__":
    main()
