"""From a model's answers to extractions with evidence."""
