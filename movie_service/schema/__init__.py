"""The first door: what can be asked and changed. No decisions here.

films.py holds the types that come out and how they are loaded, forms.py those that go in, operations.py the
queries and mutations.
"""

from chassis.federation import build_schema
from movie_service.permissions import PERMISSIONS
from movie_service.schema.operations import Mutation, Query

SCHEMA = build_schema(Query, Mutation, permissions=PERMISSIONS)

__all__ = ["SCHEMA"]
