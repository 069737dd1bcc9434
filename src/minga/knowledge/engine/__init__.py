"""The rules of knowledge: what a record file must hold, and which records fit whom."""
