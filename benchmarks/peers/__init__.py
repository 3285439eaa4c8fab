"""What the benchmarks measure against. Each runs in a process of its own, with the interpreter that has the peers' libraries."""
