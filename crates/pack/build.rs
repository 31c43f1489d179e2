//! Rebuilds the crate when a pack changes: the packs are embedded, and a new file is no change of the source.
#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo::rerun-if-changed=../../packs");
}
