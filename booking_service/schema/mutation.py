"""Commands of the booking graph; each resolver hands on to commands and reads the changed thing back."""

from __future__ import annotations

from booking_service.schema.guest_mutations import GuestMutations
from booking_service.schema.house_mutations import HouseMutations
from booking_service.schema.staff_mutations import StaffMutations


# Without a docstring, which would become a description of the graph; the last base's fields come first.
class Mutation(StaffMutations, HouseMutations, GuestMutations):
    pass
