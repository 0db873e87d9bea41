"""The peer's jobs: Celery on Redis, as its documentation advises for work that must not be lost."""
import os

import psycopg
from celery import Celery

app = Celery("jobs", broker=os.environ["JOBS_REDIS"])
app.conf.update(
    task_acks_late=True, task_reject_on_worker_lost=True, task_ignore_result=True, worker_prefetch_multiplier=4,
    broker_transport_options={"visibility_timeout": 20}, broker_connection_retry_on_startup=True, worker_hijack_root_logger=False,
)
_connection = None


def connection() -> psycopg.Connection:
    global _connection
    if _connection is None:
        _connection = psycopg.connect(os.environ["JOBS_DATABASE"])
    return _connection


@app.task(name="deliver")
def deliver(letter: str) -> None:
    db = connection()
    with db.transaction():
        db.execute("select state, channel, company_id from letters where id = %s for update", (letter,))
        db.execute("update letters set state = 'sending', attempts = attempts + 1 where id = %s", (letter,))
        db.execute("select * from letters where id = %s", (letter,)).fetchone()
    with db.transaction():
        db.execute("update letters set state = 'captured', done_at = now() where id = %s and state in ('queued', 'sending')", (letter,))


def queue() -> None:
    with connection() as db, app.producer_pool.acquire() as producer:
        for (letter,) in db.execute("select id from letters"):
            deliver.apply_async((str(letter),), producer=producer)


if __name__ == "__main__":
    queue()
