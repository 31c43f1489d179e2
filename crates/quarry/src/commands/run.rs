//! What `query` and `hunt` share: listing logs, the meaning of "now", running one plan.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use quarry_diagnostic::Diagnostic;
use quarry_engine::Session;
use quarry_logs::{FieldCounts, Listing, Location};
use quarry_plan::{Node, Operator, Rows, TimeBound, TimeRange, Type};
use quarry_spl::lower::Store;
use quarry_views::Catalog;
use tempfile::NamedTempFile;

use crate::{
    arguments::LogArguments,
    compile::{Compiled, Compiler, QueryText},
    failure::{Failure, Outcome, print_diagnostics},
    lookups, moment, settings,
};

/// A table of `outputlookup` that no folder was named for.
const NOT_WRITTEN: &str = "RUN001";

/// Logs, views and a session, ready to run plans.
pub struct Workspace {
    pub catalog: Arc<Catalog>,
    pub session: Session,
    listing: Listing,
    /// Standard input on disk, deleted at the end.
    _spool: Option<NamedTempFile>,
    threads: usize,
    now: Now,
    newest: OnceLock<i64>,
    replacement: Option<TimeRange>,
    quiet: bool,
}

/// What "now" is.
enum Now {
    Newest,
    At(i64),
}

impl Workspace {
    /// Lists the logs and opens a session.
    pub async fn open(catalog: Arc<Catalog>, arguments: &LogArguments) -> Outcome<Self> {
        let now = match arguments.now.as_str() {
            "newest" => Now::Newest,
            "wall" => Now::At(moment::wall()),
            text => Now::At(moment::parse(text)?),
        };
        let bound = |text: &Option<String>| text.as_deref().map(moment::parse).transpose();
        let (earliest, latest) = (bound(&arguments.earliest)?, bound(&arguments.latest)?);
        let replacement = (earliest.is_some() || latest.is_some())
            .then(|| TimeRange { earliest: earliest.map(TimeBound::at), latest: latest.map(TimeBound::at) });
        let (listing, spool) = list(&arguments.logs).await?;
        Ok(Self {
            session: settings::session(&catalog, arguments)?,
            catalog,
            listing,
            _spool: spool,
            threads: settings::threads(arguments),
            now,
            newest: OnceLock::new(),
            replacement,
            quiet: arguments.quiet,
        })
    }

    /// Compiles a query against these logs: a wildcard over fields makes it look at the data first.
    pub async fn compile(&self, compiler: &Compiler<'_>, query: &QueryText) -> Outcome<Compiled> {
        let first = compiler.compile(query, None)?;
        if !first.needs_discovery || first.plan.is_none() {
            return self.stages(compiler, query, None, first).await;
        }
        let view = compiler.view(query.language)?;
        let fields = self.discover().await?;
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
        let compiled = compiler.compile(query, Some(&known))?;
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
            answers.push(self.rows(plan).await?);
            compiled = compiler.compile_with(query, discovered, &answers)?;
        }
        Ok(compiled)
    }

    /// All rows of a plan.
    pub async fn rows(&self, plan: Node) -> Outcome<Rows> {
        let failed = |error: quarry_engine::EngineError| Failure::Other(error.to_string());
        let (plan, now, objects) = self.settle(plan).await?;
        let execution =
            self.session.run(&plan, objects, now, self.session.new_report()).await.map_err(failed)?;
        let schema = execution.schema();
        Ok(quarry_engine::rows_of(&schema, &execution.collect().await.map_err(failed)?))
    }

    /// Writes the tables of a query into a folder; without one says that they are not written.
    pub async fn write_stores(
        &self,
        stores: &[Store],
        folder: Option<&Path>,
        query: &QueryText,
    ) -> Outcome<()> {
        for store in stores {
            let Some(folder) = folder else {
                let found =
                    Diagnostic::note(NOT_WRITTEN, format!("`{}` is not written", store.file), store.span)
                        .with_help("name a folder with `--write-lookups`");
                if !self.quiet {
                    print_diagnostics(&query.name, &query.text, &[found]);
                }
                continue;
            };
            let rows = self.rows(store.plan.clone()).await?;
            lookups::write(folder, store, &rows)?;
        }
        Ok(())
    }

    /// The fields of the events by log type.
    pub async fn discover(&self) -> Outcome<FieldCounts> {
        let formats = Arc::new(self.catalog.formats.clone());
        quarry_engine::discover_fields(&formats, &self.objects(), self.threads)
            .await
            .map_err(|error| Failure::Other(error.to_string()))
    }

    /// All objects.
    pub fn objects(&self) -> Arc<Vec<Location>> {
        Arc::new(self.listing.objects.clone())
    }

    /// Settles the time range of a plan: the command line's over the query's own, and "now".
    /// Returns the plan, "now", and the objects whose path does not exclude them.
    pub async fn settle(&self, plan: Node) -> Outcome<(Node, i64, Arc<Vec<Location>>)> {
        let mut plan = plan;
        if let Some(range) = &self.replacement {
            for_each_source(&mut plan, &mut |source| source.time = range.clone());
        }
        let mut relative = false;
        for_each_source(&mut plan, &mut |source| relative |= source.time.is_relative());
        plan.visit_expressions(&mut |value| relative |= value.calls(&quarry_functions::depends_on_now));
        let now = match self.now {
            Now::At(now) => now,
            Now::Newest if !relative => moment::wall(),
            Now::Newest => self.newest().await?,
        };
        for_each_source(&mut plan, &mut |source| until_now(&mut source.time, now));
        let mut objects = self.objects();
        let mut hull: Option<(Option<i64>, Option<i64>)> = None;
        for_each_source(&mut plan, &mut |source| {
            let bound = |bound: &Option<TimeBound>| bound.as_ref().and_then(|bound| bound.resolve(now));
            let (earliest, latest) = (bound(&source.time.earliest), bound(&source.time.latest));
            hull = Some(match hull {
                None => (earliest, latest),
                Some((from, to)) => (
                    from.zip(earliest).map(|(one, two)| one.min(two)),
                    to.zip(latest).map(|(one, two)| one.max(two)),
                ),
            });
        });
        if let Some((earliest, latest)) = hull
            && (earliest.is_some() || latest.is_some())
        {
            objects = Arc::new(self.listing.within((earliest, latest)).objects);
        }
        Ok((plan, now, objects))
    }

    async fn newest(&self) -> Outcome<i64> {
        if let Some(known) = self.newest.get() {
            return Ok(*known);
        }
        let formats = Arc::new(self.catalog.formats.clone());
        let newest = quarry_engine::newest_event_time(&formats, &self.objects(), self.threads)
            .await
            .map_err(|error| Failure::Other(error.to_string()))?;
        let Some(newest) = newest else {
            return Ok(moment::wall());
        };
        if !self.quiet {
            anstream::eprintln!(
                "relative times count from the newest event, {} (`--now wall` for the clock)",
                moment::show(newest)
            );
        }
        Ok(*self.newest.get_or_init(|| newest))
    }
}

/// Lists the logs. Standard input goes to a temporary file first, since logs may be read more than
/// once: for the newest event, for the fields there are, to tell why nothing came out.
async fn list(logs: &[String]) -> Outcome<(Listing, Option<NamedTempFile>)> {
    let (standard_input, others): (Vec<&String>, Vec<&String>) = logs.iter().partition(|input| *input == "-");
    let others: Vec<String> = others.into_iter().cloned().collect();
    let failed = |error: std::io::Error| Failure::of("cannot keep standard input", error);
    let listed = quarry_logs::list_objects(&others, (None, None)).await;
    let mut listing = listed.map_err(|error| Failure::Other(error.to_string()))?;
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

/// Calls `visit` on every source of a plan.
pub fn for_each_source(node: &mut Node, visit: &mut dyn FnMut(&mut quarry_plan::Source)) {
    match &mut node.operator {
        Operator::Source(source) => visit(source),
        Operator::Values { .. } => {}
        Operator::Filter { input, .. }
        | Operator::Extend { input, .. }
        | Operator::Project { input, .. }
        | Operator::Window { input, .. }
        | Operator::Sort { input, .. }
        | Operator::Limit { input, .. }
        | Operator::Deduplicate { input, .. }
        | Operator::Expand { input, .. } => for_each_source(input, visit),
        Operator::Lookup(lookup) => for_each_source(&mut lookup.input, visit),
        Operator::Aggregate(aggregate) => for_each_source(&mut aggregate.input, visit),
        Operator::Union { inputs } => inputs.iter_mut().for_each(|input| for_each_source(input, visit)),
        Operator::Join { left, right, .. } => {
            for_each_source(left, visit);
            for_each_source(right, visit);
        }
    }
}

/// The plan of a compiled query; prints its warnings; fails with its errors.
pub fn runnable(
    query: &QueryText,
    compiled: Compiled,
    quiet: bool,
) -> Outcome<(Node, Vec<(String, String)>)> {
    let broken = compiled.diagnostics.iter().any(Diagnostic::is_error);
    match compiled.plan {
        Some(plan) if !broken => {
            if !quiet {
                print_diagnostics(&query.name, &query.text, &compiled.diagnostics);
            }
            Ok((plan, compiled.output))
        }
        _ => Err(Failure::Query {
            name: query.name.clone(),
            text: query.text.clone(),
            diagnostics: compiled.diagnostics,
        }),
    }
}
