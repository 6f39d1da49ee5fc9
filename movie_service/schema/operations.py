"""Queries and mutations."""

from __future__ import annotations

import graphene
import orjson

from chassis.errors import Invalid
from chassis.federation import inaccessible
from chassis.graphql_types import DonePayload, ImportUploadPayload, UserError, mutation_payload, required_list
from chassis.paging import Page
from movie_service import queries
from movie_service.commands import catalogue, importing, posters, ratings, wishes
from movie_service.errors import MovieNotFound
from movie_service.schema.films import Movie, MovieConnection, MovieStatus, Review, movie_nodes, movies_of
from movie_service.schema.forms import MovieFilter, MovieInput, MovieSort, filter_of, movie_form, text_of

MOST_IDS = 100


class MoviePayload(graphene.ObjectType):
    movie = graphene.Field(Movie)
    user_errors = required_list(UserError)


class MoviesPayload(graphene.ObjectType):
    movies = required_list(Movie)
    user_errors = required_list(UserError)


class PosterUploadPayload(graphene.ObjectType):
    """Where to send the file: a signed address that takes one multipart POST (PNG, JPEG or WebP, at most 5 MB) within ten minutes."""

    upload_url = graphene.String()
    user_errors = required_list(UserError)


class ReviewPayload(graphene.ObjectType):
    review = graphene.Field(Review)
    movie = graphene.Field(Movie)
    user_errors = required_list(UserError)


class Query(graphene.ObjectType):
    movies = graphene.Field(
        MovieConnection,
        filter=MovieFilter(),
        sort=MovieSort(default_value="POPULARITY_DESC"),
        first=graphene.Int(default_value=20),
        after=graphene.String(),
    )
    movie = graphene.Field(Movie, id=graphene.ID(required=True))
    genres = graphene.List(graphene.NonNull(graphene.String))
    movie_personal_data = inaccessible(graphene.String(user_id=graphene.ID(required=True)))

    def resolve_movies(root, info, first=None, filter=None, sort=None, after=None):
        narrowed = filter_of(filter)
        order = text_of(sort or "POPULARITY_DESC")
        page = info.context.runtime.database.read(
            lambda session: queries.movies_page(session, narrowed, sort=order, first=first, after=after)
        )
        return Page(movie_nodes(info, page.nodes), page.page_info, page.total_count)

    def resolve_movie(root, info, id):
        node = movies_of(info, [id])[0]
        if node is None:
            raise MovieNotFound
        return node

    def resolve_genres(root, info):
        return info.context.runtime.database.read(queries.genres)

    def resolve_movie_personal_data(root, info, user_id):
        info.context.caller.require_peer()
        data = info.context.runtime.database.read(lambda session: queries.personal_data(session, user_id))
        return orjson.dumps(data).decode()


class Mutation(graphene.ObjectType):
    create_movie = graphene.Field(
        MoviePayload,
        required=True,
        input=MovieInput(required=True),
        description="MANAGER or ADMIN, as every catalogue change below.",
    )
    update_movie = graphene.Field(
        MoviePayload, required=True, id=graphene.ID(required=True), input=MovieInput(required=True)
    )
    set_movie_status = graphene.Field(
        MoviesPayload,
        required=True,
        ids=graphene.List(graphene.NonNull(graphene.ID), required=True),
        status=MovieStatus(required=True),
    )
    create_poster_upload = graphene.Field(
        PosterUploadPayload, required=True, movie_id=graphene.ID(required=True)
    )
    create_movie_import = graphene.Field(
        ImportUploadPayload,
        required=True,
        dry_run=graphene.Boolean(default_value=False),
        description="MANAGER or ADMIN: where to send a table of films; with dryRun nothing is changed.",
    )
    remove_poster = graphene.Field(MoviePayload, required=True, movie_id=graphene.ID(required=True))
    delete_movie = graphene.Field(
        DonePayload,
        required=True,
        id=graphene.ID(required=True),
        description="Refused with MOVIE_HAS_SHOWTIMES while future showtimes exist "
        "(known from a local copy fed by events).",
    )
    wish_for_movie = graphene.Field(
        DonePayload,
        required=True,
        movie_id=graphene.ID(required=True),
        description="Be told (movie.showings_announced) as soon as a showing of the film is on sale.",
    )
    drop_movie_wish = graphene.Field(DonePayload, required=True, movie_id=graphene.ID(required=True))
    rate_movie = graphene.Field(
        ReviewPayload,
        required=True,
        movie_id=graphene.ID(required=True),
        stars=graphene.Int(required=True),
        comment=graphene.String(),
        description="One per viewer and movie; allowed after a showtime that the viewer had a confirmed booking "
        "for (known from events).",
    )

    @mutation_payload(MoviePayload)
    def resolve_create_movie(root, info, input):
        movie = catalogue.create_movie(info.context.runtime, info.context.caller, movie_form(input))
        return MoviePayload(movie=movie_nodes(info, [movie])[0])

    @mutation_payload(MoviePayload)
    def resolve_update_movie(root, info, id, input):
        movie = catalogue.update_movie(info.context.runtime, info.context.caller, id, movie_form(input))
        return MoviePayload(movie=movie_nodes(info, [movie])[0])

    @mutation_payload(MoviesPayload, movies=[])
    def resolve_set_movie_status(root, info, ids, status):
        if len(ids) > MOST_IDS:
            raise Invalid(f"At most {MOST_IDS} films at once.")
        movies = catalogue.set_status(info.context.runtime, info.context.caller, ids, text_of(status))
        return MoviesPayload(movies=movie_nodes(info, movies))

    @mutation_payload(PosterUploadPayload)
    def resolve_create_poster_upload(root, info, movie_id):
        url = posters.create_upload(info.context.runtime, info.context.caller, movie_id)
        return PosterUploadPayload(upload_url=url)

    @mutation_payload(ImportUploadPayload)
    def resolve_create_movie_import(root, info, dry_run=False):
        context = info.context
        url = importing.create_import(context.runtime, context.caller, dry_run=bool(dry_run))
        return ImportUploadPayload(upload_url=url)

    @mutation_payload(MoviePayload)
    def resolve_remove_poster(root, info, movie_id):
        movie = posters.remove_poster(info.context.runtime, info.context.caller, movie_id)
        return MoviePayload(movie=movie_nodes(info, [movie])[0])

    @mutation_payload(DonePayload, done=False)
    def resolve_delete_movie(root, info, id):
        catalogue.delete_movie(info.context.runtime, info.context.caller, id)
        return DonePayload(done=True)

    @mutation_payload(DonePayload, done=False)
    def resolve_wish_for_movie(root, info, movie_id):
        wishes.wish_for(info.context.runtime, info.context.caller, movie_id)
        return DonePayload(done=True)

    @mutation_payload(DonePayload, done=False)
    def resolve_drop_movie_wish(root, info, movie_id):
        wishes.drop_wish(info.context.runtime, info.context.caller, movie_id)
        return DonePayload(done=True)

    @mutation_payload(ReviewPayload)
    def resolve_rate_movie(root, info, movie_id, stars, comment=None):
        context = info.context
        review, movie = ratings.rate_movie(context.runtime, context.caller, movie_id, stars, comment)
        return ReviewPayload(review=review, movie=movie_nodes(info, [movie])[0])
