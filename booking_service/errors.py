"""Refusals of booking_service: the business said no, in words that say what to do next."""

from __future__ import annotations

from chassis.errors import Refusal


class SeatTaken(Refusal):
    """Someone else holds or owns the seat."""

    code = "SEAT_TAKEN"
    message = "This seat has just been taken. Please choose another one."


class SeatUnknown(Refusal):
    """The auditorium has no such seat."""

    code = "SEAT_UNKNOWN"
    message = "There is no such seat in this auditorium."


class SeatRepeated(Refusal):
    """The same seat was asked for twice."""

    code = "SEAT_REPEATED"
    message = "This seat is in the list twice."


class NoSeats(Refusal):
    """The list of seats is empty."""

    code = "SEATS_REQUIRED"
    message = "Choose at least one seat."


class SingleSeatGap(Refusal):
    """The choice would leave one seat alone that nobody can use with company."""

    code = "SINGLE_SEAT_GAP"
    message = "This choice leaves a single seat alone. Please move one seat over."


class CompanionSeat(Refusal):
    """A companion seat is sold with the wheelchair place beside it."""

    code = "COMPANION_SEAT"
    message = "This seat is kept for the companion of a wheelchair user until shortly before the start."


class TooManySeats(Refusal):
    """More seats than one person may have in this showtime."""

    code = "TOO_MANY_SEATS"
    message = "That is more seats than one booking may have."


class SalesClosed(Refusal):
    """The showtime is not on sale: not yet, no longer, or cancelled."""

    code = "SALES_CLOSED"
    message = "Online sales for this showtime are closed. Please ask at the box office."


class TicketTypeNotSold(Refusal):
    """The showtime has no price for this category and ticket type."""

    code = "TICKET_TYPE_NOT_SOLD"
    message = "This kind of ticket is not sold for this seat."


class ShowtimeUnknown(Refusal):
    """No such showtime, or it is not public."""

    code = "SHOWTIME_UNKNOWN"
    message = "There is no such showtime."


class BookingUnknown(Refusal):
    """No such booking, or another person's."""

    code = "BOOKING_UNKNOWN"
    message = "There is no such booking."


class HoldExpired(Refusal):
    """The seats went back before the booking was paid."""

    code = "HOLD_EXPIRED"
    message = "The time to pay is over and the seats were released. Please choose again."


class HoldLimitReached(Refusal):
    """The hold was extended as often as it may be."""

    code = "HOLD_LIMIT_REACHED"
    message = "This hold can't be extended any further. Please pay now."


class NotHeld(Refusal):
    """The booking is not in a state in which its seats, coupon or payment can be changed."""

    code = "BOOKING_NOT_HELD"
    message = "This booking can no longer be changed like this."


class PaymentDeclined(Refusal):
    """The provider refused; the seats stay held."""

    code = "PAYMENT_DECLINED"
    message = "The payment was declined. Your seats are still held: try another card or method."


class PaymentPending(Refusal):
    """Nobody knows yet whether the money moved."""

    code = "PAYMENT_PENDING"
    message = "We are still checking your payment. Please don't pay again; ask again in a moment."


class PaymentTokenMissing(Refusal):
    """The method needs what the provider's form gave."""

    code = "PAYMENT_TOKEN_REQUIRED"
    message = "Choose how you want to pay first."


class CardNumberGiven(Refusal):
    """A card's number where the provider's token belongs; it is not stored."""

    code = "CARD_NUMBER_GIVEN"
    message = "Never send a card number here. Use what the payment provider's form gives."


class AmountNotPayable(Refusal):
    """An amount that is no multiple of the least that can be paid in its currency."""

    code = "AMOUNT_NOT_PAYABLE"
    message = "Nobody can pay this amount in this currency."


class PaymentMethodNotOffered(Refusal):
    """Cash and complimentary tickets are for the desk."""

    code = "PAYMENT_METHOD_NOT_OFFERED"
    message = "This way of paying is not offered here."


class QuoteChanged(Refusal):
    """The refund is no longer what the guest was shown."""

    code = "QUOTE_CHANGED"
    message = "The refund has changed since it was shown. Please look at the new amount and confirm again."


class NotCancellable(Refusal):
    """The booking is over, or a ticket of it was used."""

    code = "BOOKING_NOT_CANCELLABLE"
    message = "This booking can no longer be cancelled."


class TicketAlreadyUsed(Refusal):
    """Somebody went in with this ticket before."""

    code = "TICKET_ALREADY_USED"
    message = "This ticket was used before."


class TicketVoid(Refusal):
    """The booking was cancelled or the seat changed."""

    code = "TICKET_VOID"
    message = "This ticket is no longer valid."


class TicketInvalid(Refusal):
    """No such ticket, or the code was not signed by this house."""

    code = "TICKET_INVALID"
    message = "This is not a ticket of this house."


class WrongShowtime(Refusal):
    """A good ticket at another door."""

    code = "WRONG_SHOWTIME"
    message = "This ticket is for another showtime."


class TooEarly(Refusal):
    """Doors are not open yet."""

    code = "TOO_EARLY"
    message = "Admission for this showtime has not begun."


class AuditoriumBusy(Refusal):
    """Another showtime, with the time to clean, is in the way."""

    code = "AUDITORIUM_BUSY"
    message = "The auditorium is busy at that time."


class ShowtimeHasSales(Refusal):
    """Film and room stay once a seat is sold."""

    code = "SHOWTIME_HAS_SALES"
    message = "Seats of this showtime are held or sold, so its film and auditorium can't be changed."


class ScheduleInvalid(Refusal):
    """The programme entry contradicts itself or the catalogue."""

    code = "SCHEDULE_INVALID"
    message = "This showtime can't be scheduled like this."


class PolicyInvalid(Refusal):
    """A setting of the cinema is out of range."""

    code = "POLICY_INVALID"
    message = "This setting is not possible."


class TenderedTooLittle(Refusal):
    """The cash does not cover the total."""

    code = "TENDERED_TOO_LITTLE"
    message = "That is less than the total."


class ReasonRequired(Refusal):
    """Somebody will ask why."""

    code = "REASON_REQUIRED"
    message = "Please give a reason."


class NoteInvalid(Refusal):
    """A note says something, in 500 characters at most."""

    code = "NOTE_INVALID"
    message = "Write a note of 1 to 500 characters."


class WaitingRoomNotYet(Refusal):
    """The guest's turn has not come."""

    code = "WAITING_ROOM_NOT_YET"
    message = "It is not your turn yet. Please keep your place in the waiting room."


class WaitingRoomTurnOver(Refusal):
    """The guest's turn has passed."""

    code = "WAITING_ROOM_TURN_OVER"
    message = "Your turn is over. Please join the waiting room again."


class WaitingRoomClosed(Refusal):
    """The showtime has no waiting room."""

    code = "WAITING_ROOM_CLOSED"
    message = "There is no waiting room for this showtime."


class ServiceAway(Refusal):
    """A sibling that this needs does not answer; nothing was changed."""

    code = "SERVICE_UNAVAILABLE"
    message = (
        "A part of the system does not answer right now. Nothing was changed; please try again in a moment."
    )
