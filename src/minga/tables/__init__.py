"""Read tables with errors that name row and column, and write them."""
