"""Readers of files of every format; they run in the reading process, never in a service, which loads none of them."""
