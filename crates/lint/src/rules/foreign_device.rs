//! LNT006: a device type number of another product than the query speaks of.

use quarry_plan::TextPattern;

use super::{
    Report,
    tools::{comparison, excerpt, plain_columns},
};
use crate::{
    analysis::{Analysis, site::Descend},
    knowledge::Device,
};

/// Reports a number that is known as another product's, where the words of the query are those of a
/// product that the view has.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    let text = analysis.subject.text.to_lowercase();
    let speaks = |device: &Device| device.words.iter().any(|word| text.contains(word.as_str()));
    analysis.visit_conditions(&mut |site| {
        let Some(stage) = analysis.stages.get(site.stage) else { return Descend::No };
        let Some(scan) = analysis.scans.get(stage.scan) else { return Descend::No };
        let Some(compared) = comparison(site.condition).filter(|compared| !compared.differs) else {
            return Descend::Yes;
        };
        let TextPattern::Equals(number) = &compared.matcher.pattern else { return Descend::Yes };
        let Ok(number) = number.parse::<i64>() else { return Descend::Yes };
        let Some(columns) = plain_columns(compared.value) else { return Descend::Yes };
        let [(name, _)] = columns.as_slice() else { return Descend::Yes };
        let own: Vec<i64> = scan
            .logs
            .iter()
            .filter_map(|log| {
                log.columns.get(*name).filter(|facts| facts.selects)?.domain.single()?.parse().ok()
            })
            .collect();
        let devices = &analysis.knowledge.names.device;
        let is_numbered = own.iter().any(|number| devices.iter().any(|device| device.id == *number));
        if !is_numbered || own.contains(&number) {
            return Descend::Yes;
        }
        let Some(device) = devices.iter().find(|device| device.id == number) else { return Descend::Yes };
        let meant = devices.iter().find(|device| own.contains(&device.id) && speaks(device));
        if let Some(meant) = meant.filter(|_| !speaks(device)) {
            let condition = excerpt(analysis.subject.text, site.condition.span);
            let message = format!("`{condition}` selects {}, not {}", device.name, meant.name);
            let help = format!("{} is {}", meant.name, meant.id);
            report.add(message, site.condition.span, vec![help]);
        }
        Descend::Yes
    });
}
