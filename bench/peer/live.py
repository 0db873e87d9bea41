"""Live events as such back ends usually have them: Redis carries them to every worker, each worker writes to its sockets.
Off without PEER_REDIS: the other lines pay nothing for it."""
import asyncio
import os

import orjson
import redis.asyncio as redis
from fastapi import APIRouter, HTTPException, WebSocket, WebSocketDisconnect

from . import auth

CHANNEL = "events"
router = APIRouter()
rooms: dict[int, set[WebSocket]] = {}
bus = redis.from_url(os.environ["PEER_REDIS"]) if "PEER_REDIS" in os.environ else None


@router.websocket("/api/v1/ws")
async def live(socket: WebSocket) -> None:
    try:
        who = auth.principal(socket)
    except HTTPException:
        await socket.close(1008)
        return
    await socket.accept()
    room = rooms.setdefault(who.company_id, set())
    room.add(socket)
    try:
        await socket.send_text('{"type":"hello"}')
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        room.discard(socket)


async def publish(company: int, event: dict) -> None:
    if bus:
        await bus.publish(CHANNEL, orjson.dumps([company, event]))


async def relay() -> None:
    """Hands on what comes, for ever."""
    async with bus.pubsub() as channel:
        await channel.subscribe(CHANNEL)
        async for message in channel.listen():
            if message["type"] != "message":
                continue
            company, event = orjson.loads(message["data"])
            text = orjson.dumps(event).decode()
            await asyncio.gather(*(socket.send_text(text) for socket in list(rooms.get(company, ()))), return_exceptions=True)
