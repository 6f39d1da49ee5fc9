"""All twenty invariants, in the order in which docs/reliability.md tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tools.check_invariants import clients, coupons, figures, histories, money, seats, telling
from tools.check_invariants.facts import Facts, Violation

Check = Callable[[Facts], Iterator[Violation]]
CHECKS: dict[str, Check] = {
    "I1": seats.one_booking_a_seat,
    "I2": money.every_capture_has_its_booking,
    "I3": money.every_sale_is_paid_exactly,
    "I4": money.nothing_is_taken_or_returned_twice,
    "I5": coupons.coupons_are_used_as_promised,
    "I6": telling.one_confirmation_a_booking,
    "I7": seats.no_hold_outlives_its_time,
    "I8": seats.claims_and_bookings_agree,
    "I9": telling.every_event_arrived_once,
    "I10": histories.nothing_hangs,
    "I11": telling.dead_letters_hold_only_poison,
    "I12": histories.histories_are_legal,
    "I13": clients.every_success_is_stored,
    "I14": clients.every_booking_was_asked_for,
    "I15": seats.every_count_of_seats_agrees,
    "I16": seats.one_ticket_a_seat,
    "I17": money.all_books_have_the_same_sum,
    "I18": figures.reports_equal_their_rows,
    "I19": telling.every_change_is_on_record_once,
    "I20": clients.a_key_has_one_answer,
}


def check(facts: Facts) -> dict[str, list[Violation]]:
    """The violations of each invariant; an empty list where it holds."""
    return {name: list(is_kept(facts)) for name, is_kept in CHECKS.items()}
