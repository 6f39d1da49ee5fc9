"""What people do, from end to end, on the running system."""
