"""Owns documents: their bytes, their text with page offsets, their chunks."""
