//! An intruder who chooses names, or holds a principal's credentials: what an exclusion must not be fooled by.

use quarry_pack::{
    Alert,
    cases::{Principal as Member, Provider},
};

use super::candidates::{Principal, last_word};

/// An intruder dressed up.
#[derive(Debug, Clone)]
pub struct Disguise {
    /// How, for messages: `by an intruder who …`.
    pub how: String,
    /// Cloud it is of.
    pub provider: Provider,
    /// Whether the intruder works with the principal's own credentials from the principal's own network: all
    /// that an exclusion can go by is then as it is when the principal works.
    pub within: bool,
    name: String,
    account: Option<String>,
    user_agent: Option<String>,
    address: Option<String>,
    /// The principal's exact name, where its credentials are used.
    actor: Option<String>,
}

/// The disguises an intruder can put on to look like a principal, in each of its clouds: names of the intruder's
/// own choice that begin or end like its name, in its account and with its user agent; its credentials, used
/// from elsewhere; and its credentials, used from each of its networks.
pub fn disguises(principal: &Principal) -> Vec<Disguise> {
    let providers = principal.providers.iter().filter_map(|provider| match provider.as_str() {
        "aws" => Some(Provider::Aws),
        "azure" => Some(Provider::Azure),
        "gcp" => Some(Provider::Gcp),
        _ => None,
    });
    providers.flat_map(|provider| in_cloud(principal, provider)).collect()
}

fn in_cloud(principal: &Principal, provider: Provider) -> Vec<Disguise> {
    let word = last_word(principal).unwrap_or_else(|| principal.name.clone());
    let plain = Disguise {
        how: String::new(),
        provider,
        within: false,
        name: word.clone(),
        account: principal.account.clone(),
        user_agent: principal.user_agent.clone(),
        address: None,
        actor: None,
    };
    let named = |name: String| Disguise {
        how: format!("by an intruder who is called `{name}` and copies the user agent"),
        name,
        ..plain.clone()
    };
    let stolen = |from: &str, address: Option<&String>| Disguise {
        how: format!("with the credentials of `{}`, from {from}", principal.name),
        within: address.is_some(),
        address: address.cloned(),
        actor: Some(principal.actor.clone()),
        ..plain.clone()
    };
    let mut all =
        vec![named(format!("x-{word}")), named(format!("{word}-x")), stolen("another network", None)];
    all.extend(principal.networks.iter().map(|(network, address)| stolen(network, Some(address))));
    all
}

impl Disguise {
    /// Someone who acts in a case, dressed up.
    #[must_use]
    pub fn dress(&self, intruder: &Member) -> Member {
        let name = match intruder.name.split_once('@') {
            Some((_, domain)) => format!("{}@{domain}", self.name),
            None => self.name.clone(),
        };
        Member {
            name,
            session: intruder.session.as_ref().map(|_| self.name.clone()),
            account: self.account.clone().or_else(|| intruder.account.clone()),
            user_agent: self.user_agent.clone().or_else(|| intruder.user_agent.clone()),
            source_ip: self.address.clone().or_else(|| intruder.source_ip.clone()),
            ..intruder.clone()
        }
    }

    /// The alert as it is when the disguise is perfect: kinds of principals that cannot be emulated have the
    /// principal's exact name all the same.
    #[must_use]
    pub fn finish(&self, alert: Alert) -> Alert {
        let actor = if alert.actor.is_some() { self.actor.clone() } else { None };
        let address = if alert.source_ip.is_some() { self.address.clone() } else { None };
        Alert { actor: actor.or(alert.actor), source_ip: address.or(alert.source_ip), ..alert }
    }
}
