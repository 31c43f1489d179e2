//! What a command needs before it starts: views, limits, threads.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use quarry_engine::{Session, SessionOptions};
use quarry_functions::Places;
use quarry_logs::Limits;
use quarry_views::Catalog;

use crate::{
    arguments::LogArguments,
    failure::{Failure, Outcome},
};

/// Name of the user's file of fields.
const CONFIG: &str = "quarry.toml";

/// The views: the built-in ones and those of the user's `quarry.toml`.
pub fn catalog(config: Option<&Path>) -> Outcome<Arc<Catalog>> {
    let found = config.map(Path::to_path_buf).or_else(find_config);
    let user = match &found {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::of(format!("cannot read `{}`", path.display()), error))?;
            Some((path.display().to_string(), text))
        }
        None => None,
    };
    let user = user.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    Catalog::load(user).map(Arc::new).map_err(|error| Failure::Other(error.to_string()))
}

/// `quarry.toml` here or in the nearest folder above.
fn find_config() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(CONFIG)).find(|path| path.is_file())
}

/// Threads to use.
pub fn threads(arguments: &LogArguments) -> usize {
    arguments.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// What a record may be.
fn limits(arguments: &LogArguments) -> Limits {
    Limits { record_bytes: arguments.max_record.max(1).saturating_mul(1 << 20), ..Limits::default() }
}

/// A session that runs plans.
pub fn session(catalog: &Arc<Catalog>, arguments: &LogArguments) -> Outcome<Session> {
    let options = SessionOptions {
        threads: threads(arguments),
        memory: arguments.memory.max(16).saturating_mul(1 << 20),
        limits: limits(arguments),
        strict: arguments.strict,
    };
    let session = Session::new(Arc::clone(catalog), &options);
    let session = session.map_err(|error| Failure::Other(error.to_string()))?;
    Ok(session.with_places(places(arguments)?))
}

/// The database of places, if the user gives one.
fn places(arguments: &LogArguments) -> Outcome<Option<Places>> {
    let open = |path: &PathBuf| {
        Places::open(path).map_err(|reason| {
            Failure::Other(format!("cannot use the location database `{}`: {reason}", path.display()))
        })
    };
    arguments.places.as_ref().map(open).transpose()
}

/// The runtime: as many workers as threads were asked for.
pub fn runtime(threads: usize) -> Outcome<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| Failure::of("cannot start threads", error))
}
