"""The part of the graph that notification_service answers."""

from chassis.federation import build_schema
from notification_service.permissions import PERMISSIONS
from notification_service.schema.changing import Mutation
from notification_service.schema.listening import Subscription
from notification_service.schema.reading import Query

SCHEMA = build_schema(query=Query, mutation=Mutation, subscription=Subscription, permissions=PERMISSIONS)
