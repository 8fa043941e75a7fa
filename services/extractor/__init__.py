"""Owns jobs, tasks, extractions and the jobs' logs: codes documents under a frozen codebook."""
