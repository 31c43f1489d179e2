//! `quarry fields`: which fields the events have, how often, and some values.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, Int64Array, ListBuilder, StringArray, StringBuilder},
    datatypes::{DataType, Field, Schema},
    record_batch::RecordBatch,
};
use quarry_diagnostic::{Span, did_you_mean};
use quarry_hunt::{Settled, Workspace};
use quarry_logs::ScanReport;
use quarry_plan::{Node, Operator, Source, SourceColumn, SourceField, TimeRange, Type};
use quarry_views::View;

use crate::{
    Streams,
    arguments::FieldsArguments,
    failure::{Exit, Failure, Outcome},
    output::{self, Sink},
    progress::{Progress, grouped, tell_unread, write_account},
    settings,
};

/// One field of one log type.
struct FieldRow {
    log_type: String,
    name: String,
    count: u64,
    values: Vec<String>,
}

/// How many values of a field are shown.
const VALUES: usize = 3;

/// Runs the command.
pub fn run(arguments: &FieldsArguments, streams: &Streams<'_>) -> Outcome {
    let catalog = settings::catalog(arguments.config.as_deref())?;
    settings::runtime(settings::threads(&arguments.logs))?.block_on(async {
        let workspace =
            Workspace::open(Arc::clone(&catalog), &settings::needed_logs(&arguments.logs)?).await?;
        let report = workspace.session.new_report();
        let bytes = workspace.objects().iter().filter_map(|object| object.size).sum();
        let progress = Progress::start(streams, &report, bytes, arguments.logs.quiet);
        let mut fields = match &arguments.view {
            Some(name) => {
                let names = || catalog.views.iter().map(|view| view.name.as_str());
                let view = catalog.view(name).ok_or_else(|| unknown_view(name, names().collect()))?;
                view_fields(&workspace, view, &report).await?
            }
            None => own_fields(workspace.discover(&report).await?),
        };
        fields.sort_by(|left, right| (&left.log_type, &left.name).cmp(&(&right.log_type, &right.name)));
        progress.stop();
        print(arguments, &fields, streams)?;
        progress.close(&report, &format!("{} fields", grouped(fields.len() as u64)));
        write_account(arguments.logs.report.as_deref(), &report, &workspace)?;
        tell_unread(streams, &workspace)?;
        Ok(Exit::Fine)
    })
}

/// The JSON's own fields.
fn own_fields(counts: quarry_logs::FieldCounts) -> Vec<FieldRow> {
    let rows = counts.into_iter().flat_map(|(log_type, fields)| {
        fields.into_iter().map(move |(name, found)| FieldRow {
            log_type: log_type.clone(),
            name,
            count: found.events,
            values: found.values,
        })
    });
    rows.collect()
}

fn unknown_view(name: &str, known: Vec<&str>) -> Failure {
    let hint = did_you_mean(name, known.iter().copied()).map(|near| format!(" (did you mean `{near}`?)"));
    Failure::Usage(format!(
        "no view is named `{name}`{}: there are {}",
        hint.unwrap_or_default(),
        known.join(", ")
    ))
}

/// The declared fields of a view, one scan for each log type: a count and some values of each.
async fn view_fields(workspace: &Workspace, view: &View, report: &Arc<ScanReport>) -> Outcome<Vec<FieldRow>> {
    let mut found = Vec::new();
    let Settled { now, objects, .. } = workspace.settle(empty_plan()).await?;
    for (index, source) in view.chosen(&[]).into_iter().enumerate() {
        let names: Vec<(&str, Type)> = source
            .fields
            .values()
            .filter(|field| !field.name.starts_with('_') || field.name == "_time")
            .map(|field| (field.name.as_str(), field.data_type))
            .collect();
        let mut only = view.clone();
        only.sources.retain(|candidate| candidate.log_type == source.log_type);
        let plan = rows_plan(view, &names);
        let mut catalog = workspace.catalog.as_ref().clone();
        catalog.views.retain(|candidate| candidate.name != view.name);
        catalog.views.push(only);
        let session = workspace.session.with_catalog(Arc::new(catalog));
        // Each scan reads all objects, so one of them tells what they are.
        let report = if index == 0 { Arc::clone(report) } else { session.new_report() };
        let mut execution = session.run(&plan, Arc::clone(&objects), now, report).await?;
        let mut fields: Vec<FieldRow> = names
            .iter()
            .map(|(name, _)| FieldRow {
                log_type: source.log_type.clone(),
                name: (*name).to_owned(),
                count: 0,
                values: Vec::new(),
            })
            .collect();
        while let Some(batch) = execution.next().await {
            tally(&batch?, &mut fields);
        }
        found.append(&mut fields);
    }
    found.retain(|field| field.count > 0);
    Ok(found)
}

/// Adds the values of a batch, one column for each field.
fn tally(batch: &RecordBatch, fields: &mut [FieldRow]) {
    for (column, field) in batch.columns().iter().zip(fields) {
        field.count += (column.len() - column.null_count()) as u64;
        for row in 0..column.len() {
            if field.values.len() >= VALUES {
                break;
            }
            let value = quarry_hunt::cell_text(column, row);
            if !column.is_null(row) && !field.values.contains(&value) {
                field.values.push(value);
            }
        }
    }
}

fn empty_plan() -> Node {
    Node::new(Operator::Values { columns: Vec::new(), rows: Vec::new(), place: None }, Span::default())
}

fn rows_plan(view: &View, names: &[(&str, Type)]) -> Node {
    let span = Span::default();
    let columns = names.iter().enumerate().map(|(index, (name, data_type))| SourceColumn {
        name: format!("field_{index}").into(),
        field: SourceField::View((*name).to_owned()),
        data_type: *data_type,
    });
    let source = Source {
        view: view.name.clone(),
        columns: columns.collect(),
        time: TimeRange::default(),
        choices: Vec::new(),
    };
    Node::new(Operator::Source(source), span)
}

fn print(arguments: &FieldsArguments, fields: &[FieldRow], streams: &Streams<'_>) -> Outcome {
    let text = |get: &dyn Fn(&FieldRow) -> &str| -> ArrayRef {
        Arc::new(fields.iter().map(|field| Some(get(field))).collect::<StringArray>())
    };
    let counts: Int64Array =
        fields.iter().map(|field| Some(i64::try_from(field.count).unwrap_or(i64::MAX))).collect();
    let mut values = ListBuilder::new(StringBuilder::new());
    for field in fields {
        for value in field.values.iter().take(VALUES) {
            values.values().append_value(value);
        }
        values.append(true);
    }
    let item = DataType::List(Arc::new(Field::new("item", DataType::Utf8, true)));
    let schema = Arc::new(Schema::new(vec![
        Field::new("log_type", DataType::Utf8, true),
        Field::new("field", DataType::Utf8, true),
        Field::new("events", DataType::Int64, true),
        Field::new("values", item, true),
    ]));
    let columns: Vec<ArrayRef> = vec![
        text(&|field| &field.log_type),
        text(&|field| &field.name),
        Arc::new(counts),
        Arc::new(values.finish()),
    ];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)
        .map_err(|error| Failure::inner("make the list of fields", error))?;
    let labels: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut sink: Box<dyn Sink> = output::sink(
        streams,
        output::chosen(arguments.output, streams),
        &arguments.csv,
        &schema,
        &labels,
        false,
    )?;
    sink.write(&batch).and_then(|()| sink.finish()).map_err(Failure::writing)?;
    Ok(Exit::Fine)
}
