"""Benchmarks: xlsgd against its peers and a C loop. Run by benchmarks/run."""
