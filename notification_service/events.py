"""Facts that notification_service publishes: none of its own, only the audit trail of resent messages."""
