"""The rules of composite indexes: pure functions over tables, no site, no hidden state."""
