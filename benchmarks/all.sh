#!/bin/sh
# All figures that docs/performance.md shows, one after the other, in half an hour on a quiet machine: sh benchmarks/all.sh
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
$python benchmarks/everyday.py 7
$python benchmarks/cold_start.py 43 15
$python benchmarks/cold_start.py 500 15
$python benchmarks/cold_start.py 8299 7
$python benchmarks/scan.py --size 512 --patterns 1000 --only plain,gz
$python benchmarks/scan.py --size 512 --patterns 5000 --only plain
$python benchmarks/search_quality.py
$python benchmarks/large.py 7
$python benchmarks/growth.py
