"""What staff do beside selling: notes, exceptions at the door, admissions handed in late, the payments' file."""

from __future__ import annotations

import graphene

from booking_service.commands import door as door_commands
from booking_service.commands import door_sync, exports, notes
from booking_service.schema import answers, views
from booking_service.schema.door_types import QueuedCheckInInput, SyncCheckInsPayload
from booking_service.schema.enums import ExportFormat, text
from booking_service.schema.payloads import BookingPayload, CheckInPayload, ExportPayload
from booking_service.schema.query import check_span
from chassis.graphql_types import Date, mutation_payload


class StaffMutations(graphene.ObjectType):
    """What staff do beside selling."""

    add_booking_note = graphene.Field(
        graphene.NonNull(BookingPayload),
        booking_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        text=graphene.Argument(graphene.NonNull(graphene.String)),
        description="STAFF and up: a line of the booking's timeline, 500 characters at most.",
    )
    override_check_in = graphene.Field(
        graphene.NonNull(CheckInPayload),
        qr_payload=graphene.Argument(graphene.String),
        code=graphene.Argument(graphene.String),
        showtime_id=graphene.Argument(graphene.ID),
        door=graphene.Argument(graphene.String),
        reason=graphene.Argument(graphene.NonNull(graphene.String)),
        description="MANAGER of the cinema or ADMIN: lets in in spite of TICKET_ALREADY_USED, WRONG_SHOWTIME, TOO_EARLY.",
    )
    sync_check_ins = graphene.Field(
        graphene.NonNull(SyncCheckInsPayload),
        showtime_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        check_ins=graphene.Argument(
            graphene.NonNull(graphene.List(graphene.NonNull(QueuedCheckInInput))),
        ),
        description="STAFF and up: admissions made without a connection, at most 500; handed in twice they count once.",
    )
    export_payments = graphene.Field(
        graphene.NonNull(ExportPayload),
        from_=graphene.Argument(graphene.NonNull(Date), name="from"),
        to=graphene.Argument(graphene.NonNull(Date)),
        cinema_id=graphene.Argument(graphene.ID),
        format=graphene.Argument(ExportFormat, default_value=ExportFormat.CSV),
        description="MANAGER of the cinema or ADMIN: payments begun on these days.",
    )

    @mutation_payload(BookingPayload)
    def resolve_add_booking_note(root, info, booking_id, text):
        notes.add_note(info.context.runtime, info.context.caller, booking_id, text)
        return BookingPayload(booking=answers.booking(info, booking_id))

    @mutation_payload(CheckInPayload)
    def resolve_override_check_in(
        root, info, reason, qr_payload=None, code=None, showtime_id=None, door=None
    ):
        return answers.checked_in(
            info,
            door_commands.override_check_in(
                info.context.runtime, info.context.caller, qr_payload=qr_payload, code=code, showtime_id=showtime_id,
                door=door, reason=reason,
            ),
        )  # fmt: skip

    @mutation_payload(SyncCheckInsPayload, results=[])
    def resolve_sync_check_ins(root, info, showtime_id, check_ins):
        queued = [door_sync.QueuedCheckIn(one.at, one.qr_payload, one.code, one.door) for one in check_ins]
        merged = door_sync.sync_check_ins(info.context.runtime, info.context.caller, showtime_id, queued)
        return SyncCheckInsPayload(
            results=answers.merged(info, merged), showtime=views.showtimes(info, [showtime_id])[0]
        )

    @mutation_payload(ExportPayload)
    def resolve_export_payments(root, info, from_, to, cinema_id=None, format=ExportFormat.CSV):
        check_span(from_, to)
        export_id = exports.export_payments(
            info.context.runtime, info.context.caller, from_, to, cinema_id, text(format) or "CSV"
        )
        return ExportPayload(export=answers.export(info, export_id))
