"""Tests of user_service."""
