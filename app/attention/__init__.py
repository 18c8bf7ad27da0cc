"""The rooms of the Attention page: one file a tab, and what the tabs share."""
