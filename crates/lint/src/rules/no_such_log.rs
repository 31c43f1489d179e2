//! LNT025: a log source that no log here is.

use quarry_diagnostic::did_you_mean;
use quarry_plan::TextPattern;

use super::{
    Report,
    tools::{comparison, excerpt, listed, plain_columns},
};
use crate::analysis::{Analysis, site::Descend};

/// Values that a message names at most.
const SHOWN: usize = 4;

/// Reports comparisons with what is the same for all events of a log (source type, device type), where no log is that.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    analysis.visit_conditions(&mut |site| {
        let Some(stage) = analysis.stages.get(site.stage) else { return Descend::No };
        let Some(compared) = comparison(site.condition).filter(|compared| !compared.differs) else {
            return Descend::Yes;
        };
        let (TextPattern::Equals(wanted), true, false) =
            (&compared.matcher.pattern, site.filters, site.negated)
        else {
            return Descend::Yes;
        };
        let Some(columns) = plain_columns(compared.value) else { return Descend::Yes };
        let ([(name, _)], Some(scan)) = (columns.as_slice(), analysis.scans.get(stage.scan)) else {
            return Descend::Yes;
        };
        let of_logs: Vec<_> = scan.logs.iter().filter_map(|log| log.columns.get(*name)).collect();
        let is_set = !of_logs.is_empty() && of_logs.iter().all(|facts| facts.selects);
        let all = 0..scan.logs.len();
        // Numbers of other products are LNT006's affair.
        let is_device = analysis.knowledge.names.device.iter().any(|device| device.id.to_string() == *wanted);
        if !is_set || is_device || all.clone().any(|log| analysis.truths(stage, log, site.condition).yes) {
            return Descend::Yes;
        }
        let mut values: Vec<String> =
            of_logs.iter().filter_map(|facts| facts.domain.single()).map(str::to_owned).collect();
        values.sort();
        values.dedup();
        let condition = excerpt(analysis.subject.text, site.condition.span);
        let field = &of_logs.first().map_or("", |facts| facts.name.as_str());
        let message = format!("`{condition}` never holds here: `{field}` is {}", listed(&values, SHOWN));
        report.add(message, site.condition.span, help(wanted, &values));
        Descend::Yes
    });
}

/// The value that has the wanted one in it, or is in it.
fn help(wanted: &str, values: &[String]) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    if quarry_plan::parse_number(&wanted).is_some() {
        return Vec::new();
    }
    let holds = |value: &&String| {
        let value = value.to_lowercase();
        wanted.len() > 3 && (value.contains(&wanted) || wanted.contains(&value))
    };
    let near = values.iter().find(holds).map(String::as_str);
    let near = near.or_else(|| did_you_mean(&wanted, values.iter().map(String::as_str)));
    near.map(|near| vec![format!("did you mean `{near}`?")]).unwrap_or_default()
}
