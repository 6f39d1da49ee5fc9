"""What a guest takes home: the signed text in the QR code, the PDF, the calendar entry."""
