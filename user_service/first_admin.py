"""The first administrator of a fresh installation: there are no default accounts, so somebody has to be named.

    python -m user_service.first_admin EMAIL NAME

prints a link to choose a password, and has it sent as well. Refused once there is an active administrator: from
then on administrators invite each other. Run again before the link is used, it makes a new one.
"""

from __future__ import annotations

import sys

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.errors import Refusal
from chassis.ids import new_id
from chassis.outbox import publish
from chassis.runtime import Runtime
from chassis.settings import SettingsError, load
from user_service import events, rules
from user_service.accounts import active_admins, search_text
from user_service.commands.links import send_invitation
from user_service.errors import AdminExists, EmailTaken
from user_service.models import UserRow
from user_service.settings import UserRuntime, UserSettings


def appoint(runtime: UserRuntime, email: str, name: str) -> str:
    """Make the account; the link to choose its password.

    Raises AdminExists, EmailInvalid, EmailTaken, NameRequired, NameTooLong, NameInvalid.
    """
    address, known_as = rules.email_of(email, ("email",)), rules.name_of(name, ("name",))

    def store(session: Session) -> str:
        user = session.scalars(select(UserRow).where(UserRow.email == address).with_for_update()).first()
        if set(active_admins(session)) - ({user.id} if user and user.password_hash is None else set()):
            raise AdminExists
        if user is not None and user.password_hash is not None:
            raise EmailTaken
        if user is None:
            user = UserRow(id=new_id(), email=address, locale="en", active=True, email_verified=False)
            session.add(user)
        user.name, user.role, user.cinema_ids = known_as, rules.ADMIN, []
        user.search_text = search_text(user)
        session.flush()
        publish(session, events.updated(user), events.role_changed(user))
        audit.record(session, None, "user.appoint_first_admin", "User", user.id)
        return send_invitation(session, runtime, user)

    return runtime.database.transact(store)


def main(arguments: list[str]) -> int:
    """Do what the command line asks; the exit status."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m user_service.first_admin EMAIL NAME\n")
        return 2
    try:
        runtime = Runtime.start("user_service", load(UserSettings))
        link = appoint(runtime, *arguments)
    except (Refusal, SettingsError) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(f"Choose the password here: {link}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
