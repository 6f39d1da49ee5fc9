"""Files for containers, checked without a container engine."""
