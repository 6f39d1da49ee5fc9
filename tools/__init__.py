"""What keeps the project going: start it, measure it, export its contracts."""
