"""Sample data of notification_service: there is none to make.

Words ship with the code, contacts arrive by events, and past sales of the sample programme were told long ago.
"""

from __future__ import annotations

from notification_service.settings import NotificationRuntime


def run(_runtime: NotificationRuntime) -> None:
    """Nothing is owed to anybody."""
