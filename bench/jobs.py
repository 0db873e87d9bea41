"""`make bench ARGS="--only jobs"`: jobs with an effect that lasts, through PostgreSQL alone, through RabbitMQ, through Celery
with Redis on the same PostgreSQL, and pgbench with the same statements.

Each job sends one captured letter: its row goes from queued to sending in one transaction and to captured in a second one.
Everything is queued before the clock starts. A second, smaller run kills a worker with -9 in the middle and starts another:
it is there to count, not to race. What a job has done is counted by a trigger, the same for everybody: an effect is a row.
"""
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from machine import cpu
from postgres import Postgres

HERE = Path(__file__).parent
WORK = Path(os.environ["BENCH_DIR"])
DATABASE = "uk_jobs"
WORKERS = 2
# Times what Celery does.
GOAL = 8
# A keyed job takes an advisory lock until its transaction ends: the lock table has room for 6,400.
BATCH = 5_000
QUEUE = """
with made as (insert into deliveries (id, channel, address, template, lang, params, created_at)
  select gen_random_uuid(), 'email', 'reader-' || n || '@example.uz', 'password_reset', 'ru', '{{"name": "Reader", "token": "t"}}', now()
  from generate_series(1, {n}) n returning id)
select count(graphile_worker.add_job('deliver', json_build_object('delivery_id', id), max_attempts => 12, job_key => 'deliver:' || id)) from made"""
# An effect is a row of its own: one that happens twice is seen, whatever the letter says.
EFFECTS = """
create table if not exists public.bench_effects (letter uuid not null);
truncate public.bench_effects;
grant insert on public.bench_effects to public;
create or replace function public.bench_effect() returns trigger language plpgsql as
  $$ begin insert into public.bench_effects values (new.id); return null; end $$;
create or replace trigger bench_effect after update of state on {table} for each row
  when (new.state = 'captured') execute function public.bench_effect()"""
LETTERS = """
drop table if exists letters;
create table letters (like deliveries including defaults including indexes);
insert into letters (id, channel, address, template, lang, params, created_at)
  select gen_random_uuid(), 'email', 'reader-' || n || '@example.uz', 'password_reset', 'ru', '{{"name": "Reader", "token": "t"}}', now()
  from generate_series(1, {n}) n"""
LIMIT = r"""
update graphile_worker._private_jobs j set attempts = attempts + 1, locked_by = 'pgbench', locked_at = now()
  where id = (select id from graphile_worker._private_jobs where is_available = true and run_at <= now()
    order by priority, run_at limit 1 for update skip locked) returning id as job, payload ->> 'delivery_id' as letter \gset
begin;
select state, channel, company_id from deliveries where id = :letter for update;
update deliveries set state = 'sending', attempts = attempts + 1 where id = :letter;
select * from deliveries where id = :letter;
commit;
begin;
update deliveries set state = 'captured', done_at = now() where id = :letter and state in ('queued', 'sending');
commit;
delete from graphile_worker._private_jobs where id = :job;
"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    def __init__(self, name: str, command: list, env: dict[str, str] | None = None):
        log = (WORK / f"{name}.log").open("ab")
        self.process = subprocess.Popen([str(c) for c in command], env={**os.environ, **(env or {})}, cwd=HERE, stdout=log,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        self.pid = self.process.pid

    def kill(self, how: int = signal.SIGKILL) -> None:
        os.killpg(self.pid, how)
        self.process.wait(60)


def until(what: str, ready, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited in vain: {what}")
        time.sleep(0.2)


def says(port: int, hello: bytes, first: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as s:
            s.settimeout(1)
            s.sendall(hello)
            return s.recv(1) == first
    except OSError:
        return False


class Rabbit:
    def __init__(self):
        self.port, names, nodes = free_port(), free_port(), free_port()
        home = WORK / f"rabbit-{self.port}"
        home.mkdir(parents=True)
        (home / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\nlog.console = false\n")
        (home / "plugins").write_text("[].")
        self.names = Process("epmd", ["epmd", "-port", names, "-address", "127.0.0.1"])
        self.server = Process("rabbit", ["/usr/lib/rabbitmq/bin/rabbitmq-server"], {
            "HOME": str(home), "RUNNING_UNDER_SYSTEMD": "1", "RABBITMQ_NODENAME": f"uk{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(nodes), "ERL_EPMD_PORT": str(names), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(home / "data"), "RABBITMQ_LOG_BASE": str(home / "log"), "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"), "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        })
        until("RabbitMQ", lambda: says(self.port, b"AMQP\0\0\x09\x01", b"\x01"), 90)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/%2f"

    def stop(self) -> None:
        self.server.kill()
        self.names.kill()


class Redis:
    def __init__(self):
        self.port = free_port()
        self.server = Process("redis", ["redis-server", "--port", self.port, "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"])
        until("Redis", lambda: says(self.port, b"PING\r\n", b"+"), 30)

    def stop(self) -> None:
        self.server.kill()


class Ours:
    """`uk-crm worker` processes; with a broker the jobs travel over it."""

    table = "deliveries"

    def __init__(self, pg: Postgres, binary: Path, rabbit: Rabbit | None):
        base = f"localhost/{DATABASE}?host={pg.dir}"
        self.pg, self.binary, self.rabbit = pg, binary, rabbit
        self.env = {
            "UK_DATABASE__URL": f"postgres://uk_app@{base}", "UK_DATABASE__OWNER_URL": f"postgres://uk_owner@{base}",
            "UK_DATA_DIR": str(WORK / "data-jobs"), "UK_DEV": "true", "UK_LOG__LEVEL": "error",
        }
        if rabbit:
            self.env |= {"UK_AMQP__URL": rabbit.url, "UK_AMQP__LEASE_S": "20"}
        self.name = "ours, RabbitMQ" if rabbit else "ours, PostgreSQL"

    def queue(self, n: int) -> None:
        self.pg.psql(DATABASE, "delete from graphile_worker._private_jobs; delete from deliveries")
        for begin in range(0, n, BATCH):
            self.pg.psql(DATABASE, QUEUE.format(n=min(BATCH, n - begin)))
        self.pg.psql(DATABASE, f"vacuum analyze {self.table}")
        self.pg.psql(DATABASE, EFFECTS.format(table=self.table))

    def worker(self) -> Process:
        return Process("worker", [self.binary, "worker"], self.env)

    def others(self) -> list[int]:
        return [self.rabbit.server.pid] if self.rabbit else []


class Celery:
    """Two transactions a letter, acknowledged late, four processes a worker."""

    name, table = "Celery, Redis", "letters"

    def __init__(self, pg: Postgres, python: Path, redis: Redis):
        self.pg, self.python, self.redis = pg, python, redis
        self.env = {"JOBS_REDIS": f"redis://127.0.0.1:{redis.port}/0", "JOBS_DATABASE": f"host={pg.dir} user=postgres dbname={DATABASE}"}

    def queue(self, n: int) -> None:
        subprocess.run(["redis-cli", "-p", str(self.redis.port), "flushall"], check=True, stdout=subprocess.DEVNULL)
        self.pg.psql(DATABASE, LETTERS.format(n=n))
        self.pg.psql(DATABASE, f"vacuum analyze {self.table}")
        self.pg.psql(DATABASE, EFFECTS.format(table=self.table))
        subprocess.run([str(self.python), "-m", "peer.jobs"], env={**os.environ, **self.env}, cwd=HERE, check=True)

    def worker(self) -> Process:
        return Process("celery", [self.python, "-m", "celery", "-A", "peer.jobs", "worker", "--pool", "prefork", "-c", "4", "-l", "error",
                                  "-n", f"{time.monotonic_ns()}@bench"], self.env)

    def others(self) -> list[int]:
        return [self.redis.server.pid]


def ended(pg: Postgres, table: str) -> int:
    return int(pg.psql(DATABASE, f"select count(*) from {table} where state = 'captured'"))


def race(pg: Postgres, who, n: int) -> dict:
    who.queue(n)
    before = cpu(pg.pid()) + sum(map(cpu, who.others()))
    workers, began = [who.worker() for _ in range(WORKERS)], time.monotonic()
    until(f"{n} jobs of {who.name}", lambda: ended(pg, who.table) >= n, 120 + n / 20)
    seconds = time.monotonic() - began
    used = cpu(pg.pid()) + sum(map(cpu, who.others())) - before + sum(cpu(w.pid) for w in workers)
    for worker in workers:
        worker.kill(signal.SIGTERM)
    return {"rate": n / seconds, "cpu": used * 1e3 / n, **count(pg, who, n)}


def count(pg: Postgres, who, n: int) -> dict:
    again = int(pg.psql(DATABASE, f"select count(*) from {who.table} where attempts > 1"))
    effects, letters = map(int, pg.psql(DATABASE, "select count(*) || ' ' || count(distinct letter) from bench_effects").split())
    return {"lost": n - letters, "twice": effects - letters, "again": again}


def kills(pg: Postgres, who, n: int) -> dict:
    """Three workers die, one after the other, each in the middle of work."""
    who.queue(n)
    workers = [who.worker() for _ in range(WORKERS)]
    for turn in range(3):
        until(f"job {n * (turn + 1) // 5} of {who.name}", lambda: ended(pg, who.table) >= n * (turn + 1) // 5, 300)
        workers.pop(0).kill()
        workers.append(who.worker())
    until(f"{n} jobs of {who.name} after kills", lambda: ended(pg, who.table) >= n, 900)
    for worker in workers:
        worker.kill(signal.SIGTERM)
    return count(pg, who, n)


def limit(pg: Postgres, ours: Ours, n: int) -> dict:
    ours.queue(n)
    path, clients = WORK / "jobs.pgbench", 8
    path.write_text(LIMIT)
    before, own, began = cpu(pg.pid()), os.times(), time.monotonic()
    ran = subprocess.run(["pgbench", "-h", str(pg.dir), "-U", "postgres", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-t", str(n // clients), "-f", str(path), DATABASE],
                         text=True, capture_output=True)
    if ran.returncode:
        raise SystemExit(f"pgbench: {ran.stderr[-2000:]}")
    seconds, after = time.monotonic() - began, os.times()
    client = after.children_user + after.children_system - own.children_user - own.children_system
    return {"rate": n / seconds, "cpu": (cpu(pg.pid()) - before + client) * 1e3 / n}


def run(pg: Postgres, binary: Path, python: Path, n: int) -> None:
    pg.roles()
    pg.psql("postgres", f"drop database if exists {DATABASE} with (force)")
    pg.psql("postgres", f"create database {DATABASE} owner uk_owner")
    alone = Ours(pg, binary, None)
    subprocess.run([str(binary), "migrate"], env={**os.environ, **alone.env}, check=True, stdout=subprocess.DEVNULL)
    rabbit, redis = Rabbit(), Redis()
    try:
        most, celery = limit(pg, alone, n), None
        print(f"\n### {n:,} jobs, {WORKERS} workers\n")
        print("| who | jobs/s | share of pgbench | times Celery | CPU ms a job, everything | lost | twice | begun again |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        print(f"| pgbench, same statements | {most['rate']:.0f} | 1.00 | | {most['cpu']:.2f} | | | |", flush=True)
        everybody = [Celery(pg, python, redis), alone, Ours(pg, binary, rabbit)]
        # What a killed worker held comes back after minutes of waiting: nobody races meanwhile.
        races = [race(pg, who, n) for who in everybody]
        for who, raced in zip(everybody, races):
            celery = celery or raced["rate"]
            print(f"| {who.name} | {raced['rate']:.0f} | {raced['rate'] / most['rate']:.2f} | {raced['rate'] / celery:.1f} | {raced['cpu']:.2f} "
                  f"| {raced['lost']} | {raced['twice']} | {raced['again']} |", flush=True)
        print("\n| killed with -9, three times in the middle | lost | twice | begun again |\n| --- | --- | --- | --- |", flush=True)
        for who, raced in zip(everybody, races):
            killed = kills(pg, who, max(n // 10, 200))
            print(f"| {who.name} | {killed['lost']} | {killed['twice']} | {killed['again']} |", flush=True)
            if not isinstance(who, Celery) and raced["lost"] + raced["twice"] + raced["again"] + killed["lost"] + killed["twice"]:
                raise SystemExit(f"{who.name}: a job was lost, done twice or begun again without need")
        print(f"\nGoal: {GOAL} times Celery.")
    finally:
        rabbit.stop()
        redis.stop()
