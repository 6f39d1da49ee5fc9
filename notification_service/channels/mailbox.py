"""The dev mailbox: takes what has no other way out, so that it can be looked at."""

from __future__ import annotations

from sqlalchemy import insert

from chassis.ids import new_id
from notification_service.channels import Parcel
from notification_service.models import MailRow
from notification_service.settings import NotificationRuntime


class Mailbox:
    """Stores parcels instead of sending them. Not for production."""

    def __init__(self, runtime: NotificationRuntime) -> None:
        self._runtime = runtime

    def send(self, parcel: Parcel) -> None:
        """Store it."""
        row = insert(MailRow).values(
            id=new_id(),
            notification_id=parcel.notification_id,
            channel=parcel.channel,
            recipient=parcel.recipient,
            subject=parcel.subject,
            text=parcel.text,
            html=parcel.html,
        )
        self._runtime.database.transact(lambda session: session.execute(row))
