"""The doorway: who asks, whether it may be asked, and the manners of GraphQL over HTTP."""
