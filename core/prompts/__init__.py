"""Prompts: built, measured, searched, learnt and kept."""
