"""The roof: settings, the list of rooms, root URLs, API root and command root."""
