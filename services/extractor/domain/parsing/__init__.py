"""Deterministic readers of numbers, dates, truth values and sentences, in many languages and without a model."""
