"""Benchmarks: speed and memory as ratios and bounds that are measured inside one run."""
