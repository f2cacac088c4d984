"""Scanned slips as pictures: where a printed page lies in one, and what was ticked on it. Runs apart, like `opening`.

Knows what a blank slip looks like and where its boxes are; nothing of surveys, codes, people or the database.
"""
