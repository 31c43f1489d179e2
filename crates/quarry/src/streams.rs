//! Where a run prints: data to one stream, everything else to another.

use std::{
    fmt,
    io::{self, Write},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::shown::Shown;

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
type Guarded<'a> = Mutex<Shown<Stream<'a>>>;

/// The streams of a run.
pub struct Streams<'a> {
    output: Guarded<'a>,
    messages: Guarded<'a>,
    /// What is known of them.
    pub terminal: Terminal,
}

impl<'a> Streams<'a> {
    /// Data goes to `output`, messages to `messages`.
    pub fn new(output: Stream<'a>, messages: Stream<'a>, terminal: Terminal) -> Self {
        let guarded = |stream| Mutex::new(Shown::new(stream));
        Self { output: guarded(output), messages: guarded(messages), terminal }
    }

    /// Takes text for people, and JSON: what would steer a terminal or turn text around is shown as an escape.
    pub fn output(&self) -> Output<'_, 'a> {
        Output { streams: self, is_raw: false }
    }

    /// Takes data that knows no such escapes: it stays as it is, unless it goes to a terminal.
    pub fn data(&self) -> Output<'_, 'a> {
        Output { streams: self, is_raw: !self.terminal.output }
    }

    /// Tells the user something, in a line of its own.
    pub fn tell(&self, message: impl fmt::Display) {
        // Where nobody listens, the data still counts.
        let _ = writeln!(locked(&self.messages), "{message}");
    }
}

/// The stream of data.
pub struct Output<'s, 'a> {
    streams: &'s Streams<'a>,
    is_raw: bool,
}

impl Write for Output<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut output = locked(&self.streams.output);
        if self.is_raw { output.raw()?.write(bytes) } else { output.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        locked(&self.streams.output).flush()
    }
}

fn locked<'m, 'a>(stream: &'m Guarded<'a>) -> MutexGuard<'m, Shown<Stream<'a>>> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}
