"""The one public door: a GraphQL federation gateway, and what a browser needs beside it.

Rooms: composition (subgraphs → supergraph), planning (operation → plan), execution (plan → answer), behind one
facade, engine.py; doorway (who asks, may it be asked, GraphQL over HTTP); and around them registry.py (which graph is served
now), breaker.py, health.py, metrics.py, tracing.py, passage.py (paths handed on to their owners), pages.py and
graphiql.py.

No member of the graph is named in code: subgraphs.toml, or another file of its kind, alone knows them. Nothing
but settings is needed to put this door in front of another graph: `python -m gateway --subgraphs FILE`.
"""
