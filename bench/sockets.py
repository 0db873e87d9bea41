"""`make bench ONLY=sockets`: ten thousand open pages of two companies, here and at the peer. How late each hears of an event,
counted from the call that causes it; what a connection costs the server; and that nobody hears of the other company.

The clients are one process on one thread (`live-clients`), the same for both sides: about half of what an event costs on two
cores is theirs. Memory is the server's own, without the kernel's buffers.
"""
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from jobs import Redis
from machine import Server, call, memory

HERE = Path(__file__).parent
WORK = Path(os.environ["BENCH_DIR"])
CLIENTS = Path(os.environ["BENCH_BIN"]).with_name("live-clients")
BINARY = Path(os.environ["BENCH_BIN"])
ROUNDS = 20
PEER_PORT = 18703
# Share of the peer's p99, and KiB a connection.
GOAL_LATE, GOAL_MEMORY = 0.12, 12
LOGIN, PASSWORD = "bench-second", "a-long-password-1"


def allow_files(clients: int) -> None:
    """A connection is a file at both ends; servers that are started later inherit what is allowed here."""
    wanted = clients + 2_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return
    most = hard if hard == resource.RLIM_INFINITY or hard >= wanted else wanted
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    except (ValueError, PermissionError):
        raise SystemExit(f"{clients} clients need {wanted} open files, {hard} are allowed: ulimit -n {wanted}, or --clients {hard - 2_000}") from None


def said(clients: subprocess.Popen) -> dict:
    line = clients.stdout.readline()
    if not line:
        raise SystemExit("the clients gave up; what they said is above")
    return json.loads(line)


def take(server: Server, companies: list[dict], clients: int, rounds: int) -> dict:
    """One crowd: it connects, hears `rounds` events of each company, and goes."""
    before = memory(server.process.pid)
    plan = {"address": server.url_base.removeprefix("http://"), "path": "/api/v1/ws", "clients": clients, "rounds": rounds, "companies": companies}
    crowd = subprocess.Popen([str(CLIENTS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        crowd.stdin.write(json.dumps(plan) + "\n")
        crowd.stdin.flush()
        connected = said(crowd)
        opened, used = memory(server.process.pid), server.cpu()
        crowd.stdin.write("\n")
        crowd.stdin.flush()
        heard = said(crowd)
        after, used = memory(server.process.pid), server.cpu() - used
    finally:
        crowd.kill()
        crowd.wait()
    kib = lambda now: (now - before) * 1024 / clients
    return {**heard, "connect": connected["seconds"], "open": kib(opened), "after": kib(after), "cpu": used * 1e6 / heard["heard"]}


def ours(size) -> list[dict]:
    """The demo company, and a second one with a house."""
    if not size.pg.psql(size.ours_db, f"select 1 from users where login = '{LOGIN}'"):
        command = [str(BINARY), "create-admin", "--company", "Second", "--login", LOGIN, "--password", PASSWORD]
        subprocess.run(command, env={**os.environ, **size.env}, check=True, stdout=subprocess.DEVNULL)
    # New ones: the lines before may have taken longer than a token lives.
    enter = lambda login, password: call(f"{size.api}/auth/login", body={"login": login, "password": password})["access_token"]
    demo, second = enter(size.login["login"], size.login["password"]), enter(LOGIN, PASSWORD)
    if not call(f"{size.api}/buildings?limit=1", second)["items"]:
        call(f"{size.api}/buildings", second, {"address": "Вторая 1", "storeys": 5})
    companies = []
    for token in (demo, second):
        house = call(f"{size.api}/buildings?limit=1", token)["items"][0]["id"]
        body = {"building_id": house, "category": "yard", "description": "bench"}
        companies.append({"token": token, "post": f"{size.api}/requests", "body": body})
    return companies


def peers(size, python: Path, base: str) -> list[dict]:
    companies = []
    for company in (1, 2):
        user = size.pg.psql(size.peer_db, f"select id from users where company_id = {company} and role = 'dispatcher' limit 1")
        home = int(size.pg.psql(size.peer_db, f"select min(id) from apartments where company_id = {company}"))
        mint = [str(python), "-m", "peer.auth", user, str(company), "dispatcher"]
        token = subprocess.run(mint, cwd=HERE, check=True, text=True, capture_output=True).stdout.strip()
        body = {"apartment_id": home, "category_id": 1, "priority": 2, "title": "bench", "description": ""}
        companies.append({"token": token, "post": f"{base}/api/v1/requests", "body": body})
    return companies


def run(size, python: Path, clients: int) -> None:
    redis = Redis()
    base = f"http://127.0.0.1:{PEER_PORT}"
    env = {"PEER_DATABASE_URL": f"postgresql://postgres@/{size.peer_db}?host={size.pg.dir}", "PEER_STORE": "asyncpg",
           "PEER_REDIS": f"redis://127.0.0.1:{redis.port}/0"}
    command = [str(python), "-m", "uvicorn", "peer.main:app", "--workers", "2", "--loop", "uvloop", "--http", "httptools",
               "--no-access-log", "--log-level", "warning", "--host", "127.0.0.1", "--port", str(PEER_PORT)]
    peer = None
    try:
        peer = Server("peer with sockets", command, env, HERE, f"{base}/health", WORK / "peer-sockets.log")
        peer.url_base = base
        sides = {"FastAPI, Redis, 2 workers": (peer, peers(size, python, base)), "ours": (size.servers["ours"], ours(size))}
        found = {}
        for who, (server, companies) in sides.items():
            take(server, companies, min(200, clients), 2)  # warm
            found[who] = take(server, companies, clients, ROUNDS)
            print(f"sockets: {who} done", file=sys.stderr)
    finally:
        if peer:
            peer.stop()
        redis.stop()
    report(found, clients)


def report(found: dict[str, dict], clients: int) -> None:
    other = found["FastAPI, Redis, 2 workers"]
    print(f"\n### {clients:,} WebSocket clients of two companies, {ROUNDS} events of each\n")
    print("| who | from the call, ms: p50 | p95 | p99 | last | p99 / peer | goal | KiB a connection: open | after the events | goal "
          "| CPU µs a message | connected in s | to a wrong company |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for who, f in found.items():
        mine = who == "ours"
        share = f"{f['p99'] / other['p99']:.2f} | ≤ {GOAL_LATE}" if mine else " | "
        print(f"| {who} | {f['p50']:.1f} | {f['p95']:.1f} | {f['p99']:.1f} | {f['last']:.1f} | {share} | {f['open']:.1f} | {f['after']:.1f} "
              f"| {f'≤ {GOAL_MEMORY}' if mine else ''} | {f['cpu']:.1f} | {f['connect']:.1f} | {f['wrong']} of {f['heard']:,} |", flush=True)
    if found["ours"]["wrong"] or found["ours"]["twice"]:
        raise SystemExit(f"events went to a wrong company or came twice: {found['ours']}")
