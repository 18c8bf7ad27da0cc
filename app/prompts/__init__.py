"""The Prompts page: a prompt is built, measured over a table, and made better."""
