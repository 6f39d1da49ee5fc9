"""The pages in Chromium, on the real system."""
