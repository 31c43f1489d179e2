//! The binary: [`quarry::run`] on the process's own arguments and streams.

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use quarry::{Streams, Terminal};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Plans of a thousand stages are walked by functions that call themselves. The system gives room only as it
/// is used.
const STACK: usize = 512 << 20;

fn main() -> ExitCode {
    match std::thread::Builder::new().stack_size(STACK).spawn(run) {
        Ok(thread) => thread.join().unwrap_or(ExitCode::FAILURE),
        Err(_) => run(),
    }
}

fn run() -> ExitCode {
    let terminal = Terminal {
        output: io::stdout().is_terminal(),
        messages: io::stderr().is_terminal(),
        colour: std::env::var_os("NO_COLOR").is_none(),
        width: comfy_table::Table::new().width().map(usize::from),
    };
    let (mut output, mut messages) = (io::stdout(), anstream::stderr());
    let streams = Streams::new(&mut output, &mut messages, terminal);
    ExitCode::from(quarry::run(std::env::args_os().collect(), &streams))
}
