"""Owns what a researcher defines: projects, variables, prompt versions and frozen codebooks."""
