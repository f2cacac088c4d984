"""A commune's own list of villages, as it comes: read, looked at before it is saved, taken back."""
