//! `quarry query`: one query over logs, its rows on standard output.

use std::{process::ExitCode, sync::Arc};

use arrow::record_batch::RecordBatch;
use quarry_plan::{Node, Operator};

use super::{
    run::{Workspace, runnable},
    why,
};
use crate::{
    arguments::{Language, QueryArguments},
    compile::{Compiler, QueryText, read_query},
    failure::{Failure, Outcome},
    output,
    progress::{Progress, grouped},
    settings,
};

/// Runs the command.
pub fn run(arguments: &QueryArguments) -> Outcome {
    let query = query_text(arguments)?;
    let catalog = settings::catalog(arguments.language.config.as_deref())?;
    let compiler = Compiler::new(&catalog, &arguments.language)?;
    settings::runtime(settings::threads(&arguments.logs))?.block_on(async {
        let workspace = Workspace::open(Arc::clone(&catalog), &arguments.logs).await?;
        let mut compiled = workspace.compile(&compiler, &query).await?;
        let stores = std::mem::take(&mut compiled.stores);
        let (plan, columns) = runnable(&query, compiled, arguments.logs.quiet)?;
        let done = execute(arguments, &query, &workspace, plan, &columns).await?;
        workspace.write_stores(&stores, arguments.write_lookups.as_deref(), &query).await?;
        Ok(done)
    })
}

fn query_text(arguments: &QueryArguments) -> Outcome<QueryText> {
    match (&arguments.text, &arguments.file) {
        (Some(text), _) => {
            let language: Language = arguments.lang.ok_or_else(|| {
                Failure::Other("say which language: `--lang spl` or `--lang aql`".to_owned())
            })?;
            Ok(QueryText { language, name: "<query>".to_owned(), text: text.clone() })
        }
        (None, Some(file)) => read_query(file, arguments.lang),
        (None, None) => Err(Failure::Other("a query is needed: a file or `-e TEXT`".to_owned())),
    }
}

async fn execute(
    arguments: &QueryArguments,
    query: &QueryText,
    workspace: &Workspace,
    plan: Node,
    columns: &[(String, String)],
) -> Outcome {
    let (plan, now, objects) = workspace.settle(plan).await?;
    let limited = limited(plan.clone(), arguments.limit);
    let report = workspace.session.new_report();
    let failed = |error: quarry_engine::EngineError| Failure::Other(error.to_string());
    let mut execution = workspace
        .session
        .run(&limited, Arc::clone(&objects), now, Arc::clone(&report))
        .await
        .map_err(failed)?;
    if arguments.explain {
        anstream::eprintln!("{}", execution.physical_plan);
    }
    let bytes = objects.iter().filter_map(|object| object.size).sum();
    let progress = Progress::start(&report, bytes, arguments.logs.quiet);
    let schema = execution.schema();
    let shown: Vec<usize> = columns.iter().filter_map(|(name, _)| schema.index_of(name).ok()).collect();
    let labels: Vec<String> = columns.iter().map(|(_, label)| label.clone()).collect();
    let schema = Arc::new(schema.project(&shown).map_err(|error| Failure::Other(error.to_string()))?);
    let mut sink = output::sink(output::chosen(arguments.output), &schema, &labels)?;
    let mut rows = 0_u64;
    while let Some(batch) = execution.next().await {
        let batch: RecordBatch = batch.map_err(failed)?;
        if batch.num_rows() == 0 {
            continue;
        }
        if rows == 0 {
            progress.stop();
        }
        rows += batch.num_rows() as u64;
        let batch = batch.project(&shown).map_err(|error| Failure::Other(error.to_string()))?;
        if let Some(code) = written(sink.write(&batch))? {
            return Ok(code);
        }
    }
    if let Some(code) = written(sink.finish())? {
        return Ok(code);
    }
    progress.close(&report, &format!("{} rows", grouped(rows)));
    if rows == 0 && !arguments.logs.quiet {
        why::tell(workspace, query, &plan, now, &objects, &report).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A closed pipe (`| head`) ends the command quietly.
fn written(result: std::io::Result<()>) -> Outcome<Option<ExitCode>> {
    match result {
        Ok(()) => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Some(ExitCode::SUCCESS)),
        Err(error) if error.to_string().contains("Broken pipe") => Ok(Some(ExitCode::SUCCESS)),
        Err(error) => Err(Failure::of("cannot write rows", error)),
    }
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
