//! What a plan does, one log type at a time: which conditions can hold, what values can be.

pub mod domain;
pub mod evaluate;
pub mod facts;
pub mod site;
mod walk;

use std::{collections::HashMap, rc::Rc};

use quarry_functions::law;
use quarry_plan::{ColumnName, Expression, Law, Node, Operator, Source};
use quarry_views::{View, ViewSource};

use crate::{
    Subject,
    knowledge::{Knowledge, LogFacts, knowledge},
};
use domain::{Domain, Matchers};
use evaluate::{Columns, Scope};
use facts::{ColumnFacts, Reader};
use walk::Walk;

/// The logs that a view covers, in the order of [`Scan::logs`]; none where no row of the log arrives.
pub type Environment = Vec<Option<Rc<Columns>>>;

/// A plan and what can be said of it.
pub struct Analysis<'a> {
    /// The query.
    pub subject: &'a Subject<'a>,
    /// Facts.
    pub knowledge: &'static Knowledge,
    /// The sources, in the order in which a walk (inputs first, left to right) meets them.
    pub scans: Vec<Scan<'a>>,
    /// The nodes in the same order, each with what arrives at it.
    pub stages: Vec<Stage<'a>>,
    /// The log types of each scan whose rows can reach the output.
    pub arrives: Vec<Vec<bool>>,
    matchers: Matchers,
}

/// A source.
pub struct Scan<'a> {
    /// The source.
    pub source: &'a Source,
    /// Its view.
    pub view: &'a View,
    /// The log types it reads.
    pub logs: Vec<Log<'a>>,
    /// Whether the query picks some of them by source type.
    pub explicit: bool,
}

/// A log type as one source sees it.
pub struct Log<'a> {
    /// Identifier.
    pub id: &'a str,
    /// The platform's name and fields.
    pub source: &'a ViewSource,
    /// What is known of it.
    pub facts: Option<&'static LogFacts>,
    /// What its columns can be.
    pub columns: HashMap<ColumnName, ColumnFacts>,
    /// Whether the query's conditions on source types let it through.
    pub targeted: bool,
}

/// A node and what arrives at it.
#[derive(Clone)]
pub struct Stage<'a> {
    /// Index of its source.
    pub scan: usize,
    /// The node.
    pub node: &'a Node,
    /// What its input's columns can be.
    pub before: Environment,
    /// Whether its rows are those of several sources, of which nothing is said.
    pub mixed: bool,
}

impl Log<'_> {
    /// What messages call it.
    pub fn title(&self) -> &str {
        self.facts.map_or(self.source.source_type.as_str(), |facts| facts.title.as_str())
    }

    /// Whether it is the shape that SIEMs take in.
    pub fn is_main(&self) -> bool {
        self.facts.is_some_and(|facts| facts.main)
    }
}

impl<'a> Analysis<'a> {
    /// Analyses a plan.
    pub fn new(subject: &'a Subject<'a>) -> Self {
        let knowledge = knowledge();
        let sources = subject.plan.sources();
        let scans = sources.into_iter().filter_map(|source| scan(subject, knowledge, source)).collect();
        let mut analysis = Self {
            subject,
            knowledge,
            scans,
            stages: Vec::new(),
            arrives: Vec::new(),
            matchers: Matchers::default(),
        };
        if analysis.scans.is_empty() {
            return analysis;
        }
        analysis.find_targets();
        let mut walk = Walk::new(&analysis, &|log, column| initial(log, column));
        walk.run(subject.plan);
        let (stages, arrives) = (std::mem::take(&mut walk.stages), std::mem::take(&mut walk.arrives));
        (analysis.stages, analysis.arrives) = (stages, arrives);
        analysis
    }

    /// Settles which log types the conditions on source types let through.
    fn find_targets(&mut self) {
        let arrives = {
            let mut walk = Walk::new(self, &|log, column| match log.columns.get(column) {
                Some(facts) if facts.selects => facts.domain.clone(),
                _ => Domain::any(),
            });
            walk.run(self.subject.plan);
            std::mem::take(&mut walk.arrives)
        };
        for (scan, arrives) in self.scans.iter_mut().zip(arrives) {
            scan.explicit = arrives.contains(&false);
            for (log, arrives) in scan.logs.iter_mut().zip(arrives) {
                log.targeted = arrives;
            }
        }
    }

    /// The stages and arrivals if the records of one log type were of this operation.
    pub fn with_operation(
        &self,
        scan: usize,
        log: usize,
        operation: &str,
        service: Option<&str>,
    ) -> (Vec<Stage<'a>>, bool) {
        let wanted = self.scans.get(scan).and_then(|scan| scan.logs.get(log)).map(|log| log.id);
        let fixed = |log: &Log<'_>, column: &ColumnName| match (log.columns.get(column), service) {
            (Some(facts), _) if facts.operation && Some(log.id) == wanted => Domain::word(operation),
            (Some(facts), Some(service)) if facts.service && Some(log.id) == wanted => Domain::word(service),
            _ => initial(log, column),
        };
        let mut walk = Walk::new(self, &fixed);
        walk.run(self.subject.plan);
        let arrives = walk.arrives.get(scan).and_then(|logs| logs.get(log)).copied().unwrap_or(false);
        (std::mem::take(&mut walk.stages), arrives)
    }

    /// Evaluates expressions over columns.
    pub fn scope<'s>(&'s self, columns: &'s Columns) -> Scope<'s> {
        Scope { columns, matchers: &self.matchers }
    }

    /// Whether a text fits a pattern.
    pub fn fits(&self, matcher: &quarry_plan::TextMatcher, text: &str) -> bool {
        self.matchers.fits(matcher, text).unwrap_or(false)
    }

    /// Whether, before a stage, fields were made whose names the plan does not know: a wildcard
    /// renamed some, or JSON was taken apart.
    pub fn makes_names(&self, at: usize) -> bool {
        if self.subject.context.open_names {
            return true;
        }
        let Some(scan) = self.stages.get(at).map(|stage| stage.scan) else { return false };
        let parses = |function: &str| law(function) == Some(Law::TakesApart);
        self.stages.iter().take(at).filter(|stage| stage.scan == scan).any(|stage| {
            match &stage.node.operator {
                Operator::Expand { .. } => true,
                Operator::Extend { columns, .. } => columns.iter().any(|(_, value)| value.calls(&parses)),
                _ => false,
            }
        })
    }

    /// What a source column of a log type is, by its name in the plan.
    pub fn column(&self, scan: usize, log: usize, name: &ColumnName) -> Option<&ColumnFacts> {
        self.scans.get(scan)?.logs.get(log)?.columns.get(name)
    }

    /// The expression that computed a column, as stage `at` sees it, and the stage that did; none for a
    /// column of the source.
    pub fn definition(&self, at: usize, name: &ColumnName) -> Option<(usize, &'a Expression)> {
        let scan = self.stages.get(at)?.scan;
        let earlier = self.stages.get(..at)?.iter().enumerate().rev().filter(|(_, stage)| stage.scan == scan);
        for (index, stage) in earlier {
            let (Operator::Extend { columns, .. } | Operator::Project { columns, .. }) = &stage.node.operator
            else {
                continue;
            };
            if let Some((_, value)) = columns.iter().find(|(known, _)| known == name) {
                let same =
                    matches!(&value.kind, quarry_plan::ExpressionKind::Column(column) if column == name);
                if !same {
                    return Some((index, value));
                }
            }
        }
        None
    }
}

fn initial(log: &Log<'_>, column: &ColumnName) -> Domain {
    log.columns.get(column).map_or_else(Domain::any, |facts| facts.domain.clone())
}

fn scan<'a>(subject: &'a Subject<'a>, knowledge: &'static Knowledge, source: &'a Source) -> Option<Scan<'a>> {
    let view = subject.catalog.view(&source.view)?;
    let alert = subject.catalog.view("alert");
    let logs = view.chosen(&source.choices).into_iter().map(|chosen| {
        let operation = alert.and_then(|alert| {
            let source = alert.sources.iter().find(|other| other.log_type == chosen.log_type)?;
            let mut path = None;
            alert.derivation(source, "action").visit_paths(&mut |found| path = Some(found.text.clone()));
            path
        });
        let facts = knowledge.log(&chosen.log_type);
        let reader = Reader { view, source: chosen, log: facts, knowledge, operation };
        let columns =
            source.columns.iter().map(|column| (column.name.clone(), reader.column(&column.field))).collect();
        Log { id: chosen.log_type.as_str(), source: chosen, facts, columns, targeted: true }
    });
    Some(Scan { source, view, logs: logs.collect(), explicit: false })
}
