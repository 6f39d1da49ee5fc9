"""Tests of movie_service."""
