"""Suggests what a researcher could define; never changes a project by itself."""
