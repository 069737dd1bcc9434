"""Ground: page frame, components, charts, search index and tasks of the site. It knows no room."""
