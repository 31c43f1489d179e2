//! The matrix of tests and detections, and the tests one by one.

use quarry_languages::Language;
use quarry_pack::{
    Case, CaseKind, Pack, Provider,
    cases::{Commands, Signal, group_of},
    results::{CaseResults, DetectionResult, PackResults, Verdict},
};
use serde::Serialize;

use super::provider_label;
use crate::Site;

/// Kinds of cases in the order of the page: kind, heading, what they are.
const KINDS: [(CaseKind, &str, &str); 5] = [
    (CaseKind::Attack, "Attacks", "the technique, done plainly: must alert"),
    (CaseKind::Evasion, "Evasions", "the technique in disguise: must alert"),
    (CaseKind::Benign, "Benign twins", "looks alike and is not it: must stay silent"),
    (CaseKind::Late, "Late records", "seen by the schedule as the records arrive"),
    (CaseKind::Duplicate, "Duplicate records", "delivered more than once: one alert each"),
];

/// Tests by detections.
#[derive(Debug, Serialize)]
pub struct Matrix {
    /// Groups of the columns.
    pub groups: Vec<ColumnGroup>,
    /// Names of the languages of the columns.
    pub columns: Vec<Column>,
    /// Rows by kind.
    pub kinds: Vec<Kind>,
    /// Whether the tests were run.
    pub tested: bool,
    /// Results that are passes.
    pub passes: usize,
    /// All results.
    pub results: usize,
    /// Results that are not passes, in words: how many of each.
    pub others: Vec<(usize, &'static str)>,
}

/// Columns of one group.
#[derive(Debug, Serialize)]
pub struct ColumnGroup {
    /// Its name.
    pub id: String,
    /// How many columns it has.
    pub span: usize,
}

/// A detection.
#[derive(Debug, Serialize)]
pub struct Column {
    /// Its identifier.
    pub id: String,
    /// Its language, short.
    pub language: String,
    /// Whether it is the first of its group.
    pub first: bool,
}

/// Cases of one kind.
#[derive(Debug, Serialize)]
pub struct Kind {
    /// Heading.
    pub label: &'static str,
    /// What they are.
    pub text: &'static str,
    /// The cases.
    pub rows: Vec<Row>,
}

/// A case.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Identifier.
    pub id: String,
    /// What happens.
    pub title: String,
    /// Cloud.
    pub provider: String,
    /// One for each detection.
    pub cells: Vec<Cell>,
    /// What must be said of results: detection, kind of remark, text.
    pub remarks: Vec<Remark>,
}

/// What a detection said to a case.
#[derive(Debug, Serialize)]
pub struct Cell {
    /// Class of the cell.
    pub state: &'static str,
    /// What is seen.
    pub text: String,
    /// Whether the column is the first of its group.
    pub first: bool,
}

/// A remark on a result.
#[derive(Debug, Serialize)]
pub struct Remark {
    /// The detection.
    pub detection: String,
    /// Class: that of the cell, or `because`.
    pub state: &'static str,
    /// One word before it.
    pub word: String,
    /// The text.
    pub text: String,
}

/// A case with what it does.
#[derive(Debug, Serialize)]
pub struct Detail {
    /// Identifier.
    pub id: String,
    /// What happens.
    pub title: String,
    /// Kind in one word.
    pub kind: &'static str,
    /// Cloud.
    pub provider: String,
    /// Why it matters.
    pub description: Option<String>,
    /// Steps: action, who, when, outcome.
    pub steps: Vec<[String; 4]>,
    /// Telemetry to expect.
    pub signals: Vec<Expected>,
    /// How to do it for real.
    pub commands: Option<Commands>,
}

/// A record to expect.
#[derive(Debug, Serialize)]
pub struct Expected {
    /// Log type.
    pub log: String,
    /// Action in the provider's word.
    pub action: String,
    /// How long it may take.
    pub within: String,
    /// Paths that must be there.
    pub fields: Vec<String>,
}

/// The matrix of a pack's detections, or of those of one language.
pub fn matrix(site: &Site, pack: &Pack, only: Option<Language>) -> Matrix {
    let results = pack.technique.as_deref().and_then(|id| site.results.as_ref()?.of(id));
    let columns = columns(pack, only);
    let kinds = KINDS.iter().filter_map(|(kind, label, text)| {
        let rows: Vec<Row> = cases(pack, results)
            .into_iter()
            .filter(|case| case.kind == *kind)
            .map(|case| row(pack, results, &columns, &case))
            .collect();
        (!rows.is_empty()).then_some(Kind { label, text, rows })
    });
    let counted: Vec<Verdict> = results
        .into_iter()
        .flat_map(|results| results.cases.iter().flat_map(|case| &case.results))
        .filter(|result| columns.iter().any(|column| column.id == result.detection))
        .map(|result| result.verdict)
        .collect();
    let count = |verdict: Verdict| counted.iter().filter(|one| **one == verdict).count();
    let others = [Verdict::Miss, Verdict::FalseAlarm, Verdict::WrongEntity, Verdict::Error]
        .map(|verdict| (count(verdict), verdict.word()));
    Matrix {
        groups: column_groups(&columns),
        kinds: kinds.collect(),
        tested: results.is_some(),
        passes: count(Verdict::Pass),
        results: counted.len(),
        others: others.into_iter().filter(|(count, _)| *count > 0).collect(),
        columns,
    }
}

/// What is needed of a case, whether the pack or only the results have it.
struct Head {
    id: String,
    title: String,
    kind: CaseKind,
    provider: Provider,
}

fn cases(pack: &Pack, results: Option<&PackResults>) -> Vec<Head> {
    let of_case = |case: &Case| Head {
        id: case.id.clone(),
        title: case.title.clone(),
        kind: case.kind,
        provider: case.provider,
    };
    let of_result = |case: &CaseResults| Head {
        id: case.id.clone(),
        title: case.title.clone(),
        kind: case.kind,
        provider: case.provider,
    };
    let mut heads: Vec<Head> = pack.cases.cases.iter().map(of_case).collect();
    for case in results.into_iter().flat_map(|results| &results.cases) {
        if !heads.iter().any(|head| head.id == case.id) {
            heads.push(of_result(case));
        }
    }
    heads
}

fn columns(pack: &Pack, only: Option<Language>) -> Vec<Column> {
    let shown =
        pack.detections.iter().filter(|detection| only.is_none_or(|language| detection.language == language));
    let mut columns: Vec<Column> = Vec::new();
    for detection in shown {
        let first = columns.last().is_none_or(|last| group_of(&last.id) != group_of(&detection.id));
        let language = detection.language.id.to_uppercase();
        columns.push(Column { id: detection.id.clone(), language, first });
    }
    columns
}

fn column_groups(columns: &[Column]) -> Vec<ColumnGroup> {
    let mut groups: Vec<ColumnGroup> = Vec::new();
    for column in columns {
        match groups.last_mut() {
            Some(group) if !column.first => group.span += 1,
            _ => groups.push(ColumnGroup { id: group_of(&column.id).to_owned(), span: 1 }),
        }
    }
    groups
}

fn row(pack: &Pack, results: Option<&PackResults>, columns: &[Column], head: &Head) -> Row {
    let case = pack.cases.cases.iter().find(|case| case.id == head.id);
    let found = results.and_then(|results| results.cases.iter().find(|case| case.id == head.id));
    let mut row = Row {
        id: head.id.clone(),
        title: head.title.clone(),
        provider: provider_label(head.provider.word()).to_owned(),
        cells: Vec::new(),
        remarks: Vec::new(),
    };
    for column in columns {
        let result =
            found.and_then(|found| found.results.iter().find(|result| result.detection == column.id));
        let expected = case.map_or(0, |case| case.expected(&column.id).alerts());
        let cell = result.map_or_else(|| due(expected, column.first), |result| judged(result, column.first));
        row.remarks.extend(remarks(case, column, result, cell.state));
        row.cells.push(cell);
    }
    row
}

/// A cell without a result.
fn due(expected: usize, first: bool) -> Cell {
    let text = if expected == 0 { "–".to_owned() } else { expected.to_string() };
    Cell { state: "due", text, first }
}

fn judged(result: &DetectionResult, first: bool) -> Cell {
    let (alerts, expected) = (result.alerts, result.expected);
    let (state, text) = match result.verdict {
        Verdict::Pass if expected == 0 => ("silent", "–".to_owned()),
        Verdict::Pass => ("caught", format!("✓ {alerts}")),
        Verdict::Miss => ("miss", format!("✗ {alerts}/{expected}")),
        Verdict::FalseAlarm => ("alarm", format!("! {alerts}/{expected}")),
        Verdict::WrongEntity => ("wrong", format!("≠ {alerts}")),
        Verdict::Error => ("error", "error".to_owned()),
    };
    Cell { state, text, first }
}

/// Why a result is no pass, and why a dialect is expected to differ.
fn remarks(
    case: Option<&Case>,
    column: &Column,
    result: Option<&DetectionResult>,
    state: &'static str,
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut add = |state, word: &str, text: &str| {
        remarks.push(Remark {
            detection: column.id.clone(),
            state,
            word: word.to_owned(),
            text: text.to_owned(),
        });
    };
    if let Some(result) = result {
        let word = if result.verdict == Verdict::Pass { "" } else { result.verdict.word() };
        match &result.why {
            Some(why) => add(if word.is_empty() { "because" } else { state }, word, why),
            None if !word.is_empty() => add(state, word, "no reason was given"),
            None => {}
        }
    }
    let because =
        case.and_then(|case| case.expect.get(&column.id)).and_then(|stated| stated.because.as_ref());
    if let Some(because) = because {
        add("because", "expected to differ", because);
    }
    remarks
}

/// The cases of a pack with what they do.
pub fn details(pack: &Pack) -> Vec<Detail> {
    let ordered =
        KINDS.iter().flat_map(|(kind, ..)| pack.cases.cases.iter().filter(move |case| case.kind == *kind));
    ordered.map(detail).collect()
}

fn detail(case: &Case) -> Detail {
    let usual =
        if matches!(case.kind, CaseKind::Attack | CaseKind::Evasion) { "intruder" } else { "engineer" };
    let steps = case.steps.iter().map(|step| {
        let at = step.at.map_or_else(String::new, |at| format!("+{at}"));
        let who = step.principal.clone().unwrap_or_else(|| usual.to_owned());
        [step.action.clone(), who, at, step.outcome.clone()]
    });
    Detail {
        id: case.id.clone(),
        title: case.title.clone(),
        kind: case.kind.word(),
        provider: provider_label(case.provider.word()).to_owned(),
        description: case.description.clone(),
        steps: steps.collect(),
        signals: case.signals.iter().map(expected).collect(),
        commands: case.commands.clone(),
    }
}

fn expected(signal: &Signal) -> Expected {
    Expected {
        log: signal.log.clone(),
        action: signal.action.clone(),
        within: signal.within.to_string(),
        fields: signal.fields.clone(),
    }
}
