"""Fixtures for tests that need more than one room."""

from tests.system import real_system, system

__all__ = ["real_system", "system"]
