"""Messages inside the application: stored already, so sending means telling open pages."""

from __future__ import annotations

import redis

from chassis.logs import log
from notification_service.channels import Parcel
from notification_service.settings import NotificationRuntime


class InApp:
    """Tells the person's open streams; who has none finds the message in the list."""

    def __init__(self, runtime: NotificationRuntime) -> None:
        self._runtime = runtime

    def send(self, parcel: Parcel) -> None:
        """Never fails: a stream that misses a message is made good by the next look at the list."""
        channel = stream_of(self._runtime, parcel.user_id or "")
        try:
            self._runtime.redis.publish(channel, parcel.notification_id)
        except redis.RedisError as error:
            log().warning("open pages were not told", error=repr(error))


def stream_of(runtime: NotificationRuntime, user_id: str) -> str:
    """Name of the Redis channel of one person's messages."""
    return f"{runtime.settings.prefix}:notifications:{user_id}"
