"""Schema changes of user_service, one file each in versions/."""
