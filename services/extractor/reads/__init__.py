"""Reads of the dataset: SQL -> messages, no use case in between."""
