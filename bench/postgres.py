"""A PostgreSQL of its own with durability on, and the SQL of our server as pgbench scripts."""
import json
import os
import re
import subprocess
import time
from pathlib import Path

CONF = """
listen_addresses = ''
unix_socket_directories = '{dir}'
shared_buffers = 1GB
max_connections = 100
fsync = on
synchronous_commit = on
full_page_writes = on
max_wal_size = 4GB
checkpoint_timeout = 30min
random_page_cost = 1.1
logging_collector = on
log_destination = jsonlog
log_directory = '{dir}/log'
log_filename = 'server.log'
log_parameter_max_length = -1
jit = off
"""


class Postgres:
    def __init__(self, folder: Path):
        self.dir = folder
        self.data = folder / "data"
        self.bin = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))[-1]
        self.root = os.getuid() == 0
        folder.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            if self.root:
                subprocess.run(["chown", "-R", "postgres", str(folder)], check=True)
            self._as([self.bin / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"])
            self._as(["tee", "-a", self.data / "postgresql.conf"], CONF.format(dir=folder))
        self._as([self.bin / "pg_ctl", "-D", self.data, "-w", "-o", "-c log_min_duration_statement=-1", "start"])

    def _as(self, command: list, text: str | None = None) -> None:
        full = [str(c) for c in command]
        if self.root:
            full = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "env", "HOME=/tmp", *full]
        subprocess.run(full, input=text, text=True, check=True, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self._as([self.bin / "pg_ctl", "-D", self.data, "-m", "fast", "stop"])

    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def psql(self, database: str, sql: str, user: str = "postgres") -> str:
        command = ["psql", "-h", str(self.dir), "-U", user, "-d", database, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql]
        return subprocess.run(command, check=True, text=True, capture_output=True).stdout.strip()

    def file(self, database: str, path: Path, **variables: object) -> None:
        extra = [x for k, v in variables.items() for x in ("-v", f"{k}={v}")]
        command = ["psql", "-h", str(self.dir), "-U", "postgres", "-d", database, "-qX", "-v", "ON_ERROR_STOP=1", *extra, "-f", str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def has(self, database: str) -> bool:
        return self.psql("postgres", f"select 1 from pg_database where datname = '{database}'") == "1"

    def statements(self, database: str, call) -> list[tuple[str, dict[str, str | None]]]:
        """What the server asks while `call` runs: SQL and the values of its parameters, in order."""
        log = self.dir / "log" / "server.json"
        self.psql("postgres", f"alter database {database} set log_min_duration_statement = 0")
        self.psql("postgres", f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'")
        call()  # the pool comes back
        call()
        begin = _settled(log)
        call()
        _settled(log)
        with log.open("rb") as file:
            file.seek(begin)
            lines = [json.loads(line) for line in file.read().splitlines()]
        self.psql("postgres", f"alter database {database} reset log_min_duration_statement")
        self.psql("postgres", f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'")
        call()
        found = []
        for line in lines:
            if line.get("dbname") != database or line.get("user") != "uk_app":
                continue
            match = re.match(r"duration: \S+ ms  (?:statement|execute [^:]*): (.*)", line["message"], re.S)
            if match:
                found.append((line["pid"], match[1].strip().rstrip(";"), _values(line.get("detail", ""))))
        return _of_the_call(found)


def _of_the_call(found: list) -> list:
    """The transactions of the call, each with one end. Left out: the relay of events, which wakes up beside it, what the
    driver asks once for a connection, and the ROLLBACK of a connection given back, which may be seen a little later."""
    transactions, current = [], {}
    for pid, sql, values in found:
        if sql.endswith("BEGIN"):
            current[pid] = []
            transactions.append(current[pid])
        if pid in current and sql != "ROLLBACK" and not sql.startswith("SELECT pg_type.oid"):
            current[pid].append((sql, values))
    ours = [t for t in transactions if len(t) > 1 and not any("pg_try_advisory_xact_lock" in sql for sql, _ in t)]
    return [step for t in ours for step in (t if t[-1][0] == "COMMIT" else [*t, ("ROLLBACK", {})])]


def _settled(log: Path) -> int:
    """The size of the log when nothing more is written to it: another process does, a little later."""
    size = -1
    while size != (size := log.stat().st_size):
        time.sleep(0.3)
    return size


def _values(detail: str) -> dict[str, str | None]:
    values = {}
    for match in re.finditer(r"\$(\d+) = (NULL|'(?:[^']|'')*')", detail):
        values[match[1]] = None if match[2] == "NULL" else match[2][1:-1].replace("''", "'")
    return values


# What a caller makes anew each time, and how the script makes it: ids, Payme's ids, numbers.
FRESH = [
    (re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"), "lpad(to_hex((:id{0})::bigint), 32, '0')::uuid"),
    (re.compile(r"^(?=.*[a-f])[0-9a-f]{24}$"), "lpad(to_hex((:id{0})::bigint), 24, '0')"),
    (re.compile(r"^[0-9]{1,18}$"), ":id{0}"),
]


def made(value: str) -> str | None:
    return next((how for form, how in FRESH if form.match(value)), None)


def script(first: list, second: list, path: Path) -> list[str]:
    """Writes a pgbench script of the statements and answers with the variables to pass. Ids and numbers that differ
    between two takes of the same call are new ones: the script makes them anew each time."""
    fresh: dict[str, int] = {}
    for (_, a), (_, b) in zip(first, second):
        for key, value in b.items():
            if value and made(value) and a.get(key) != value:
                fresh.setdefault(value, len(fresh))
    lines = [f"\\set id{n} random(1, 4000000000000000000)" for n in fresh.values()]
    variables = []
    for n, (sql, values) in enumerate(second):
        def place(match: re.Match, n=n, values=values) -> str:
            value = values.get(match[1])
            if value is None:
                return "NULL"
            if value in fresh:
                return made(value).format(fresh[value])
            name = f"s{n}p{match[1]}"
            variables.append(f"{name}={value}")
            return f":{name}"

        # One message of several statements is several here: the extended protocol has no such thing. A message is a
        # transaction of its own until its BEGIN keeps it open, so here BEGIN goes first.
        parts = [part.strip() for part in sql.split(";")] if not values else [sql]
        parts.sort(key=lambda part: part != "BEGIN")
        lines += [re.sub(r"\$(\d+)", place, " ".join(part.split())) + ";" for part in parts if part.strip()]
    path.write_text("\n".join(lines) + "\n")
    return sorted(set(variables))
