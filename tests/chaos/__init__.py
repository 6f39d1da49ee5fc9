"""Faults: the checker finds what it should, and the system loses nothing while its parts die."""
