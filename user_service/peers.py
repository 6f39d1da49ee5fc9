"""What user_service asks its siblings: everything they hold about one person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import orjson

from chassis.identity import Caller
from user_service.settings import UserRuntime

# Those that keep something about people; the others know neither names nor user ids.
HOLDERS = ("booking_service", "coupon_service", "movie_service", "notification_service", "payment_service")
DEADLINE_SECONDS = 8.0


def personal_data(runtime: UserRuntime, caller: Caller, user_id: str) -> dict[str, Any]:
    """By service name, what each sibling holds about `user_id`.

    Raises Unavailable or PeerError when one of them does not answer: half an answer would look like a whole one.
    """

    def ask(peer: str) -> Any:
        field = f"{peer.removesuffix('_service')}PersonalData"
        answer = runtime.peers.call(
            peer,
            f"query PersonalData($userId: ID!) {{ {field}(userId: $userId) }}",
            {"userId": user_id},
            caller=caller,
            deadline_seconds=DEADLINE_SECONDS,
        )
        text = answer[field]
        return orjson.loads(text) if text else None

    with ThreadPoolExecutor(len(HOLDERS)) as pool:
        # Each in a copy of the request's context, so that its id travels with the question.
        asked = [pool.submit(copy_context().run, ask, peer) for peer in HOLDERS]
        return {peer: answer.result() for peer, answer in zip(HOLDERS, asked, strict=True)}
