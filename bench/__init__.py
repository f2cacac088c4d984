"""Measurements of speed and weight. Never tests: a busy machine may not fail a build."""
