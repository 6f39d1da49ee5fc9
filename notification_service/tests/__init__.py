"""Tests of notification_service."""
