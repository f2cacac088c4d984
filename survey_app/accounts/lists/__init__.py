"""Accounts from a list: read, looked at before anything is made, one letter for each person."""
