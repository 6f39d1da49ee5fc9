"""Schema changes of notification_service, one file each in versions/."""
