"""Tests of cinema_service."""
