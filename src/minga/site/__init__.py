"""Site: set up, run, check and keep a site; here the roof with settings, rooms, root URLs and commands."""
