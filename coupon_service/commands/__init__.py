"""What changes the books: one file for each occasion."""
