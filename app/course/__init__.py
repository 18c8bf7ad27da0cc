"""The course: its lessons beside the real pages, the list of them, and writing one."""
