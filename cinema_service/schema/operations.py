"""Queries and mutations."""

from __future__ import annotations

from typing import Any

import graphene

from chassis.errors import NotFound
from chassis.graphql_types import DonePayload, ImportUploadPayload, UserError, mutation_payload, required_list
from chassis.paging import Page
from cinema_service import queries
from cinema_service.commands import auditoriums, cinemas, importing
from cinema_service.errors import AuditoriumNotFound, CinemaNotFound
from cinema_service.schema.forms import (
    AuditoriumInput,
    CinemaInput,
    NearInput,
    auditorium_fields,
    cinema_fields,
    circle_of,
)
from cinema_service.schema.places import (
    Auditorium,
    Cinema,
    CinemaConnection,
    auditoriums_of,
    cinema_nodes,
    cinemas_of,
    room_nodes,
)


class CinemaPayload(graphene.ObjectType):
    cinema = graphene.Field(Cinema)
    user_errors = required_list(UserError)


class AuditoriumPayload(graphene.ObjectType):
    auditorium = graphene.Field(Auditorium)
    user_errors = required_list(UserError)


class Query(graphene.ObjectType):
    cinemas = graphene.Field(
        CinemaConnection,
        search=graphene.String(),
        city=graphene.String(),
        near=NearInput(),
        first=graphene.Int(default_value=20),
        after=graphene.String(),
        description="With near: nearest first; otherwise by name.",
    )
    cinema = graphene.Field(Cinema, id=graphene.ID(required=True))
    auditorium = graphene.Field(Auditorium, id=graphene.ID(required=True))
    cities = graphene.List(graphene.NonNull(graphene.String))

    def resolve_cinemas(root, info, first=None, search=None, city=None, near=None, after=None):
        circle = None if near is None else circle_of(near)
        page = info.context.runtime.database.read(
            lambda session: queries.cinemas_page(
                session, search=search, city=city, near=circle, first=first, after=after
            )
        )
        nodes = cinema_nodes(
            [found.cinema for found in page.nodes], [found.distance_km for found in page.nodes]
        )
        return Page(nodes, page.page_info, page.total_count)

    def resolve_cinema(root, info, id):
        return _found(cinemas_of(info, [id])[0], CinemaNotFound)

    def resolve_auditorium(root, info, id):
        return _found(auditoriums_of(info, [id])[0], AuditoriumNotFound)

    def resolve_cities(root, info):
        return info.context.runtime.database.read(queries.cities)


class Mutation(graphene.ObjectType):
    create_cinema = graphene.Field(
        CinemaPayload, required=True, input=CinemaInput(required=True), description="ADMIN."
    )
    update_cinema = graphene.Field(
        CinemaPayload,
        required=True,
        id=graphene.ID(required=True),
        input=CinemaInput(required=True),
        description="ADMIN, or MANAGER of it, as the two below.",
    )
    create_auditorium = graphene.Field(AuditoriumPayload, required=True, input=AuditoriumInput(required=True))
    update_auditorium = graphene.Field(
        AuditoriumPayload,
        required=True,
        id=graphene.ID(required=True),
        input=AuditoriumInput(required=True),
        expected_layout_version=graphene.Int(
            description="What was shown: SEATING_PLAN_CHANGED when somebody saved another one since."
        ),
        description="Showtimes already on sale keep the plan they were scheduled with.",
    )
    delete_auditorium = graphene.Field(
        DonePayload,
        required=True,
        id=graphene.ID(required=True),
        description="Refused with AUDITORIUM_HAS_SHOWTIMES while future showtimes exist (known from events).",
    )
    create_seating_plan_import = graphene.Field(
        ImportUploadPayload,
        required=True,
        cinema_id=graphene.ID(required=True),
        dry_run=graphene.Boolean(default_value=False),
        description="MANAGER of the cinema or ADMIN: where to send a table of seating plans; with dryRun nothing is changed.",
    )
    delete_cinema = graphene.Field(
        DonePayload,
        required=True,
        id=graphene.ID(required=True),
        description="Refused with CINEMA_HAS_SHOWTIMES likewise.",
    )

    @mutation_payload(CinemaPayload)
    def resolve_create_cinema(root, info, input):
        cinema = cinemas.create_cinema(info.context.runtime, info.context.caller, cinema_fields(input))
        return CinemaPayload(cinema=cinema_nodes([cinema])[0])

    @mutation_payload(CinemaPayload)
    def resolve_update_cinema(root, info, id, input):
        cinema = cinemas.update_cinema(info.context.runtime, info.context.caller, id, cinema_fields(input))
        return CinemaPayload(cinema=cinema_nodes([cinema])[0])

    @mutation_payload(AuditoriumPayload)
    def resolve_create_auditorium(root, info, input):
        given = auditorium_fields(input)
        auditorium = auditoriums.create_auditorium(info.context.runtime, info.context.caller, given)
        return AuditoriumPayload(auditorium=room_nodes([auditorium])[0])

    @mutation_payload(AuditoriumPayload)
    def resolve_update_auditorium(root, info, id, input, expected_layout_version=None):
        given = auditorium_fields(input)
        context = info.context
        auditorium = auditoriums.update_auditorium(
            context.runtime, context.caller, id, given, drawn_from=expected_layout_version
        )
        return AuditoriumPayload(auditorium=room_nodes([auditorium])[0])

    @mutation_payload(DonePayload, done=False)
    def resolve_delete_auditorium(root, info, id):
        auditoriums.delete_auditorium(info.context.runtime, info.context.caller, id)
        return DonePayload(done=True)

    @mutation_payload(ImportUploadPayload)
    def resolve_create_seating_plan_import(root, info, cinema_id, dry_run=False):
        context = info.context
        url = importing.create_import(context.runtime, context.caller, cinema_id, dry_run=bool(dry_run))
        return ImportUploadPayload(upload_url=url)

    @mutation_payload(DonePayload, done=False)
    def resolve_delete_cinema(root, info, id):
        cinemas.delete_cinema(info.context.runtime, info.context.caller, id)
        return DonePayload(done=True)


def _found(node: Any, failure: type[NotFound]) -> Any:
    if node is None:
        raise failure
    return node
