//! Messages over standard input and output. They are bounded: an editor's are some kilobytes, and what
//! claims to be more than any query is not taken in.

use std::{
    io::{self, BufRead, Read},
    sync::{Arc, OnceLock},
    thread::{Builder, JoinHandle},
};

use crossbeam_channel::{Sender, bounded};
use lsp_server::{Connection, Message};

/// Bytes of a message at most.
const MOST: u64 = 64 << 20;
/// Bytes of the lines before a message at most.
const MOST_HEADER: u64 = 8 << 10;

/// The threads that read and write.
#[derive(Debug)]
pub struct Threads {
    reader: JoinHandle<()>,
    writer: JoinHandle<io::Result<()>>,
    unread: Arc<OnceLock<io::Error>>,
}

impl Threads {
    /// Why nothing more is read, if something is wrong with what came.
    #[must_use]
    pub fn unread(&self) -> Option<&io::Error> {
        self.unread.get()
    }

    /// Waits until the editor has said everything and was told everything.
    ///
    /// # Errors
    /// If writing failed.
    pub fn join(self) -> io::Result<()> {
        let early = |_| io::Error::other("a thread ended early");
        self.reader.join().map_err(early)?;
        self.writer.join().map_err(early)?
    }
}

/// A connection over standard input and output.
///
/// # Errors
/// If the system has no room for two threads.
pub fn stdio() -> io::Result<(Connection, Threads)> {
    let (sender, to_write) = bounded::<Message>(0);
    let (read, receiver) = bounded(0);
    let unread = Arc::new(OnceLock::new());
    let wrong = Arc::clone(&unread);
    let reader = Builder::new().name("reader".to_owned()).spawn(move || {
        // It is said before the session learns that nothing more comes.
        if let Err(error) = pass_on(&mut io::stdin().lock(), &read) {
            let _ = wrong.set(error);
        }
    })?;
    let writer = Builder::new().name("writer".to_owned()).spawn(move || {
        let mut output = io::stdout().lock();
        to_write.into_iter().try_for_each(|message| message.write(&mut output))
    })?;
    Ok((Connection { sender, receiver }, Threads { reader, writer, unread }))
}

/// Passes messages on until the editor leaves or nobody listens any more.
fn pass_on(input: &mut impl BufRead, read: &Sender<Message>) -> io::Result<()> {
    while let Some(message) = next(input)? {
        let last = matches!(&message, Message::Notification(told) if told.method == "exit");
        if read.send(message).is_err() || last {
            break;
        }
    }
    Ok(())
}

/// The next message; none at the end.
fn next(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    let mut header = Vec::new();
    loop {
        let start = header.len();
        let room = MOST_HEADER.saturating_sub(start as u64);
        input.by_ref().take(room).read_until(b'\n', &mut header)?;
        match header.get(start..).unwrap_or_default() {
            [] if start == 0 => return Ok(None),
            line if !line.ends_with(b"\n") => return Err(wrong("the lines before a message have no end")),
            b"\r\n" | b"\n" => break,
            _ => {}
        }
    }
    let length = length(&header).ok_or_else(|| wrong("a message does not tell its length"))?;
    if length > MOST {
        return Err(wrong(&format!("a message of {length} bytes: at most {MOST} are taken")));
    }
    // The memory is that of what came, not of what was announced.
    let mut body = Vec::new();
    if input.by_ref().take(length).read_to_end(&mut body)? as u64 != length {
        return Err(wrong("a message ends early"));
    }
    serde_json::from_slice(&body).map(Some).map_err(|error| wrong(&format!("a message is none: {error}")))
}

fn length(header: &[u8]) -> Option<u64> {
    let mut lines = std::str::from_utf8(header).ok()?.lines().filter_map(|line| line.split_once(':'));
    let (_, length) = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    length.trim().parse().ok()
}

fn wrong(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::next;

    fn refused(mut text: &[u8]) -> String {
        next(&mut text).expect_err("refused").to_string()
    }

    #[test]
    fn messages_are_bounded() {
        let body = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let two =
            format!("Content-Length: {0}\r\n\r\n{body}content-length:{0}\r\nX: y\r\n\r\n{body}", body.len());
        let mut text = two.as_bytes();
        assert!(next(&mut text).unwrap().is_some() && next(&mut text).unwrap().is_some());
        assert!(next(&mut text).unwrap().is_none());
        assert!(refused(b"Content-Length: 99999999999\r\n\r\n{}").contains("at most 67108864"));
        assert!(refused(b"Content-Length: 99\r\n\r\n{}").contains("ends early"));
        assert!(refused(b"Content-Length: -1\r\n\r\n{}").contains("its length"));
        assert!(refused(&[b'x'; 100_000]).contains("no end"));
        assert!(refused(&b"a: b\r\n".repeat(10_000)).contains("no end"));
        assert!(!refused(b"Content-Length: 2\r\n\r\n[]").is_empty());
    }
}
