"""What a project codes: variable types, categories, conditions, prompts and replies; pure."""
