//! Networks and addresses.

use std::net::IpAddr;

use ipnet::IpNet;

/// A network in CIDR notation (host bits may be set), or a single address.
pub(crate) fn parse_network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Whether a text is an address inside the network.
pub(crate) fn contains(network: IpNet, address: &str) -> bool {
    let Ok(address) = address.trim().parse::<IpAddr>() else {
        return false;
    };
    network.contains(&address)
}
