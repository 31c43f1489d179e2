//! Logs, listed, with the meaning of "now".

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use quarry_diagnostic::Diagnostic;
use quarry_engine::{Session, SessionOptions};
use quarry_functions::Places;
use quarry_language_definition::{Compiled, OutputColumn, Store};
use quarry_logs::{FieldCounts, Limits, Listing, Location, ScanReport, Unread, Unreadable};
use quarry_plan::{Node, Rows, TimeBound, TimeRange, Type};
use quarry_views::Catalog;
use tempfile::NamedTempFile;

use crate::{
    Failure, Outcome,
    compile::{Compiler, QueryText},
    lookups, moment,
};

/// A query asks where addresses are, and no database of places is named.
const NO_PLACES: &str = "RUN012";
/// A table of `outputlookup` that no folder was named for.
const NOT_WRITTEN: &str = "RUN001";

/// Which logs to read, and how.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// Files, folders, globs, URLs, `-`.
    pub logs: Vec<String>,
    /// What "now" is: a time, `newest` or `wall`.
    pub now: String,
    /// First instant that counts; replaces the query's own time range.
    pub earliest: Option<String>,
    /// First instant that no longer counts; replaces the query's own time range.
    pub latest: Option<String>,
    /// Whether objects are read that were delivered before the time range, by the dates of their paths.
    pub no_prune: bool,
    /// Whether the first bad record ends it.
    pub strict: bool,
    /// Threads to use.
    pub threads: usize,
    /// Bytes that sorts and aggregations may hold before they spill.
    pub memory: usize,
    /// What a record may be.
    pub limits: Limits,
    /// A MaxMind database that says where addresses are.
    pub places: Option<PathBuf>,
}

impl LogOptions {
    /// These logs, read with one thread and the usual limits; "now" is the newest event.
    #[must_use]
    pub fn of(logs: Vec<String>) -> Self {
        Self {
            logs,
            now: "newest".to_owned(),
            earliest: None,
            latest: None,
            no_prune: false,
            strict: false,
            threads: 1,
            memory: 256 << 20,
            limits: Limits::default(),
            places: None,
        }
    }

    /// A session that runs plans with these limits.
    ///
    /// # Errors
    /// If it cannot be made, or the database of places cannot be read.
    pub fn session(&self, catalog: &Arc<Catalog>) -> Outcome<Session> {
        let options = SessionOptions {
            threads: self.threads,
            memory: self.memory,
            limits: self.limits,
            strict: self.strict,
        };
        let session = Session::new(Arc::clone(catalog), &options);
        let session = session?;
        Ok(session.with_places(places(self.places.as_deref())?))
    }
}

/// A plan with its times, ready to run.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The plan.
    pub plan: Node,
    /// "Now", in microseconds since 1970-01-01 UTC.
    pub now: i64,
    /// The objects whose path does not exclude them.
    pub objects: Arc<Vec<Location>>,
    /// Whether "now" was taken from the newest event.
    pub from_newest: bool,
}

/// Logs, views and a session, ready to run plans.
pub struct Workspace {
    /// The views.
    pub catalog: Arc<Catalog>,
    /// What runs plans.
    pub session: Session,
    listing: Listing,
    /// Whether all must be read and understood.
    pub is_strict: bool,
    /// Whether any logs were named: without them only a query that brings its own rows can run.
    has_logs: bool,
    /// How many folders could not be listed.
    unlisted: usize,
    /// Standard input on disk, deleted at the end.
    _spool: Option<NamedTempFile>,
    threads: usize,
    now: Now,
    newest: OnceLock<Option<i64>>,
    replacement: Option<TimeRange>,
    no_prune: bool,
    /// Most objects that one run left out by the dates of their paths.
    left_out: AtomicU64,
}

/// What is missing where logs are read and none were named.
pub const NO_LOGS: &str = "say which logs to read: `--logs PATH`";

/// What "now" is.
enum Now {
    Newest,
    At(i64),
}

impl Workspace {
    /// Lists the logs and opens a session.
    ///
    /// # Errors
    /// If a time is none, or logs cannot be listed.
    pub async fn open(catalog: Arc<Catalog>, options: &LogOptions) -> Outcome<Self> {
        let session = options.session(&catalog)?;
        Self::open_in(session, catalog, options).await
    }

    /// Lists the logs, for a session that may serve other logs too.
    ///
    /// # Errors
    /// If a time is none, or logs cannot be listed.
    pub async fn open_in(session: Session, catalog: Arc<Catalog>, options: &LogOptions) -> Outcome<Self> {
        let now = match options.now.as_str() {
            "newest" => Now::Newest,
            "wall" => Now::At(moment::wall()),
            text => Now::At(moment::parse(text)?),
        };
        let bound = |text: &Option<String>| text.as_deref().map(moment::parse).transpose();
        let (earliest, latest) = (bound(&options.earliest)?, bound(&options.latest)?);
        let replacement = (earliest.is_some() || latest.is_some())
            .then(|| TimeRange { earliest: earliest.map(TimeBound::at), latest: latest.map(TimeBound::at) });
        let (mut listing, spool) = list(&options.logs).await?;
        let unreadable = std::mem::take(&mut listing.unreadable);
        if options.strict
            && let Some(Unreadable { name, reason }) = unreadable.first()
        {
            return Err(Failure::reading(format!("`{name}`"), reason));
        }
        let unread = Unread::default();
        unreadable.iter().for_each(|Unreadable { name, reason }| unread.add(name, reason));
        let session = session.with_unread(unread);
        Ok(Self {
            session,
            catalog,
            unlisted: unreadable.len(),
            listing,
            _spool: spool,
            threads: options.threads,
            now,
            newest: OnceLock::new(),
            replacement,
            is_strict: options.strict,
            has_logs: !options.logs.is_empty(),
            no_prune: options.no_prune,
            left_out: AtomicU64::new(0),
        })
    }

    /// Compiles a query against these logs: a wildcard over fields makes it look at the data first.
    ///
    /// # Errors
    /// If logs cannot be read.
    pub async fn compile(&self, compiler: &Compiler<'_>, query: &QueryText) -> Outcome<Compiled> {
        let time = self.replacement.as_ref();
        let first = compiler.compile_with(query, None, &[], time)?;
        if !first.needs_discovery || first.plan.is_none() {
            return self.stages(compiler, query, None, first).await;
        }
        let view = compiler.view(query.language)?;
        let fields = self.discover(&self.session.new_report()).await?;
        let mut known: Vec<(String, Type)> = Vec::new();
        for source in view.chosen(&[]) {
            for name in fields.get(&source.log_type).into_iter().flat_map(|fields| fields.keys()) {
                let name = format!("{}{name}", source.prefix);
                let data_type = if name.contains("{}") { Type::TextList } else { Type::Text };
                known.push((name, data_type));
            }
            let declared = source.fields.values().filter(|field| !field.name.starts_with('_'));
            known.extend(declared.map(|field| (field.name.clone(), field.data_type)));
        }
        known.sort_by(|left, right| left.0.cmp(&right.0));
        known.dedup_by(|left, right| left.0 == right.0);
        let compiled = compiler.compile_with(query, Some(&known), &[], time)?;
        self.stages(compiler, query, Some(&known), compiled).await
    }

    /// Runs what must be known before the rest can be compiled, and compiles the rest.
    async fn stages(
        &self,
        compiler: &Compiler<'_>,
        query: &QueryText,
        discovered: Option<&[(String, Type)]>,
        mut compiled: Compiled,
    ) -> Outcome<Compiled> {
        let mut answers = Vec::new();
        while let Some(plan) = compiled.pending.take() {
            let place = plan.span;
            let rows = self.rows(plan).await;
            answers.push(rows.map_err(|failure| failure.of_part(&query.text, place))?);
            compiled = compiler.compile_with(query, discovered, &answers, self.replacement.as_ref())?;
        }
        if !self.session.has_places() {
            compiled.diagnostics.extend(compiled.plan.as_ref().and_then(without_places));
        }
        Ok(compiled)
    }

    /// All rows of a plan.
    ///
    /// # Errors
    /// If logs cannot be read.
    pub async fn rows(&self, plan: Node) -> Outcome<Rows> {
        let Settled { plan, now, objects, .. } = self.settle(plan).await?;
        let execution = self.session.run(&plan, objects, now, self.session.new_report()).await?;
        Ok(execution.rows().await?)
    }

    /// Writes the tables of a query into a folder; without one gives a note for each that is not written.
    ///
    /// # Errors
    /// If logs cannot be read, or a table cannot be written.
    pub async fn write_stores(&self, stores: &[Store], folder: Option<&Path>) -> Outcome<Vec<Diagnostic>> {
        let mut notes = Vec::new();
        for store in stores {
            let Some(folder) = folder else {
                let note =
                    Diagnostic::note(NOT_WRITTEN, format!("`{}` is not written", store.file), store.span);
                notes.push(note.with_help("name a folder with `--write-lookups`"));
                continue;
            };
            let rows = self.rows(store.plan.clone()).await?;
            lookups::write(folder, store, &rows)?;
        }
        Ok(notes)
    }

    /// The fields of the events by log type; what was read goes to the report.
    ///
    /// # Errors
    /// If rows cannot be built.
    pub async fn discover(&self, report: &Arc<ScanReport>) -> Outcome<FieldCounts> {
        let formats = Arc::new(self.catalog.formats.clone());
        let objects = self.objects();
        let found = quarry_engine::discover_fields(&formats, &objects, report, self.threads);
        found.await.map_err(Failure::from)
    }

    /// How many objects were left out, at most, because they were delivered before the time range by the dates of
    /// their paths.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out.load(Relaxed)
    }

    /// Whether there are objects and none of them could be read.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        let unread = self.session.unread().count().saturating_sub(self.unlisted);
        unread > 0 && unread >= self.listing.objects.len()
    }

    /// All objects.
    #[must_use]
    pub fn objects(&self) -> Arc<Vec<Location>> {
        Arc::new(self.listing.objects.clone())
    }

    /// Settles the time range of a plan: the command line's over the query's own, and "now".
    ///
    /// # Errors
    /// If logs cannot be read to find the newest event.
    pub async fn settle(&self, plan: Node) -> Outcome<Settled> {
        let mut plan = plan;
        if !self.has_logs && !plan.sources().is_empty() {
            return Err(Failure::Usage(NO_LOGS.to_owned()));
        }
        if let Some(range) = &self.replacement {
            plan.visit_sources_mut(&mut |source| source.time = range.clone());
        }
        let mut relative = plan.sources().iter().any(|source| source.time.is_relative());
        plan.visit_expressions(&mut |value| relative |= value.calls(&quarry_functions::depends_on_now));
        let newest = match self.now {
            Now::Newest if relative => self.newest().await?,
            _ => None,
        };
        let now = match self.now {
            Now::At(now) => now,
            Now::Newest => newest.unwrap_or_else(moment::wall),
        };
        plan.visit_sources_mut(&mut |source| until_now(&mut source.time, now));
        let mut objects = self.objects();
        let mut hull: Option<(Option<i64>, Option<i64>)> = None;
        for source in plan.sources() {
            let bound = |bound: &Option<TimeBound>| bound.as_ref().and_then(|bound| bound.resolve(now));
            let (earliest, latest) = (bound(&source.time.earliest), bound(&source.time.latest));
            hull = Some(match hull {
                None => (earliest, latest),
                Some((from, to)) => (
                    from.zip(earliest).map(|(one, two)| one.min(two)),
                    to.zip(latest).map(|(one, two)| one.max(two)),
                ),
            });
        }
        if let Some((earliest, latest)) = hull
            && (earliest.is_some() || latest.is_some())
            && !self.no_prune
        {
            let within = self.listing.within((earliest, latest));
            self.left_out.fetch_max(within.pruned, Relaxed);
            objects = Arc::new(within.objects);
        }
        Ok(Settled { plan, now, objects, from_newest: newest.is_some() })
    }

    /// Time of the newest event.
    async fn newest(&self) -> Outcome<Option<i64>> {
        if let Some(known) = self.newest.get() {
            return Ok(*known);
        }
        let formats = Arc::new(self.catalog.formats.clone());
        let newest = quarry_engine::newest_event_time(&formats, &self.objects(), self.threads).await?;
        Ok(*self.newest.get_or_init(|| newest))
    }
}

/// That a plan asks where addresses are, and nothing here knows.
fn without_places(plan: &Node) -> Option<Diagnostic> {
    let mut asks = None;
    plan.visit_expressions(&mut |value| {
        if asks.is_none() && value.calls(&quarry_functions::depends_on_places) {
            asks = Some(value.span);
        }
    });
    let message = "without a database of places no address has one: these fields are empty";
    Some(
        Diagnostic::warning(NO_PLACES, message, asks?)
            .with_help("name a MaxMind database (`.mmdb`) with `--places`"),
    )
}

/// The database of places, if there is one.
fn places(path: Option<&Path>) -> Outcome<Option<Places>> {
    let open = |path: &Path| {
        Places::open(path).map_err(|reason| {
            Failure::Content(format!("cannot use the location database `{}`: {reason}", path.display()))
        })
    };
    path.map(open).transpose()
}

/// Lists the logs. Standard input goes to a temporary file first, since logs may be read more than
/// once: for the newest event, for the fields there are, to tell why nothing came out.
async fn list(logs: &[String]) -> Outcome<(Listing, Option<NamedTempFile>)> {
    let (standard_input, others): (Vec<&String>, Vec<&String>) = logs.iter().partition(|input| *input == "-");
    let others: Vec<String> = others.into_iter().cloned().collect();
    let failed = |error: std::io::Error| Failure::writing_to("standard input to a temporary file", error);
    let listed = quarry_logs::list_objects(&others, (None, None)).await;
    let mut listing = listed?;
    if standard_input.is_empty() {
        return Ok((listing, None));
    }
    let mut spool = NamedTempFile::new().map_err(failed)?;
    std::io::copy(&mut std::io::stdin().lock(), &mut spool).map_err(failed)?;
    let mut object = Location::file(spool.path());
    object.name = "-".to_owned();
    listing.objects.push(object);
    Ok((listing, Some(spool)))
}

/// A range that counts back from "now" ends there; the event at that very instant (the newest, in
/// an archive) is inside, though ends are exclusive.
fn until_now(range: &mut TimeRange, now: i64) {
    let counts_back = range.earliest.as_ref().is_some_and(|bound| bound.base.is_none());
    let ends_now = match &range.latest {
        None => counts_back,
        Some(latest) => latest.base.is_none() && latest.steps.is_empty(),
    };
    if ends_now {
        range.latest = Some(TimeBound::at(now.saturating_add(1)));
    }
}

/// A query without errors.
pub struct Runnable {
    /// Its plan.
    pub plan: Node,
    /// The columns of the result, in order.
    pub columns: Vec<OutputColumn>,
    /// What was found that is no error.
    pub warnings: Vec<Diagnostic>,
    /// Tables that the query writes.
    pub stores: Vec<Store>,
}

/// What of a compiled query can be run.
///
/// # Errors
/// If the query has an error.
pub fn runnable(query: &QueryText, compiled: Compiled) -> Outcome<Runnable> {
    let broken = compiled.diagnostics.iter().any(Diagnostic::is_error);
    match compiled.plan {
        Some(plan) if !broken => {
            let Compiled { output: columns, diagnostics: warnings, stores, .. } = compiled;
            Ok(Runnable { plan, columns, warnings, stores })
        }
        _ => {
            let (name, text) = query.file();
            let diagnostics = compiled.diagnostics.iter().map(|found| query.located(found).2).collect();
            Err(Failure::Query { name: name.to_owned(), text: text.to_owned(), diagnostics })
        }
    }
}
