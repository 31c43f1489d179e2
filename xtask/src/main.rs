//! Development tasks: `cargo run -p xtask -- examples | bench-data | tidy`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod examples;
mod features;
mod random;
mod tidy;

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

const USAGE: &str = "usage: xtask <task>

  examples                        write what examples/day.yml says: examples/logs, expected.json, README.md
  bench-data --out DIR            write gzip CloudTrail objects for the benchmark
      [--events N] [--objects N] [--seed N]
      [--lines FILE]              the same events as JSON lines, uncompressed
  tidy                            check file sizes, vendor names, packs and machine paths";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let root = root();
    match arguments.first().map(String::as_str) {
        Some("examples") => examples::write(&root),
        Some("bench-data") => bench::write(&bench::Options::parse(&arguments[1..])?),
        Some("tidy") => tidy::check(&root),
        _ => Err(USAGE.into()),
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}
