//! What the tests share: running a command line, folders of logs, rows.

use std::{
    fs,
    io::Write,
    panic::resume_unwind,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use quarry::{Streams, Terminal};

use serde_json::Value;

/// What a run left behind.
pub struct Run {
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Run {
    /// Standard output as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("standard output is UTF-8")
    }

    /// The rows of JSON lines.
    pub fn rows(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
    }

    /// The rows as text, sorted, for comparing multisets.
    pub fn sorted(&self) -> Vec<String> {
        sorted(self.rows().iter().map(sorted_members))
    }

    /// Asserts the exit status.
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit status; stderr:\n{}", self.stderr);
        self
    }
}

/// Stack of the first thread of a program, which a run may use.
const STACK: usize = 8 << 20;

/// Relative paths of runs in this process are from the repository's root.
static AT_ROOT: LazyLock<()> =
    LazyLock::new(|| std::env::set_current_dir(root()).expect("the repository's root is a folder"));

/// A command line.
pub struct Quarry {
    folder: PathBuf,
    arguments: Vec<String>,
    input: Vec<u8>,
    terminal: Terminal,
}

/// A command line, run at the repository's root.
pub fn quarry<I: IntoIterator<Item = S>, S: AsRef<str>>(arguments: I) -> Quarry {
    let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
    Quarry { folder: root(), arguments, input: Vec::new(), terminal: Terminal::default() }
}

impl Quarry {
    /// Runs in another working directory.
    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.folder = folder.to_path_buf();
        self
    }

    /// Adds arguments.
    pub fn with<I: IntoIterator<Item = S>, S: AsRef<str>>(mut self, arguments: I) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Runs as if its streams went to a wide terminal without colours.
    pub fn on_terminal(mut self) -> Self {
        self.terminal = Terminal { output: true, messages: true, colour: false, width: Some(240) };
        self
    }

    /// Gives bytes on standard input.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// The command, for tests that need pipes of their own.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quarry"));
        command.current_dir(&self.folder).args(&self.arguments).env_remove("NO_COLOR");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs to the end: in this process, unless it needs a folder or an input of its own.
    pub fn run(self) -> Run {
        if self.input.is_empty() && self.folder == root() { self.run_here() } else { self.run_alone() }
    }

    fn run_here(self) -> Run {
        LazyLock::force(&AT_ROOT);
        let terminal = self.terminal;
        let words = std::iter::once("quarry".to_owned()).chain(self.arguments).map(Into::into).collect();
        let run = move || {
            let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
            let streams = Streams::new(&mut stdout, &mut stderr, terminal);
            let code = quarry::run(words, &streams).into();
            Run { code, stdout, stderr: String::from_utf8_lossy(&stderr).into_owned() }
        };
        let thread = thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread can be started");
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Runs the binary.
    pub fn run_alone(self) -> Run {
        let mut child = self.command().spawn().expect("the binary starts");
        let mut pipe = child.stdin.take().expect("standard input is a pipe");
        let input = self.input;
        // A program that does not read its input closes the pipe: that is no failure.
        let writer = thread::spawn(move || pipe.write_all(&input).is_ok());
        let output = child.wait_with_output().expect("the binary ends");
        writer.join().expect("the writer ends");
        Run {
            code: output.status.code().expect("the binary was not killed by a signal"),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// What `work` gives for every item, in their order; done by as many threads as there are cores.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { break };
            done.push((at, work(item)));
        }
        done
    };
    let mut all: Vec<(usize, R)> = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        let done =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        done.flatten().collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository's root exists")
}

/// A file or folder of the shared inputs beside the repository; says so and gives none if absent.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(name);
    if path.exists() {
        return Some(path.canonicalize().expect("the path can be resolved"));
    }
    eprintln!("skipped: {} is absent", path.display());
    None
}

/// A path as text.
pub fn shown(path: &Path) -> String {
    path.to_str().expect("paths are UTF-8").to_owned()
}

/// A temporary folder that files are written to.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and gives its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("folders can be made");
        fs::write(&path, bytes).expect("the file can be written");
        shown(&path)
    }
}

/// Texts in order.
pub fn sorted(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.into_iter().collect();
    texts.sort();
    texts
}

/// An object as text with its members in the order of their names.
pub fn sorted_members(value: &Value) -> String {
    let mut members: Vec<String> = value
        .as_object()
        .expect("a row is an object")
        .iter()
        .map(|(name, value)| format!("{name:?}:{value}"))
        .collect();
    members.sort();
    members.join(",")
}

/// gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes bytes");
    encoder.finish().expect("memory takes bytes")
}
