//! LNT022: a network compared as a text.

use std::net::IpAddr;

use quarry_plan::TextPattern;

use super::{
    Report,
    tools::{comparison, excerpt, plain_columns},
};
use crate::analysis::{Analysis, site::Descend};

/// Reports equalities with a network in CIDR notation: no address is that text.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    analysis.visit_conditions(&mut |site| {
        let Some(compared) = comparison(site.condition) else { return Descend::Yes };
        let TextPattern::Equals(wanted) = &compared.matcher.pattern else { return Descend::Yes };
        // Operators that know networks know no case either.
        if is_network(wanted) && !compared.matcher.ignore_case && plain_columns(compared.value).is_some() {
            let condition = excerpt(analysis.subject.text, site.condition.span);
            let how = if compared.differs { "always holds where there is a value" } else { "never holds" };
            let message = format!("`{condition}` {how}: an address is compared with the text \"{wanted}\"");
            let help = "test for the network: `cidrmatch` in SPL, `INCIDR` in AQL";
            report.add(message, site.condition.span, vec![help.to_owned()]);
        }
        Descend::Yes
    });
}

fn is_network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let bits = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|length| length <= bits)
}
