//! LNT021: an operation that the service does not have.

use std::collections::BTreeSet;

use quarry_diagnostic::Span;
use quarry_plan::TextPattern;

use super::{
    Report,
    tools::{comparison, excerpt, listed, nearly, plain_columns},
};
use crate::analysis::{Analysis, site::Descend};

/// An operation that a condition asks for by its whole name.
struct Asked {
    name: String,
    span: Span,
    scan: usize,
    log: usize,
}

/// Services that a message names at most.
const SHOWN: usize = 3;

/// Reports operations of no service that are nearly one of some, and those that no service has which the query asks for.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let mut asked: Vec<Asked> = Vec::new();
    let mut services: BTreeSet<String> = BTreeSet::new();
    let mut is_vague = false;
    analysis.visit_conditions(&mut |site| {
        let Some(stage) = analysis.stages.get(site.stage) else { return Descend::No };
        let Some(compared) = comparison(site.condition) else { return Descend::Yes };
        let Some(columns) = plain_columns(compared.value) else { return Descend::Yes };
        let ([(name, _)], [log]) = (columns.as_slice(), site.logs.as_slice()) else { return Descend::Yes };
        let Some(facts) = analysis.column(stage.scan, *log, name) else { return Descend::Yes };
        let log_facts = analysis.scans.get(stage.scan).and_then(|scan| scan.logs.get(*log)?.facts);
        let has_services = log_facts.is_some_and(|facts| facts.service.is_some());
        let (TextPattern::Equals(wanted), true) = (&compared.matcher.pattern, has_services) else {
            is_vague |= facts.service;
            return Descend::Yes;
        };
        if facts.service {
            services.insert(wanted.to_lowercase());
        } else if facts.operation {
            asked.push(Asked {
                name: wanted.clone(),
                span: site.condition.span,
                scan: stage.scan,
                log: *log,
            });
        }
        Descend::Yes
    });
    for asked in asked {
        let condition = excerpt(analysis.subject.text, asked.span);
        let owners = owners(analysis, &asked.name);
        if owners.is_empty() {
            unknown(analysis, &asked, &condition, report);
        } else if !is_vague
            && !services.is_empty()
            && services.iter().all(|service| analysis.knowledge.operations.contains_key(service))
            && is_of_others(analysis, &asked, &owners)
        {
            let message = format!(
                "`{condition}` never holds here: `{}` is an operation of {}, which the query does not ask for",
                asked.name,
                listed(&owners, SHOWN)
            );
            report.add(message, asked.span, Vec::new());
        }
    }
}

/// The services that have an operation.
fn owners(analysis: &Analysis<'_>, name: &str) -> Vec<String> {
    let has = |names: &&Vec<String>| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let all = analysis.knowledge.operations.iter().filter(|(_, names)| has(names));
    all.map(|(service, _)| service.clone()).collect()
}

/// A name may be one that is not known here; one that nearly is another hardly is.
fn unknown(analysis: &Analysis<'_>, asked: &Asked, condition: &str, report: &mut Report) {
    let names = analysis.knowledge.operations.values().flatten().map(String::as_str);
    if let Some(near) = nearly(&asked.name, 1, names) {
        let message = format!("`{condition}` names no operation that is known");
        report.add(message, asked.span, vec![format!("did you mean `{near}`?")]);
    }
}

/// Whether records of the operation could pass, were it not for their service.
fn is_of_others(analysis: &Analysis<'_>, asked: &Asked, owners: &[String]) -> bool {
    let passes = |service| analysis.with_operation(asked.scan, asked.log, &asked.name, service).1;
    passes(None) && !owners.iter().any(|service| passes(Some(service.as_str())))
}
