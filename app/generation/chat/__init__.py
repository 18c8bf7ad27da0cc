"""The room "Chat"."""
