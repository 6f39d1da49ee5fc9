"""The launcher: home, ports, and keeping parts alive."""
