//! `xtask bench-data`: many CloudTrail events in gzip objects, as a trail delivers them.

mod event;

use std::{
    error::Error,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use flate2::{Compression, GzBuilder};

use crate::random::Random;

/// What to write.
pub struct Options {
    folder: PathBuf,
    lines: Option<PathBuf>,
    events: u64,
    objects: u64,
    seed: u64,
}

impl Options {
    /// Reads the task's arguments.
    pub fn parse(arguments: &[String]) -> Result<Self, Box<dyn Error>> {
        let mut options =
            Self { folder: PathBuf::new(), lines: None, events: 2_000_000, objects: 400, seed: 7 };
        let mut rest = arguments.iter();
        while let Some(name) = rest.next() {
            let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--out" => options.folder = value.into(),
                "--lines" => options.lines = Some(value.into()),
                "--events" => options.events = value.parse()?,
                "--objects" => options.objects = value.parse()?,
                "--seed" => options.seed = value.parse()?,
                _ => return Err(format!("unknown argument {name}").into()),
            }
        }
        if options.folder.as_os_str().is_empty() || options.objects == 0 {
            return Err("bench-data needs --out DIR and at least one object".into());
        }
        Ok(options)
    }
}

/// Where one object lies and which events it holds.
struct Object {
    path: String,
    index: u64,
    events: u64,
}

fn object(options: &Options, index: u64) -> Object {
    let place = event::Place::of(index);
    let events = options.events / options.objects + u64::from(index < options.events % options.objects);
    let mut random = Random::new(options.seed ^ (index << 20) ^ 0x0b1e_c700);
    let (account, region, day) = (place.account, place.region, place.day);
    let name = random.key("", 16);
    let minute = place.minute;
    let path = format!(
        "AWSLogs/{account}/CloudTrail/{region}/2026/03/{day:02}/{account}_CloudTrail_{region}_202603{day:02}T{:02}{:02}Z_{name}.json.gz",
        minute / 60,
        minute % 60
    );
    Object { path, index, events }
}

/// The text of an object's events; `separator` stands between them.
fn events(options: &Options, object: &Object, separator: char) -> String {
    let mut random = Random::new(options.seed.wrapping_mul(0x1_0000_01B3) ^ object.index);
    let mut text = String::with_capacity(usize::try_from(object.events).unwrap_or(0) * 1500 + 64);
    let place = event::Place::of(object.index);
    let callers = event::callers(&mut random, &place);
    for index in 0..object.events {
        if index > 0 {
            text.push(separator);
        }
        event::push(&mut text, &mut random, &place, &callers);
    }
    text
}

/// Writes the objects, on all cores.
pub fn write(options: &Options) -> Result<(), Box<dyn Error>> {
    let next = AtomicUsize::new(0);
    let (plain, packed) = (AtomicU64::new(0), AtomicU64::new(0));
    let failure: Mutex<Option<String>> = Mutex::new(None);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed) as u64;
                    if index >= options.objects {
                        return;
                    }
                    match write_object(options, &object(options, index)) {
                        Ok((before, after)) => {
                            plain.fetch_add(before, Ordering::Relaxed);
                            packed.fetch_add(after, Ordering::Relaxed);
                        }
                        Err(error) => {
                            if let Ok(mut slot) = failure.lock() {
                                *slot = Some(error.to_string());
                            }
                            return;
                        }
                    }
                }
            });
        }
    });
    if let Some(message) = failure.into_inner().ok().flatten() {
        return Err(message.into());
    }
    if let Some(path) = &options.lines {
        write_lines(options, path)?;
    }
    let (plain, packed) = (plain.into_inner(), packed.into_inner());
    println!(
        "{} events, {} objects, {plain} bytes of JSON in {packed} bytes of gzip",
        options.events, options.objects
    );
    Ok(())
}

fn write_object(options: &Options, object: &Object) -> Result<(u64, u64), Box<dyn Error>> {
    let body = format!("{{\"Records\":[{}]}}", events(options, object, ','));
    let path = options.folder.join(&object.path);
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    encoder.write_all(body.as_bytes())?;
    let packed = encoder.finish()?;
    fs::write(path, &packed)?;
    Ok((body.len() as u64, packed.len() as u64))
}

fn write_lines(options: &Options, path: &Path) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    for index in 0..options.objects {
        let mut text = events(options, &object(options, index), '\n');
        text.push('\n');
        file.write_all(text.as_bytes())?;
    }
    Ok(file.flush()?)
}

#[cfg(test)]
#[path = "bench/tests.rs"]
mod tests;
