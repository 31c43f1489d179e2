//! An intruder who chooses names: what an exclusion must not be fooled by.

use quarry_pack::cases::{Principal as Member, Provider};

use super::candidates::{Principal, last_word};

/// An intruder dressed up.
#[derive(Debug, Clone)]
pub struct Disguise {
    /// How, for messages: `as a user called …`.
    pub how: String,
    /// Cloud it is of.
    pub provider: Provider,
    /// What of the intruder changes.
    pub change: fn(&Member, &Disguise) -> Member,
    name: String,
    account: Option<String>,
    user_agent: Option<String>,
}

/// The disguises an intruder can put on to look like a principal: in its account, with names of the intruder's
/// own choice that begin or end like its name, and with its user agent. Not its address, and not its exact name.
pub fn disguises(principal: &Principal) -> Vec<Disguise> {
    let provider = match principal.provider.as_deref() {
        Some("aws") => Provider::Aws,
        Some("azure") => Provider::Azure,
        Some("gcp") => Provider::Gcp,
        _ => return Vec::new(),
    };
    let word = last_word(principal).unwrap_or_else(|| principal.name.clone());
    let named = |name: String| Disguise {
        how: format!("by an intruder who is called `{name}` and copies the user agent"),
        provider,
        change: dressed,
        name,
        account: principal.account.clone(),
        user_agent: principal.user_agent.clone(),
    };
    vec![named(format!("x-{word}")), named(format!("{word}-x"))]
}

fn dressed(intruder: &Member, disguise: &Disguise) -> Member {
    let name = match intruder.name.split_once('@') {
        Some((_, domain)) => format!("{}@{domain}", disguise.name),
        None => disguise.name.clone(),
    };
    Member {
        name,
        session: intruder.session.as_ref().map(|_| disguise.name.clone()),
        account: disguise.account.clone().or_else(|| intruder.account.clone()),
        user_agent: disguise.user_agent.clone().or_else(|| intruder.user_agent.clone()),
        ..intruder.clone()
    }
}
