//! Where a run prints: data to one stream, everything else to another.

use std::{
    fmt,
    io::{self, Write},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What is known of the streams.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Whether data goes to a terminal.
    pub output: bool,
    /// Whether messages go to one.
    pub messages: bool,
    /// Whether text for people may be coloured.
    pub colour: bool,
    /// Characters a line of the terminal that data goes to.
    pub width: Option<usize>,
}

type Stream<'a> = &'a mut (dyn Write + Send);

/// The streams of a run.
pub struct Streams<'a> {
    output: Mutex<Stream<'a>>,
    messages: Mutex<Stream<'a>>,
    /// What is known of them.
    pub terminal: Terminal,
}

impl<'a> Streams<'a> {
    /// Data goes to `output`, messages to `messages`.
    pub fn new(output: Stream<'a>, messages: Stream<'a>, terminal: Terminal) -> Self {
        Self { output: Mutex::new(output), messages: Mutex::new(messages), terminal }
    }

    /// Takes data.
    pub fn output(&self) -> Output<'_, 'a> {
        Output(self)
    }

    /// Tells the user something, in a line of its own.
    pub fn tell(&self, message: impl fmt::Display) {
        // Where nobody listens, the data still counts.
        let _ = writeln!(locked(&self.messages), "{message}");
    }
}

/// The stream of data.
pub struct Output<'s, 'a>(&'s Streams<'a>);

impl Write for Output<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        locked(&self.0.output).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        locked(&self.0.output).flush()
    }
}

fn locked<'m, 'a>(stream: &'m Mutex<Stream<'a>>) -> MutexGuard<'m, Stream<'a>> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}
