"""The part of the graph that user_service answers."""

from chassis.federation import build_schema
from user_service.permissions import PERMISSIONS
from user_service.schema.changing import Mutation
from user_service.schema.reading import Query

SCHEMA = build_schema(query=Query, mutation=Mutation, permissions=PERMISSIONS)
