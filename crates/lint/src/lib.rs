//! Lints: what a query that runs will really do.
//!
//! Lints look at the plan, so that every language that lowers into the waist has them, together with
//! views (what each log calls its fields) and facts about logs (`data/*.toml`): what words a field
//! takes, which operations only read, what one action leaves behind. A lint speaks only where the
//! facts settle the matter.
//!
//! ```text
//! plan + views + facts ── analysis ──> what each condition and value can be, one log type at a time
//!                             └── rules (one file, one table row each) ──> findings
//! ```

mod analysis;
mod fix;
mod knowledge;
mod page;
mod rules;
mod sarif;
mod suppress;

use quarry_diagnostic::{Diagnostic, Span};
use quarry_plan::Node;
use quarry_views::Catalog;

pub use fix::apply_fixes;
pub use page::{Example, Page};
pub use rules::{RULES, Rule, rule};
pub use sarif::sarif;

/// A query to look at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The text, to which all places refer.
    pub text: &'a str,
    /// Its plan.
    pub plan: &'a Node,
    /// The views that the plan names.
    pub catalog: &'a Catalog,
    /// What is known from around the query.
    pub context: Context<'a>,
}

/// What is known from around a query.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The technique it detects, by the pack or the file's name; one that stands in the text counts too.
    pub technique: Option<&'a str>,
    /// Whether a schedule sets its time range.
    pub scheduled: bool,
    /// Whether a wildcard stands for fields that only the data can tell.
    pub open_names: bool,
    /// What its documentation says; a property that is named there needs no lint.
    pub described: &'a str,
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What and where.
    pub diagnostic: Diagnostic,
    /// A change that keeps the meaning and makes the finding go away.
    pub fix: Option<Fix>,
}

/// A change to the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// Everything that the rules find, in the order of the text, without what a comment allows.
#[must_use]
pub fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let analysis = analysis::Analysis::new(subject);
    let mut found = Vec::new();
    for rule in RULES {
        let mut report = rules::Report::new(rule);
        (rule.check)(&analysis, &mut report);
        found.extend(report.into_findings());
    }
    found.retain(|finding: &Finding| !suppress::allows(subject.text, &finding.diagnostic));
    found.sort_by(|left, right| order(left).cmp(&order(right)));
    found
}

fn order(finding: &Finding) -> (usize, usize, &str) {
    (finding.diagnostic.span.start, finding.diagnostic.span.end, finding.diagnostic.code.as_ref())
}
