"""Verbs: each loads, asks the rules, saves and tells, in one transaction.

cinemas.py and auditoriums.py change places, copies.py keeps what other services told, records.py is what they share.
"""
