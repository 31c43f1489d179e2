//! Many networks: one set of network addresses a prefix length.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;

use ipnet::IpNet;

/// Networks, by address family and prefix length.
#[derive(Debug, Default)]
pub(super) struct Networks {
    by_length: BTreeMap<(bool, u8), HashSet<IpAddr>>,
}

impl Networks {
    pub(super) fn add(&mut self, network: IpNet) {
        let key = (network.addr().is_ipv6(), network.prefix_len());
        self.by_length.entry(key).or_default().insert(network.network());
    }

    /// Whether a text is an address in one of the networks.
    pub(super) fn hold(&self, text: &str) -> bool {
        if self.by_length.is_empty() {
            return false;
        }
        let Ok(address) = text.trim().parse::<IpAddr>() else { return false };
        self.by_length.iter().any(|((is_v6, length), networks)| {
            *is_v6 == address.is_ipv6()
                && IpNet::new(address, *length).is_ok_and(|net| networks.contains(&net.network()))
        })
    }
}
