"""What is claimed of speed, as figures that anyone repeats: `make bench`. One script a benchmark, one JSON line a figure."""
