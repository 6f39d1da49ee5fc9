"""What the house does: desk, door, programme, policies, files."""

from __future__ import annotations

import graphene

from booking_service.commands import (
    cancel,
    desk,
    exports,
    house,
    reschedule,
    schedule,
    waiting_room,
)
from booking_service.commands import door as door_commands
from booking_service.queries import reports
from booking_service.queries.policies import policies_of
from booking_service.rules.refunds import Tier
from booking_service.schema import answers, views
from booking_service.schema.enums import ExportFormat, PaymentMethod, text
from booking_service.schema.inputs import (
    BookingFilter,
    BookingPolicyInput,
    HoldSeatsInput,
    ScheduleShowtimesInput,
    ShowtimeInput,
    WaitingRoomInput,
)
from booking_service.schema.payloads import (
    BookingPayload,
    BookingPolicyPayload,
    BookingsPayload,
    CheckInPayload,
    ExportPayload,
    ShowtimePayload,
    ShowtimesPayload,
    WaitingRoomPayload,
)
from booking_service.schema.query import booking_filter
from chassis.errors import Refusal
from chassis.graphql_types import Date, DateTime, MoneyInput, mutation_payload, user_error


class HouseMutations(graphene.ObjectType):
    """What the house does: desk, door, programme, policies, files."""

    set_waiting_room = graphene.Field(
        graphene.NonNull(WaitingRoomPayload),
        input=graphene.Argument(graphene.NonNull(WaitingRoomInput)),
        description="MANAGER of the cinema or ADMIN.",
    )
    sell_at_box_office = graphene.Field(
        graphene.NonNull(BookingPayload),
        input=graphene.Argument(graphene.NonNull(HoldSeatsInput)),
        method=graphene.Argument(graphene.NonNull(PaymentMethod)),
        tendered=graphene.Argument(MoneyInput),
        reason=graphene.Argument(graphene.String),
        terminal_receipt=graphene.Argument(
            graphene.String, description="What the card terminal printed, for CARD; optional."
        ),
        description="STAFF and up: sells at the desk in one step: CASH (tendered: what was given), CARD, or COMP with a reason.",
    )
    check_in_ticket = graphene.Field(
        graphene.NonNull(CheckInPayload),
        qr_payload=graphene.Argument(graphene.String),
        code=graphene.Argument(graphene.String),
        showtime_id=graphene.Argument(graphene.ID),
        door=graphene.Argument(graphene.String),
        description="STAFF and up. TICKET_ALREADY_USED, TICKET_VOID, TICKET_INVALID, WRONG_SHOWTIME, TOO_EARLY.",
    )
    undo_check_in = graphene.Field(
        graphene.NonNull(CheckInPayload),
        ticket_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        reason=graphene.Argument(graphene.NonNull(graphene.String)),
    )
    schedule_showtime = graphene.Field(
        graphene.NonNull(ShowtimePayload),
        input=graphene.Argument(graphene.NonNull(ShowtimeInput)),
        description="MANAGER or ADMIN, as all below. AUDITORIUM_BUSY when it overlaps another with the turnaround time.",
    )
    schedule_showtimes = graphene.Field(
        graphene.NonNull(ShowtimesPayload),
        input=graphene.Argument(graphene.NonNull(ScheduleShowtimesInput)),
        dry_run=graphene.Argument(graphene.Boolean, default_value=False),
    )
    update_showtime = graphene.Field(
        graphene.NonNull(ShowtimePayload),
        id=graphene.Argument(graphene.NonNull(graphene.ID)),
        input=graphene.Argument(graphene.NonNull(ShowtimeInput)),
        description="Prices and languages for tickets not yet sold; the film and the room only while nothing is sold.",
    )
    reschedule_showtime = graphene.Field(
        graphene.NonNull(ShowtimePayload),
        id=graphene.Argument(graphene.NonNull(graphene.ID)),
        starts_at=graphene.Argument(graphene.NonNull(DateTime)),
        auditorium_id=graphene.Argument(graphene.ID),
    )
    publish_showtimes = graphene.Field(
        graphene.NonNull(ShowtimesPayload),
        ids=graphene.Argument(graphene.NonNull(graphene.List(graphene.NonNull(graphene.ID)))),
    )
    copy_programme = graphene.Field(
        graphene.NonNull(ShowtimesPayload),
        cinema_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        from_=graphene.Argument(graphene.NonNull(Date), name="from"),
        to=graphene.Argument(graphene.NonNull(Date)),
        dry_run=graphene.Argument(graphene.Boolean, default_value=False),
        description="The week of from, repeated from to on, as drafts.",
    )
    set_booking_policy = graphene.Field(
        graphene.NonNull(BookingPolicyPayload),
        cinema_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        input=graphene.Argument(graphene.NonNull(BookingPolicyInput)),
    )
    cancel_showtime = graphene.Field(
        graphene.NonNull(ShowtimePayload),
        id=graphene.Argument(graphene.NonNull(graphene.ID)),
        reason=graphene.Argument(graphene.NonNull(graphene.String)),
        description="Refunds every booking in full and tells every guest.",
    )
    cancel_bookings = graphene.Field(
        graphene.NonNull(BookingsPayload),
        ids=graphene.Argument(graphene.NonNull(graphene.List(graphene.NonNull(graphene.ID)))),
        reason=graphene.Argument(graphene.NonNull(graphene.String)),
        description="All or nothing is not asked here: each booking that could not be cancelled has its own userError.",
    )
    export_bookings = graphene.Field(
        graphene.NonNull(ExportPayload),
        filter=graphene.Argument(BookingFilter),
        format=graphene.Argument(ExportFormat, default_value=ExportFormat.CSV),
    )
    export_sales = graphene.Field(
        graphene.NonNull(ExportPayload),
        from_=graphene.Argument(graphene.NonNull(Date), name="from"),
        to=graphene.Argument(graphene.NonNull(Date)),
        cinema_id=graphene.Argument(graphene.ID),
        format=graphene.Argument(ExportFormat, default_value=ExportFormat.CSV),
    )
    set_seats_blocked = graphene.Field(
        graphene.NonNull(ShowtimePayload),
        showtime_id=graphene.Argument(graphene.NonNull(graphene.ID)),
        seat_ids=graphene.Argument(graphene.NonNull(graphene.List(graphene.NonNull(graphene.ID)))),
        blocked=graphene.Argument(graphene.NonNull(graphene.Boolean)),
    )

    @mutation_payload(WaitingRoomPayload)
    def resolve_set_waiting_room(root, info, input):
        waiting_room.steer(
            info.context.runtime, info.context.caller, input.showtime_id, opens_at=input.opens_at, rate=input.rate,
            is_open=input.open,
        )  # fmt: skip
        return WaitingRoomPayload(waiting_room=views.waiting_room_of(info, input.showtime_id))

    @mutation_payload(BookingPayload)
    def resolve_sell_at_box_office(
        root, info, input, method, tendered=None, reason=None, terminal_receipt=None
    ):
        given = answers.money(tendered)
        booking_id = desk.sell_at_box_office(
            info.context.runtime, info.context.caller, answers.wish(input), method=method.value, tendered=given, reason=reason,
            receipt=terminal_receipt,
        )  # fmt: skip
        sold = answers.booking(info, booking_id)
        return BookingPayload(
            booking=sold, change=desk.change_of(sold, given) if method.value == "CASH" else None
        )

    @mutation_payload(CheckInPayload)
    def resolve_check_in_ticket(root, info, qr_payload=None, code=None, showtime_id=None, door=None):
        try:
            ids = door_commands.check_in(
                info.context.runtime, info.context.caller, qr_payload=qr_payload, code=code, showtime_id=showtime_id,
                door=door,
            )  # fmt: skip
        except Refusal as refusal:
            return answers.refused_at_the_door(info, refusal, qr_payload, code)
        return answers.checked_in(info, ids)

    @mutation_payload(CheckInPayload)
    def resolve_undo_check_in(root, info, ticket_id, reason):
        return answers.checked_in(
            info, door_commands.undo_check_in(info.context.runtime, info.context.caller, ticket_id, reason)
        )

    @mutation_payload(ShowtimePayload)
    def resolve_schedule_showtime(root, info, input):
        made = schedule.schedule(info.context.runtime, info.context.caller, [answers.entry(input)])
        return ShowtimePayload(showtime=views.views(made)[0])

    @mutation_payload(ShowtimesPayload, showtimes=[])
    def resolve_schedule_showtimes(root, info, input, dry_run=False):
        entries = [
            answers.entry(input, auditorium_id=auditorium_id, starts_at=starts_at)
            for auditorium_id in input.auditorium_ids
            for starts_at in input.starts_at
        ]
        made = schedule.schedule(info.context.runtime, info.context.caller, entries, dry_run=bool(dry_run))
        return ShowtimesPayload(showtimes=views.views(made))

    @mutation_payload(ShowtimePayload)
    def resolve_update_showtime(root, info, id, input):
        reschedule.update_showtime(info.context.runtime, info.context.caller, id, answers.entry(input))
        return ShowtimePayload(showtime=views.showtimes(info, [id])[0])

    @mutation_payload(ShowtimePayload)
    def resolve_reschedule_showtime(root, info, id, starts_at, auditorium_id=None):
        reschedule.reschedule(info.context.runtime, info.context.caller, id, starts_at, auditorium_id)
        return ShowtimePayload(showtime=views.showtimes(info, [id])[0])

    @mutation_payload(ShowtimesPayload, showtimes=[])
    def resolve_publish_showtimes(root, info, ids):
        reschedule.publish_showtimes(info.context.runtime, info.context.caller, ids)
        return ShowtimesPayload(
            showtimes=[found for found in views.showtimes(info, ids) if found is not None]
        )

    @mutation_payload(ShowtimesPayload, showtimes=[])
    def resolve_copy_programme(root, info, cinema_id, from_, to, dry_run=False):
        made = reschedule.copy_programme(
            info.context.runtime, info.context.caller, cinema_id, from_, to, dry_run=bool(dry_run)
        )
        return ShowtimesPayload(showtimes=views.views(made))

    @mutation_payload(BookingPolicyPayload)
    def resolve_set_booking_policy(root, info, cinema_id, input):
        tiers = input.refund_tiers
        wish = house.PolicyWish(
            input.gap_rule, input.hold_minutes, input.maximum_seats, input.sales_close_minutes,
            input.turnaround_minutes, answers.money(input.fee),
            None if tiers is None else tuple(Tier(tier.hours_before, tier.percent) for tier in tiers),
        )  # fmt: skip
        runtime = info.context.runtime
        house.set_policy(runtime, info.context.caller, cinema_id, wish)
        found = runtime.database.read(lambda session: policies_of(session, runtime.settings, [cinema_id]))
        return BookingPolicyPayload(booking_policy=found.get(cinema_id))

    @mutation_payload(ShowtimePayload)
    def resolve_cancel_showtime(root, info, id, reason):
        cancel.cancel_showtime(info.context.runtime, info.context.caller, id, reason)
        return ShowtimePayload(showtime=views.showtimes(info, [id])[0])

    @mutation_payload(BookingsPayload, bookings=[])
    def resolve_cancel_bookings(root, info, ids, reason):
        done, refused = cancel.cancel_bookings(info.context.runtime, info.context.caller, ids, reason)
        return BookingsPayload(
            bookings=[found for found in views.bookings(info, done) if found is not None],
            user_errors=[user_error(refusal) for refusal in refused],
        )

    @mutation_payload(ExportPayload)
    def resolve_export_bookings(root, info, filter=None, format=ExportFormat.CSV):
        export_id = exports.export_bookings(
            info.context.runtime, info.context.caller, booking_filter(filter), text(format) or "CSV"
        )
        return ExportPayload(export=answers.export(info, export_id))

    @mutation_payload(ExportPayload)
    def resolve_export_sales(root, info, from_, to, cinema_id=None, format=ExportFormat.CSV):
        scope = reports.scope_for(
            info.context.caller, first_day=from_, last_day=to, currency="", cinema_id=cinema_id, movie_id=None
        )
        export_id = exports.export_sales(
            info.context.runtime, info.context.caller, scope, text(format) or "CSV"
        )
        return ExportPayload(export=answers.export(info, export_id))

    @mutation_payload(ShowtimePayload)
    def resolve_set_seats_blocked(root, info, showtime_id, seat_ids, blocked):
        house.set_seats_blocked(
            info.context.runtime, info.context.caller, showtime_id, seat_ids, blocked=blocked
        )
        return ShowtimePayload(showtime=views.showtimes(info, [showtime_id])[0])
