#!/usr/bin/env bash
# Measures quarry beside the tools that are installed; prints a Markdown table. See benches/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${BENCH_DATA:-target/bench-data}
events=${BENCH_EVENTS:-2000000}
objects=${BENCH_OBJECTS:-400}
python=${PYTHON:-python3}
rounds=${BENCH_ROUNDS:-1}

cargo build --release --quiet -p quarry
quarry=${CARGO_TARGET_DIR:-target}/release/quarry
logs=$data/objects
lines=$data/events.jsonl
stamp=$data/complete-$events-$objects
if [ ! -e "$stamp" ]; then
    rm -rf "$data"
    mkdir -p "$data"
    cargo run --release --quiet -p xtask -- bench-data --out "$logs" --events "$events" --objects "$objects" --lines "$lines" >&2
    touch "$stamp"
fi
find "$logs" -name '*.json.gz' >"$data/files"
gigabytes=$("$python" -c 'import os, sys; print(os.path.getsize(sys.argv[1]) / 1e9)' "$lines")
# Everything is read once, so that all runs find it in the page cache alike.
xargs cat <"$data/files" >/dev/null
cat "$lines" >/dev/null

table=$(mktemp)
trap 'rm -f "$table"' EXIT

# measure KIND NAME COMMAND...: the best of the rounds goes into the table.
measure() {
    local kind=$1 name=$2
    shift 2
    echo "measuring $kind: $name" >&2
    for _ in $(seq "$rounds"); do
        printf '%s\t%s\t%s\n' "$kind" "$name" "$("$python" benches/measure.py "$@")" >>"$table"
    done
}

have() {
    command -v "$1" >/dev/null || { echo "skipped: $1 is not installed (Debian package $2)" >&2; return 1; }
}

module() {
    "$python" -c "import $1" 2>/dev/null || { echo "skipped: $1 is not installed (pip install $1)" >&2; return 1; }
}

measure objects "quarry" "$quarry" query benches/flagship.spl --logs "$logs" --output csv
measure objects "quarry, one thread" "$quarry" query benches/flagship.spl --logs "$logs" --output csv --threads 1
measure objects "quarry, aggregate.spl" "$quarry" query benches/aggregate.spl --logs "$logs" --output csv
if have libdeflate-gunzip libdeflate-tools; then
    measure objects "libdeflate-gunzip -c" xargs -a "$data/files" libdeflate-gunzip -c
fi
if have gzip gzip; then measure objects "gzip -dc" xargs -a "$data/files" gzip -dc; fi
if have rg ripgrep; then measure objects "rg -z -c RunInstances" rg -z -c RunInstances "$logs"; fi
if module chdb; then measure objects "chdb" "$python" benches/peers/chdb_objects.py "$logs/**/*.json.gz"; fi

measure lines "quarry" "$quarry" query benches/flagship.spl --logs "$lines" --output csv
measure lines "quarry, one thread" "$quarry" query benches/flagship.spl --logs "$lines" --output csv --threads 1
if have rg ripgrep; then measure lines "rg -c RunInstances" rg -c RunInstances "$lines"; fi
for name in duckdb chdb polars datafusion; do
    if module "$name"; then measure lines "$name" "$python" "benches/peers/${name}_lines.py" "$lines"; fi
done

"$python" benches/table.py "$table" "$gigabytes"
