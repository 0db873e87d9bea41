"""`make bench ONLY=broadcast`: one text to ten thousand residents by push, mail, SMS and the list in the app, each to an end.

The carriers are stand-ins outside: `channels-standin` for push and SMS, a mail server that only counts. Sent twice: once
undisturbed, once while the worker processes are killed with -9 in the middle. Then the report is held against who there is,
and against what the carriers were given.
"""
import asyncio
import atexit
import hashlib
import json
import os
import re
import signal
import subprocess
import threading
import urllib.request
from collections import Counter
from pathlib import Path

from jobs import Process, free_port, until
from machine import Server, call, cpu
from postgres import Postgres

HERE = Path(__file__).parent
WORK = Path(os.environ["BENCH_DIR"])
STANDIN = Path(os.environ["BENCH_BIN"]).with_name("channels-standin")
DATABASE, PORT = "uk_broadcast", 18710
WORKERS = 2
# Of the residents who have a login so many have a browser that wants to be told; every so many do not want SMS.
BROWSERS, NO_SMS = 2_000, 5
OUT = "('sent', 'delivered', 'read', 'captured')"


class Mailbox:
    """A mail server that takes everything and remembers which letters came how often."""

    def __init__(self):
        self.letters: Counter[str] = Counter()
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait()

    def _run(self, ready: threading.Event) -> None:
        async def serve() -> None:
            server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=1 << 20)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await server.serve_forever()

        asyncio.run(serve())

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")

        say("220 bench")
        try:
            while raw := await reader.readline():
                word = raw[:4].upper()
                if word == b"DATA":
                    say("354 go on")
                    text = (await reader.readuntil(b"\r\n.\r\n")).decode("utf-8", "replace")
                    self.letters[re.search(r"(?im)^message-id:\s*(\S+)", text)[1]] += 1
                    say("250 taken")
                elif word == b"QUIT":
                    say("221 bye")
                    break
                else:
                    say("250-bench\r\n250 8BITMIME" if word == b"EHLO" else "250 ok")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # who was killed says no farewell
        finally:
            writer.close()


class City:
    """A demo company with enough residents, everybody's wishes, the server and the carriers."""

    def __init__(self, pg: Postgres, binary: Path, residents: int):
        self.pg, self.binary, self.mailbox, self.workers = pg, binary, Mailbox(), []
        port = free_port()
        self.carriers = f"http://127.0.0.1:{port}"
        self.standin = Process("channels", [STANDIN, "--port", port])
        # Whatever ends the run.
        atexit.register(self.stop)
        base, data = f"localhost/{DATABASE}?host={pg.dir}", WORK / f"data-broadcast-{residents}"
        self.env = {
            "UK_DATABASE__URL": f"postgres://uk_app@{base}", "UK_DATABASE__OWNER_URL": f"postgres://uk_owner@{base}",
            "UK_DATA_DIR": str(data), "PORT": str(PORT), "UK_SERVER__HOST": "127.0.0.1", "UK_SERVER__SITE_DIR": os.environ["SITE_DIR"],
            "UK_DEMO": "true", "UK_LOG__LEVEL": "error", "UK_LIMITS__AUTH_PER_MINUTE": "100000000", "UK_LIMITS__API_PER_MINUTE": "100000000",
            "UK_SMTP__URL": f"smtp://127.0.0.1:{self.mailbox.port}", "UK_PUSH__HOSTS": self.carriers, "UK_ESKIZ__URL": f"{self.carriers}/eskiz",
            "UK_ESKIZ__EMAIL": "office@example.uz", "UK_ESKIZ__PASSWORD": "eskiz-password", "UK_SMS__DAILY_PARTS": "10000000",
        }
        until("the carriers", self._carries, 30)
        pg.roles()
        pg.psql("postgres", f"drop database if exists {DATABASE} with (force)")
        pg.psql("postgres", f"create database {DATABASE} owner uk_owner")
        # Somebody lives in nearly every flat, and often more than one.
        subprocess.run([str(binary), "seed", "--apartments", str(residents)], env={**os.environ, **self.env}, check=True)
        self.server = Server("ours", [str(binary), "serve"], self.env, HERE, f"http://127.0.0.1:{PORT}/readyz", WORK / "broadcast.log")
        self.api = f"http://127.0.0.1:{PORT}/api/v1"
        logins = json.loads((data / "demo-logins.json").read_text())
        admin = next(x for x in logins if x.get("login") == "admin")
        self.token = call(f"{self.api}/auth/login", body={"login": admin["login"], "password": admin["password"]})["access_token"]
        self.company = pg.psql(DATABASE, "select id from companies where demo")
        self._wish()
        self.residents = int(pg.psql(DATABASE, f"""select count(distinct r.contact_id) from residencies r
            left join users u on u.company_id = r.company_id and u.contact_id = r.contact_id
            where r.company_id = '{self.company}' and r.until_on is null and u.blocked_at is null"""))
        if self.residents < residents:
            raise SystemExit(f"the city has {self.residents} residents only")
        pg.psql(DATABASE, "vacuum analyze")

    def _carries(self) -> bool:
        try:
            self.carried()
            return True
        except OSError:
            return False

    def carried(self) -> dict:
        with urllib.request.urlopen(f"{self.carriers}/control/state", timeout=60) as answer:
            return json.loads(answer.read())

    def _wish(self) -> None:
        """Browsers for some, no SMS for others."""
        key = call(f"{self.api}/notifications/devices", self.token)["key"]
        vapid = hashlib.sha256(key.encode()).hexdigest()[:8]
        browsers = [call(f"{self.carriers}/control/push/subscribe", body={}) for _ in range(BROWSERS)]
        values = ",\n".join(f"({n}, '{b['endpoint']}', '{b['p256dh']}', '{b['auth']}')" for n, b in enumerate(browsers, 1))
        path = WORK / "browsers.sql"
        path.write_text(f"""with d(n, address, p256dh, auth) as (values {values}),
            u as (select id, company_id, row_number() over (order by id) as n from users
              where company_id = '{self.company}' and role = 'resident' and blocked_at is null limit {BROWSERS}),
            s as (insert into sessions (id, company_id, user_id, created_at, last_seen_at, expires_at)
              select gen_random_uuid(), company_id, id, now(), now(), now() + interval '30 days' from u returning id, user_id)
            insert into push_devices (id, company_id, user_id, session_id, kind, address, address_hash, p256dh, auth, vapid, created_at, seen_at)
              select gen_random_uuid(), u.company_id, u.id, s.id, 'web', d.address, sha256(convert_to(d.address, 'UTF8')), d.p256dh, d.auth,
                '{vapid}', now(), now() from u join s on s.user_id = u.id join d on d.n = u.n;
            insert into notice_choices (company_id, contact_id, kind, channel, wanted)
              select company_id, id, 'news', 'sms', false from (select *, row_number() over (order by id) as n from contacts
                where company_id = '{self.company}') c where n % {NO_SMS} = 0;""")
        self.pg.file(DATABASE, path)

    def work(self) -> None:
        self.workers.append(Process("broadcast-worker", [self.binary, "worker"], self.env))

    def stop(self) -> None:
        for process in [*self.workers, self.standin]:
            if process.process.poll() is None:
                process.kill(signal.SIGTERM)


def broadcast(city: City, kills: int) -> dict:
    """One text to everybody, to the last final state."""
    sql = lambda query: city.pg.psql(DATABASE, query)
    text = {"title": f"Собрание жильцов {kills}", "text": "Завтра в 19:00 во дворе."}
    facts = {"texts": {"ru": text}, "audience": {"who": "residents"}, "important": True}
    card = call(f"{city.api}/news", city.token, facts)
    news = card["id"]
    while len(city.workers) < WORKERS:
        city.work()
    before = [cpu(city.pg.pid()), *(cpu(worker.pid) for worker in city.workers)]
    call(f"{city.api}/news/{news}/send", city.token, {}, If_Match=f'"{card["version"]}"')
    of = f"from deliveries d join notices n on n.company_id = d.company_id and n.id = d.notice_id where n.object_id = '{news}'"
    told = lambda: int(sql(f"select told from news where id = '{news}'"))
    ended = lambda: int(sql(f"select count(*) {of} and d.state not in ('queued', 'sending')"))
    # In the middle of telling, and in the middle of sending. What a killed worker had in hand is taken up after five minutes.
    middle = [lambda: told() >= city.residents // 3, lambda: ended() >= city.residents // 2]
    for turn in range(kills):
        until(f"the middle of the broadcast ({turn + 1})", middle[turn % 2], 900)
        city.workers.pop(0).kill()
        city.work()
    over = f"select (select state from news where id = '{news}') = 'sent' and not exists (select {of} and d.state in ('queued', 'sending'))"
    until("the end of the broadcast", lambda: sql(over) == "t", 1800)
    seconds = float(sql(f"select extract(epoch from max(d.done_at) - (select started_at from news where id = '{news}')) {of}"))
    used = cpu(city.pg.pid()) - before[0] + sum(cpu(w.pid) for w in city.workers) - (0 if kills else sum(before[1:]))
    card = call(f"{city.api}/news/{news}", city.token)
    ways = f"select count(*) from (select d.notice_id {of} and d.state in {OUT} group by 1 having count(distinct d.channel) > 1) t"
    return {"seconds": seconds, "cpu": used, "counts": card["counts"], "report": card["report"], "by two ways": int(sql(ways))}


def run(pg: Postgres, binary: Path, residents: int) -> None:
    city = City(pg, binary, residents)
    try:
        print(f"\n### A broadcast to {city.residents:,} residents, {WORKERS} workers\n")
        print("| run | told | to the last final state, s | people/s | CPU s | how it ended |\n| --- | --- | --- | --- | --- | --- |")
        for name, kills in (("undisturbed", 0), ("workers killed with -9 twice", 2)):
            found = broadcast(city, kills)
            counts, lines = found["counts"], found["report"]
            ends = ", ".join(f"{line['channel'] or 'nowhere'} {line['state']} {line['people']:,}" for line in lines)
            busy = f"{found['cpu']:.1f}" if not kills else ""
            print(f"| {name} | {counts['told']:,} | {found['seconds']:.1f} | {counts['told'] / found['seconds']:.0f} | {busy} | {ends} |", flush=True)
            people = sum(line["people"] for line in lines)
            if not people == counts["told"] == counts["expected"] == city.residents:
                raise SystemExit(f"the report does not add up: {people} people, {counts}")
            if any(line["state"] in ("queued", "sending") for line in lines) or found["by two ways"]:
                raise SystemExit(f"not everybody was told by one way to an end: {found}")
        again(city)
    finally:
        city.stop()
        city.server.stop()


def again(city: City) -> None:
    """What the carriers were given more than once. A letter or a push that came again is known by its id, and replaces the
    first; an SMS would be read twice."""
    carried = city.carried()
    more = lambda counter: sum(n - 1 for n in counter.values())
    texts = Counter(text["user_sms_id"] for text in carried["texts"])
    pushes = Counter((push["browser"], push["topic"]) for push in carried["pushes"])
    letters = city.mailbox.letters
    print(f"\nAt the carriers, both runs: {len(texts):,} SMS, {more(texts)} twice; {len(letters):,} letters, {more(letters)} again under the same id; "
          f"{len(pushes):,} pushes, {more(pushes)} again under the same topic.")
    if more(texts):
        raise SystemExit("somebody got an SMS twice")
