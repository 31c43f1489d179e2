//! What a command needs before it starts: views, limits, threads.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use quarry_hunt::{CompileOptions, Compiler, LogOptions, Resources, Settled, moment};
use quarry_logs::Limits;
use quarry_views::Catalog;

use crate::{
    Streams,
    arguments::{LanguageArguments, LogArguments},
    failure::{Failure, Outcome},
    threads,
};

/// Name of the user's file of fields.
const CONFIG: &str = "quarry.toml";

/// The views: the built-in ones and those of the user's `quarry.toml`.
pub fn catalog(config: Option<&Path>) -> Outcome<Arc<Catalog>> {
    let catalog = match config.map(Path::to_path_buf).or_else(find_config) {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(&path).map_err(|error| Failure::reading_file(&path, error))?;
            Catalog::load(Some((&name, &text))).map(Arc::new)
        }
        None => Catalog::embedded(),
    };
    catalog.map_err(Failure::from)
}

/// `quarry.toml` here or in the nearest folder above.
fn find_config() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(CONFIG)).find(|path| path.is_file())
}

/// Threads to use: as many as asked for, or as there are cores, as far as the system allows.
pub fn threads(arguments: &LogArguments) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    threads::possible(arguments.threads.unwrap_or_else(cores)).max(1)
}

/// What a record may be.
fn limits(arguments: &LogArguments) -> Limits {
    Limits { record_bytes: arguments.max_record.max(1).saturating_mul(1 << 20), ..Limits::default() }
}

/// The logs to read, as the command line says.
pub fn needed_logs(arguments: &LogArguments) -> Outcome<LogOptions> {
    if arguments.logs.is_empty() {
        return Err(Failure::Usage(quarry_hunt::NO_LOGS.to_owned()));
    }
    Ok(logs(arguments))
}

/// The same where there may be no logs.
pub fn logs(arguments: &LogArguments) -> LogOptions {
    LogOptions {
        logs: arguments.logs.clone(),
        now: arguments.now.clone(),
        earliest: arguments.earliest.clone(),
        latest: arguments.latest.clone(),
        no_prune: arguments.no_prune,
        strict: arguments.strict,
        threads: threads(arguments),
        memory: arguments.memory.max(16).saturating_mul(1 << 20),
        limits: limits(arguments),
        places: arguments.places.clone(),
    }
}

/// A compiler, as the command line says.
pub fn compiler<'a>(
    catalog: &'a Catalog,
    arguments: &LanguageArguments,
    streams: &Streams<'_>,
) -> Outcome<Compiler<'a>> {
    compiler_of(catalog, arguments, &[], streams)
}

/// The same for rules in some files and folders, with the macros and lookups that lie beside them.
pub fn compiler_of<'a>(
    catalog: &'a Catalog,
    arguments: &LanguageArguments,
    targets: &[String],
    streams: &Streams<'_>,
) -> Outcome<Compiler<'a>> {
    let LanguageArguments { macros, lookups, splunk_app, .. } = arguments;
    let beside = knowledge_beside(targets);
    let resources = Resources {
        files: beside.iter().chain(splunk_app).chain(macros).chain(lookups).cloned().collect(),
        tables: arguments.reference.clone(),
        queries: arguments.saved_search.clone(),
        permissive: arguments.permissive,
    };
    let options = CompileOptions { resources, views: arguments.views(), ..CompileOptions::default() };
    let compiler = Compiler::new(catalog, &options)?;
    for complaint in compiler.complaints() {
        streams.tell(format_args!("warning: {complaint}"));
    }
    Ok(compiler)
}

/// Folders of macros and lookups that belong to rules in files and folders.
pub fn knowledge_beside(targets: &[String]) -> Vec<PathBuf> {
    let paths = targets.iter().map(Path::new).filter(|path| path.exists());
    let mut found: Vec<PathBuf> = paths.flat_map(quarry_pack::import::knowledge_of).collect();
    found.sort();
    found.dedup();
    found
}

/// Says so if "now" is the newest event.
pub fn tell_now(settled: &Settled, quiet: bool, streams: &Streams<'_>) {
    if settled.from_newest && !quiet {
        streams.tell(format_args!(
            "relative times count from the newest event, {} (`--now wall` for the clock)",
            moment::show(settled.now)
        ));
    }
}

/// Room for a plan of a thousand stages at work; the system gives it only as it is used.
const WORKER_STACK: usize = 64 << 20;

/// The runtime: as many workers as threads were asked for.
pub fn runtime(threads: usize) -> Outcome<tokio::runtime::Runtime> {
    if threads::possible(threads) < threads {
        return Err(Failure::inner("start threads", "the system allows no more of them (`ulimit -u`)"));
    }
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_stack_size(WORKER_STACK)
        .enable_all()
        .build()
        .map_err(|error| Failure::inner("start threads", error))
}
