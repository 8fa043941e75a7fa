"""What tests and benchmarks run against: servers that speak a real protocol, with faults on demand."""
