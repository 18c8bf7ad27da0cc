"""The shell of Headlight: entry point, navigation, language, caches, session and link state."""
