"""Verbs: each loads, asks the rules, saves and tells, in one transaction.

catalogue.py changes films, posters.py their pictures, ratings.py what viewers think of them, copies.py what
other services told.
"""
