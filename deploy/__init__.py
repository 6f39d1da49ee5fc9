"""Running in containers: the image, what it starts, and how it tells its health."""
