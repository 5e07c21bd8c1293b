"""The parts of the content, gate and budget runs. Keep out: command lines, which benchmarks have."""
