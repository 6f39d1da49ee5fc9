"""What needs more than one room: architecture, contracts, journeys, the browser, the make targets."""
