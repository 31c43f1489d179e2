//! The rules: one file, one row, one page (`docs/lints`) each.

mod absent_field;
mod always_never;
mod case_arms;
mod custom_property;
mod dead_branch;
mod dropped_log;
mod dropped_null;
mod exclusion;
mod false_friends;
mod foreign_device;
mod made_up;
mod missing_operations;
mod mixed_precedence;
mod near_field;
mod network_text;
mod never;
mod no_such_log;
mod operation_service;
mod outcome_words;
mod pattern_syntax;
mod read_operations;
mod several_records;
mod text_sort;
mod time_range;
mod tools;
mod wrong_case;

use quarry_diagnostic::{Diagnostic, Severity, Span};

use crate::{Finding, Fix, Page, analysis::Analysis};

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Stable code; a released code is never reused.
    pub code: &'static str,
    /// Short name.
    pub name: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// What, why, example, fix.
    pub page: Page,
    /// How grave a finding is.
    pub severity: Severity,
    pub(crate) check: fn(&Analysis<'_>, &mut Report),
}

macro_rules! rules {
    ($($code:literal $name:literal $severity:ident $check:path: $summary:literal;)*) => {
        /// All rules, by code.
        pub const RULES: &[Rule] = &[$(Rule {
            code: $code,
            name: $name,
            summary: $summary,
            page: Page(include_str!(concat!("../../../../docs/lints/", $code, ".md"))),
            severity: Severity::$severity,
            check: $check,
        }),*];
    };
}

rules! {
    "LNT001" "mixed-precedence" Warning mixed_precedence::check: "`OR` and `AND` are mixed without parentheses";
    "LNT002" "never-holds" Warning always_never::check: "a comparison can never hold in this view";
    "LNT003" "wrong-case" Warning wrong_case::check: "a comparison that minds case has the value in another case";
    "LNT004" "absent-field" Warning absent_field::check: "a field that the log never carries";
    "LNT005" "open-exclusion" Warning exclusion::check: "an exclusion that an attacker can walk through by naming";
    "LNT006" "foreign-device-type" Warning foreign_device::check: "a device type number of another product";
    "LNT007" "outcome-words" Warning outcome_words::check: "a status word or status field of another shape of the log";
    "LNT008" "dropped-log" Warning dropped_log::check: "a condition drops every event of a log that the query selects";
    "LNT009" "time-range" Note time_range::check: "the time range is missing or unbounded";
    "LNT010" "several-records" Note several_records::check: "one action is several records";
    "LNT011" "read-operations" Warning read_operations::check: "operations that only read pass a pattern";
    "LNT012" "pattern-syntax" Warning pattern_syntax::check: "a pattern in the syntax of another operator, or anchored or escaped wrongly";
    "LNT013" "case-arms" Warning case_arms::check: "arms of a case that are never reached, always equal or unused";
    "LNT014" "text-sort" Warning text_sort::check: "a sort by text where a number or time is meant";
    "LNT015" "dead-branch" Warning dead_branch::check: "a condition that another makes impossible or superfluous";
    "LNT016" "missing-operations" Warning missing_operations::check: "operations of the technique that the query misses";
    "LNT017" "custom-property" Note custom_property::check: "properties that exist only where an administrator defined them";
    "LNT018" "false-friends" Warning false_friends::check: "a case treats the technique's operation like any other";
    "LNT019" "matches-nothing" Warning only_with_logs: "the query matches nothing in the logs it is held against";
    "LNT020" "made-up-number" Warning made_up::check: "a comparison with a number that the view sets, not the log";
    "LNT021" "operation-service" Warning operation_service::check: "an operation that is not known, or that the service does not have";
    "LNT022" "network-as-text" Warning network_text::check: "a network is compared as a text";
    "LNT023" "dropped-null" Note dropped_null::check: "asking for another value drops the events that have none";
    "LNT024" "near-miss-field" Warning near_field::check: "a field that no log has, nearly named like one that some have";
    "LNT025" "no-such-log" Note no_such_log::check: "a source type or device type that no log here is";
}

/// A rule that the caller checks, since it needs logs.
fn only_with_logs(_: &Analysis<'_>, _: &mut Report) {}

/// A rule by its code, in any case.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code.eq_ignore_ascii_case(code))
}

/// Where a rule puts what it finds.
pub struct Report {
    rule: &'static Rule,
    findings: Vec<Finding>,
}

impl Report {
    /// An empty report.
    pub fn new(rule: &'static Rule) -> Self {
        Self { rule, findings: Vec::new() }
    }

    /// Adds a finding; one at the same place with the same message counts once.
    pub fn add(&mut self, message: impl Into<String>, span: Span, help: Vec<String>) {
        self.add_with(message, span, help, Vec::new(), None);
    }

    /// Adds a finding with further places and a fix.
    pub fn add_with(
        &mut self,
        message: impl Into<String>,
        span: Span,
        help: Vec<String>,
        labels: Vec<(Span, String)>,
        fix: Option<Fix>,
    ) {
        let mut diagnostic = match self.rule.severity {
            Severity::Warning => Diagnostic::warning(self.rule.code, message, span),
            _ => Diagnostic::note(self.rule.code, message, span),
        };
        diagnostic.help = help;
        for (span, text) in labels {
            diagnostic = diagnostic.with_label(span, text);
        }
        let known = |finding: &Finding| {
            finding.diagnostic.span == diagnostic.span && finding.diagnostic.message == diagnostic.message
        };
        if !self.findings.iter().any(known) {
            self.findings.push(Finding { diagnostic, fix });
        }
    }

    /// What was found.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
