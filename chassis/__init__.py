"""The frame that every service stands on: wheels and lights, no cargo.

A module belongs here only if two services need it, it names nothing of the trade, and it can be tested alone.
Services import chassis; chassis imports no service and not the gateway.
"""
