//! `quarry query`: one query over logs, its rows on standard output.

use std::{path::PathBuf, sync::Arc};

use arrow::record_batch::RecordBatch;
use quarry_diagnostic::Diagnostic;
use quarry_engine::schema_name;
use quarry_hunt::{
    OutputColumn, QueryText, Runnable, Settled, Workspace, language_options, read_query, runnable,
};
use quarry_languages::Language;
use quarry_plan::{Node, Operator};

use super::why;
use crate::{
    Streams,
    arguments::QueryArguments,
    failure::{Exit, Failure, Outcome, print_diagnostics},
    output,
    progress::{Progress, grouped, size, tell_unread, write_account},
    settings,
};

/// Runs the command.
pub fn run(arguments: &QueryArguments, streams: &Streams<'_>) -> Outcome {
    let query = query_text(arguments.text.as_ref(), arguments.file.as_ref(), arguments.lang)?;
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let file: Vec<String> = arguments.file.iter().map(|file| file.display().to_string()).collect();
    let compiler = settings::compiler_of(&catalog, &arguments.language, &file, streams)?;
    settings::runtime(settings::threads(&arguments.logs))?.block_on(async {
        let workspace = Workspace::open(Arc::clone(&catalog), &settings::logs(&arguments.logs)).await?;
        let compiled = workspace.compile(&compiler, &query).await?;
        let Runnable { plan, columns, warnings, stores } = runnable(&query, compiled)?;
        let tell = |found: &[Diagnostic]| {
            if !arguments.logs.quiet {
                print_diagnostics(streams, &query.name, &query.text, found);
            }
        };
        tell(&warnings);
        let done = execute(arguments, &query, &workspace, plan, &columns, streams).await?;
        tell(&workspace.write_stores(&stores, arguments.write_lookups.as_deref()).await?);
        Ok(done)
    })
}

/// The query of a command line: its text, or that of a file.
pub fn query_text(
    text: Option<&String>,
    file: Option<&PathBuf>,
    lang: Option<Language>,
) -> Outcome<QueryText> {
    match (text, file) {
        (Some(text), _) => {
            let language =
                lang.ok_or_else(|| Failure::Usage(format!("say which language: {}", language_options())))?;
            Ok(QueryText::new(language, "<query>", text.clone()))
        }
        (None, Some(file)) => read_query(file, lang),
        (None, None) => Err(Failure::Usage("a query is needed: a file or `-e TEXT`".to_owned())),
    }
}

async fn execute(
    arguments: &QueryArguments,
    query: &QueryText,
    workspace: &Workspace,
    plan: Node,
    columns: &[OutputColumn],
    streams: &Streams<'_>,
) -> Outcome {
    let settled = workspace.settle(plan).await?;
    settings::tell_now(&settled, arguments.logs.quiet, streams);
    let Settled { plan, now, objects, .. } = settled;
    let limited = limited(plan.clone(), arguments.limit);
    let report = workspace.session.new_report();
    let mut execution =
        workspace.session.run(&limited, Arc::clone(&objects), now, Arc::clone(&report)).await?;
    if arguments.explain {
        streams.tell(execution.physical_plan());
    }
    let bytes = objects.iter().filter_map(|object| object.size).sum();
    let progress = Progress::start(streams, &report, bytes, arguments.logs.quiet);
    let schema = execution.schema();
    let shown: Vec<usize> =
        columns.iter().filter_map(|column| schema.index_of(&schema_name(&column.column)).ok()).collect();
    let labels: Vec<String> = columns.iter().map(|column| column.label.clone()).collect();
    let schema =
        Arc::new(schema.project(&shown).map_err(|error| Failure::inner("choose the columns", error))?);
    let mut sink = output::sink(
        streams,
        output::chosen(arguments.output, streams),
        &arguments.csv,
        &schema,
        &labels,
        query.language.nulls_in_json,
    )?;
    let mut rows = 0_u64;
    while let Some(batch) = execution.next().await {
        let batch: RecordBatch = batch?;
        if batch.num_rows() == 0 {
            continue;
        }
        if rows == 0 {
            progress.stop();
        }
        rows += batch.num_rows() as u64;
        let batch = batch.project(&shown).map_err(|error| Failure::inner("choose the columns", error))?;
        sink.write(&batch).map_err(Failure::writing)?;
    }
    sink.finish().map_err(Failure::writing)?;
    progress.close(&report, &format!("{} rows", grouped(rows)));
    if execution.spilled() > 0 && !arguments.logs.quiet {
        streams.tell(format_args!(
            "sorting and grouping put {} on disk: a larger `--memory` is quicker",
            size(execution.spilled())
        ));
    }
    write_account(arguments.logs.report.as_deref(), &report, workspace)?;
    tell_unread(streams, workspace)?;
    if rows == 0 && !arguments.logs.quiet {
        why::tell(workspace, query, &plan, now, &objects, &report, streams).await?;
    }
    Ok(Exit::Fine)
}

fn limited(plan: Node, limit: Option<usize>) -> Node {
    match limit {
        Some(limit) => {
            let span = plan.span;
            Node::new(Operator::Limit { input: Box::new(plan), skip: 0, fetch: Some(limit) }, span)
        }
        None => plan,
    }
}
