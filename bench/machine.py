"""Processes: starting them, stopping them, and how much processor time each group has used."""
import atexit
import json
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: str) -> tuple[int, float, float] | None:
    """Parent, own seconds, seconds of ended children."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    f = text.rsplit(")", 1)[1].split()
    return int(f[1]), (int(f[11]) + int(f[12])) / TICK, (int(f[13]) + int(f[14])) / TICK


def cpu(root: int) -> float:
    """Seconds used by a process and everything below it, ended children included."""
    stats = {int(p): s for p in os.listdir("/proc") if p.isdigit() and (s := _stat(p))}
    below, todo = set(), [root]
    while todo:
        pid = todo.pop()
        if pid in stats and pid not in below:
            below.add(pid)
            todo += [child for child, s in stats.items() if s[0] == pid]
    return sum(stats[p][1] + stats[p][2] for p in below)


def memory(root: int) -> float:
    """Proportional megabytes of a process and everything below it."""
    stats = {int(p): s for p in os.listdir("/proc") if p.isdigit() and (s := _stat(p))}
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        todo += [child for child, s in stats.items() if s[0] == pid]
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


class Server:
    def __init__(self, name: str, command: list[str], env: dict[str, str], cwd: Path, url: str, log: Path):
        self.name, self.url = name, url
        self.process = subprocess.Popen(
            command, env={**os.environ, **env}, cwd=cwd, stdout=log.open("ab"), stderr=subprocess.STDOUT, start_new_session=True
        )
        # Whatever ends the run: the next one would measure a server that is left over.
        atexit.register(self.stop)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(url, timeout=1).read()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{name} did not start; see {log}") from None
                time.sleep(0.1)

    def cpu(self) -> float:
        return cpu(self.process.pid)

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(30)


def call(url: str, token: str = "", body: object = None, **headers: str) -> dict:
    """One call of an API; `If_Match` becomes `If-Match`."""
    request = urllib.request.Request(url, data=None if body is None else json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())
