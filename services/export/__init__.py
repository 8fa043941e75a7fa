"""Owns exports: dataset files with their codebooks, written in the background, then downloaded."""
