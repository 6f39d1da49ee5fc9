"""Rooms know of one another by contracts alone; these tests hold the code to them."""
