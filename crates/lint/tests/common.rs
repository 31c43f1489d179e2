//! Compiling a query and linting it.

use std::path::PathBuf;

use quarry_lint::{Context, Finding, Subject, lint};
use quarry_plan::{Node, TimeRange};
use quarry_views::Catalog;

/// Compiles and lints; nothing if the query does not compile.
pub struct Linter {
    catalog: Catalog,
    macros: quarry_spl::Macros,
}

impl Linter {
    pub fn new() -> Self {
        Self { catalog: Catalog::load(None).unwrap(), macros: quarry_spl::Macros::default() }
    }

    pub fn with_macros(folders: &[PathBuf]) -> Self {
        Self { macros: quarry_spl::Macros::load(folders).unwrap(), ..Self::new() }
    }

    /// The plan through a view, if the query can be planned.
    pub fn plan(&self, language: &str, view: &str, text: &str) -> Option<(Node, bool)> {
        let view = self.catalog.view(view).unwrap();
        match language {
            "aql" => {
                let parsed = quarry_aql::parse(text);
                Some((quarry_aql::lower(&parsed, view, &quarry_aql::LowerOptions::default()).plan?, false))
            }
            _ => {
                let parsed = quarry_spl::parse(text, &self.macros);
                if parsed.diagnostics.iter().any(quarry_diagnostic::Diagnostic::is_error) {
                    return None;
                }
                let default_time = TimeRange::default();
                let options = quarry_spl::lower::LowerOptions { view, discovered: None, default_time };
                let lowered = quarry_spl::lower::lower(&parsed, &options);
                Some((lowered.plan?, lowered.needs_discovery))
            }
        }
    }

    pub fn lint(&self, language: &str, text: &str, context: Context<'_>) -> Option<Vec<Finding>> {
        let view = if language == "aql" { "qradar" } else { "splunk" };
        self.lint_in(language, view, text, context)
    }

    pub fn lint_in(
        &self,
        language: &str,
        view: &str,
        text: &str,
        context: Context<'_>,
    ) -> Option<Vec<Finding>> {
        let (plan, open_names) = self.plan(language, view, text)?;
        let context = Context { open_names, ..context };
        Some(lint(&Subject { text, plan: &plan, catalog: &self.catalog, context }))
    }
}

/// A path below the folder with public inputs, where there is one.
pub fn shared(path: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("skipped: no {path} in the folder `shared` beside the clone");
    None
}

/// Findings as lines: code, line:column, message, help.
pub fn lines(text: &str, findings: &[Finding]) -> String {
    let mut lines = String::new();
    for finding in findings {
        let found = &finding.diagnostic;
        let (line, column) = quarry_diagnostic::line_column(text, found.span.start);
        lines.push_str(&format!("{} {line}:{column} {}\n", found.code, found.message));
        for help in &found.help {
            lines.push_str(&format!("    {help}\n"));
        }
    }
    lines
}
