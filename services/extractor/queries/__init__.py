"""Reads of the extractor service: SQL -> messages, no use case in between."""
