//! Functions of addresses and networks. What is no address gives null.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use quarry_plan::{Returns, Type, Value};
use serde_json::Value as Json;

use super::{
    array::array,
    convert::long,
    row,
    value::{plain, text_of},
};
use crate::base::{
    Cell, Function,
    Literal::{Bool, Int, Null, Text, Written},
    Row,
};

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "kql_ipv4_is_in_range",
        "ipv4_is_in_range(<address>, <network>)",
        "Whether an address is in a network.",
        (2, 2),
        Returns::BOOLEAN,
        |call| {
            call.booleans(|row| {
                let (address, network) = (ipv4(&text_of(row.cell(0)))?, ipv4(&text_of(row.cell(1)))?);
                Some(network.holds(address.bits))
            })
        },
        &[
            (&[Text("127.0.0.1"), Text("127.0.0.0/8")], Bool(true)),
            (&[Text("192.168.1.6"), Text("192.168.1.0/31")], Bool(false)),
            (&[Text("ec2.amazonaws.com"), Text("10.0.0.0/8")], Null),
        ],
    ),
    row(
        "kql_ipv4_is_in_any_range",
        "ipv4_is_in_any_range(<address>, <network>, ...)",
        "Whether an address is in one of several networks, or of an array of such.",
        (2, usize::MAX),
        Returns::BOOLEAN,
        |call| {
            call.booleans(|row| {
                let address = ipv4(&text_of(row.cell(0)))?;
                Some(networks(row).iter().any(|network| network.holds(address.bits)))
            })
        },
        &[
            (&[Text("192.168.1.6"), Text("192.168.1.0/24"), Text("10.0.0.1/8")], Bool(true)),
            (&[Text("127.0.0.1"), Written(Type::Dynamic, "[\"192.168.1.0/24\"]")], Bool(false)),
            (&[Text("x"), Text("10.0.0.0/8")], Null),
        ],
    ),
    row(
        "kql_ipv4_is_private",
        "ipv4_is_private(<address>)",
        "Whether an address is of a private network.",
        (1, 1),
        Returns::BOOLEAN,
        |call| {
            call.booleans(|row| {
                let address = ipv4(&text_of(row.cell(0)))?;
                Some(PRIVATE.iter().any(|(network, prefix)| {
                    let network = Network { bits: *network, prefix: *prefix };
                    network.holds(address.bits) && address.prefix >= *prefix
                }))
            })
        },
        &[(&[Text("10.1.2.3")], Bool(true)), (&[Text("8.8.8.8")], Bool(false)), (&[Text("x")], Null)],
    ),
    row(
        "kql_ipv4_is_match",
        "ipv4_is_match(<address>, <address>, <prefix>)",
        "Whether two addresses are the same as far as the shortest prefix goes.",
        (2, 3),
        Returns::BOOLEAN,
        |call| call.booleans(|row| compared(row).map(|order| order == 0)),
        &[
            (&[Text("192.168.1.1/24"), Text("192.168.1.255")], Bool(true)),
            (&[Text("127.0.0.1"), Text("127.0.0.2")], Bool(false)),
            (&[Text("192.168.1.1"), Text("192.168.1.0"), Int(24)], Bool(true)),
        ],
    ),
    row(
        "kql_ipv4_compare",
        "ipv4_compare(<address>, <address>, <prefix>)",
        "-1, 0 or 1 as one address is before another, as far as the shortest prefix goes.",
        (2, 3),
        Returns::INTEGER,
        |call| call.integers(compared),
        &[
            (&[Text("127.0.0.1"), Text("127.0.0.1")], Int(0)),
            (&[Text("192.168.1.1"), Text("192.168.1.255")], Int(-1)),
            (&[Text("x"), Text("1.1.1.1")], Null),
        ],
    ),
    row(
        "kql_ipv4_netmask_suffix",
        "ipv4_netmask_suffix(<address>)",
        "The prefix of an address, 32 without one.",
        (1, 1),
        Returns::INTEGER,
        |call| call.integers(|row| ipv4(&text_of(row.cell(0))).map(|found| i64::from(found.prefix))),
        &[(&[Text("10.1.2.3")], Int(32)), (&[Text("10.1.2.3/24")], Int(24))],
    ),
    row(
        "kql_ipv4_range_to_cidr_list",
        "ipv4_range_to_cidr_list(<first>, <last>)",
        "The networks that make up a range of addresses.",
        (2, 2),
        Returns::Fixed(Type::Dynamic),
        |call| {
            call.values(|row| {
                cidrs(row).map_or(Value::Null, |all| Value::Dynamic(Json::from(all).to_string()))
            })
        },
        &[(
            &[Text("1.1.128.0"), Text("1.1.140.255")],
            Written(Type::Dynamic, "[\"1.1.128.0/21\",\"1.1.136.0/22\",\"1.1.140.0/24\"]"),
        )],
    ),
    row(
        "kql_parse_ipv4",
        "parse_ipv4(<address>)",
        "An address as a whole number, as far as its prefix goes.",
        (1, 1),
        Returns::INTEGER,
        |call| {
            call.integers(|row| {
                ipv4(&text_of(row.cell(0))).map(|found| i64::from(found.bits & mask(found.prefix)))
            })
        },
        &[
            (&[Text("192.1.168.1")], Int(3_221_334_017)),
            (&[Text("192.1.168.2/24")], Int(3_221_334_016)),
            (&[Text("x")], Null),
        ],
    ),
    row(
        "kql_parse_ipv4_mask",
        "parse_ipv4_mask(<address>, <prefix>)",
        "The same with a prefix.",
        (2, 2),
        Returns::INTEGER,
        |call| {
            call.integers(|row| {
                let found = ipv4(&text_of(row.cell(0)))?;
                let prefix = prefix_of(row.cell(1), 32)?;
                Some(i64::from(found.bits & mask(found.prefix.min(prefix))))
            })
        },
        &[(&[Text("127.0.0.1"), Int(24)], Int(2_130_706_432))],
    ),
    row(
        "kql_format_ipv4",
        "format_ipv4(<address>, <prefix>)",
        "An address, or its number, as text as far as a prefix goes.",
        (1, 2),
        Returns::TEXT,
        |call| call.texts(|row| Some(formatted(row, false).unwrap_or_default().into())),
        &[
            (&[Text("192.168.1.255"), Int(24)], Text("192.168.1.0")),
            (&[Int(3_232_236_031), Int(24)], Text("192.168.1.0")),
            (&[Text("x")], Text("")),
        ],
    ),
    row(
        "kql_format_ipv4_mask",
        "format_ipv4_mask(<address>, <prefix>)",
        "The same with its prefix behind it.",
        (1, 2),
        Returns::TEXT,
        |call| call.texts(|row| Some(formatted(row, true).unwrap_or_default().into())),
        &[(&[Text("192.168.1.255"), Int(24)], Text("192.168.1.0/24"))],
    ),
    row(
        "kql_has_ipv4",
        "has_ipv4(<text>, <address>)",
        "Whether a text holds an address by itself.",
        (2, 2),
        Returns::BOOLEAN,
        |call| call.booleans(|row| Some(holds(&text_of(row.cell(0)), &text_of(row.cell(1)), false))),
        &[
            (&[Text("05:04:54 127.0.0.1 GET"), Text("127.0.0.1")], Bool(true)),
            (&[Text("05:04:54 127.0.0.11 GET"), Text("127.0.0.1")], Bool(false)),
        ],
    ),
    row(
        "kql_has_ipv4_prefix",
        "has_ipv4_prefix(<text>, <beginning>)",
        "Whether a text holds an address that begins so.",
        (2, 2),
        Returns::BOOLEAN,
        |call| call.booleans(|row| Some(holds(&text_of(row.cell(0)), &text_of(row.cell(1)), true))),
        &[
            (&[Text("at 127.0.0.1 GET"), Text("127.0.")], Bool(true)),
            (&[Text("at 127.0.0.1 GET"), Text("127.0")], Bool(false)),
        ],
    ),
    row(
        "kql_has_any_ipv4",
        "has_any_ipv4(<text>, <address>, ...)",
        "Whether a text holds one of several addresses.",
        (2, usize::MAX),
        Returns::BOOLEAN,
        |call| {
            call.booleans(|row| Some(texts(row).iter().any(|one| holds(&text_of(row.cell(0)), one, false))))
        },
        &[
            (&[Text("a 127.0.0.1 b"), Text("127.0.0.2"), Text("127.0.0.1")], Bool(true)),
            (&[Text("a"), Written(Type::Dynamic, "[\"1.1.1.1\"]")], Bool(false)),
        ],
    ),
    row(
        "kql_has_any_ipv4_prefix",
        "has_any_ipv4_prefix(<text>, <beginning>, ...)",
        "Whether a text holds an address that begins in one of several ways.",
        (2, usize::MAX),
        Returns::BOOLEAN,
        |call| {
            call.booleans(|row| Some(texts(row).iter().any(|one| holds(&text_of(row.cell(0)), one, true))))
        },
        &[(&[Text("a 127.0.0.1 b"), Text("192.168."), Text("127.0.")], Bool(true))],
    ),
    row(
        "kql_ipv6_compare",
        "ipv6_compare(<address>, <address>, <prefix>)",
        "The same of addresses of version 6, those of version 4 being written as such.",
        (2, 3),
        Returns::INTEGER,
        |call| call.integers(compared6),
        &[
            (&[Text("fe80::1"), Text("fe80::1")], Int(0)),
            (&[Text("192.168.1.1"), Text("192.168.1.1")], Int(0)),
        ],
    ),
    row(
        "kql_ipv6_is_match",
        "ipv6_is_match(<address>, <address>, <prefix>)",
        "Whether two addresses are the same as far as the shortest prefix goes.",
        (2, 3),
        Returns::BOOLEAN,
        |call| call.booleans(|row| compared6(row).map(|order| order == 0)),
        &[(&[Text("fe80::85d:e82c:9446:7994/127"), Text("fe80::85d:e82c:9446:7995")], Bool(true))],
    ),
    row(
        "kql_ipv6_is_in_range",
        "ipv6_is_in_range(<address>, <network>)",
        "Whether an address is in a network.",
        (2, 2),
        Returns::BOOLEAN,
        |call| {
            call.booleans(|row| {
                let (address, network) = (ipv6(&text_of(row.cell(0)))?, ipv6(&text_of(row.cell(1)))?);
                Some((address.0 ^ network.0) & mask6(network.1) == 0)
            })
        },
        &[
            (
                &[
                    Text("a5e:f127:8a9d:146d:e102:b5d3:c755:abcd"),
                    Text("a5e:f127:8a9d:146d:e102:b5d3:c755:0000/112"),
                ],
                Bool(true),
            ),
            (&[Text("x"), Text("::1")], Null),
        ],
    ),
    row(
        "kql_parse_ipv6",
        "parse_ipv6(<address>)",
        "An address of version 6 at full length; one of version 4 as such.",
        (1, 1),
        Returns::TEXT,
        |call| {
            call.texts(|row| {
                let text = ipv6(&text_of(row.cell(0))).map(|(bits, prefix)| long6(bits & mask6(prefix)));
                Some(text.unwrap_or_default().into())
            })
        },
        &[
            (&[Text("127.0.0.1")], Text("0000:0000:0000:0000:0000:ffff:7f00:0001")),
            (&[Text(":fe80::85d")], Text("")),
        ],
    ),
];

/// Networks that are private (RFC 1918).
const PRIVATE: [(u32, u32); 3] = [(0x0a00_0000, 8), (0xac10_0000, 12), (0xc0a8_0000, 16)];

/// An address with a prefix.
#[derive(Clone, Copy)]
struct Network {
    bits: u32,
    prefix: u32,
}

impl Network {
    fn holds(self, bits: u32) -> bool {
        (self.bits ^ bits) & mask(self.prefix) == 0
    }
}

fn mask(prefix: u32) -> u32 {
    u32::MAX.checked_shl(32 - prefix.min(32)).unwrap_or(0)
}

fn mask6(prefix: u32) -> u128 {
    u128::MAX.checked_shl(128 - prefix.min(128)).unwrap_or(0)
}

fn ipv4(text: &str) -> Option<Network> {
    let (address, prefix) = match text.trim().split_once('/') {
        Some((address, prefix)) => (address, prefix.parse().ok().filter(|prefix| *prefix <= 32)?),
        None => (text.trim(), 32),
    };
    let bits = u32::from(address.parse::<Ipv4Addr>().ok()?);
    Some(Network { bits, prefix })
}

fn ipv6(text: &str) -> Option<(u128, u32)> {
    let (address, prefix) = match text.trim().split_once('/') {
        Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
        None => (text.trim(), None),
    };
    match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => {
            Some((u128::from(address.to_ipv6_mapped()), prefix.map_or(128, |prefix| prefix + 96)))
        }
        IpAddr::V6(address) => Some((u128::from(address), prefix.unwrap_or(128))),
    }
    .filter(|(_, prefix)| *prefix <= 128)
}

fn long6(bits: u128) -> String {
    let groups = Ipv6Addr::from(bits).segments().map(|group| format!("{group:04x}"));
    groups.join(":")
}

fn prefix_of(cell: Cell<'_>, most: u32) -> Option<u32> {
    match cell {
        Cell::Null => Some(most),
        cell => u32::try_from(cell.integer()?).ok().filter(|prefix| *prefix <= most),
    }
}

fn compared(row: Row<'_>) -> Option<i64> {
    let (left, right) = (ipv4(&text_of(row.cell(0)))?, ipv4(&text_of(row.cell(1)))?);
    let prefix = prefix_of(row.cell(2), 32)?.min(left.prefix).min(right.prefix);
    Some((left.bits & mask(prefix)).cmp(&(right.bits & mask(prefix))) as i64)
}

fn compared6(row: Row<'_>) -> Option<i64> {
    let (left, right) = (ipv6(&text_of(row.cell(0)))?, ipv6(&text_of(row.cell(1)))?);
    let prefix = prefix_of(row.cell(2), 128)?.min(left.1).min(right.1);
    Some((left.0 & mask6(prefix)).cmp(&(right.0 & mask6(prefix))) as i64)
}

/// The texts behind the first argument, those of arrays each.
fn texts(row: Row<'_>) -> Vec<String> {
    row.cells(1)
        .flat_map(|cell| match cell {
            Cell::Typed(_) => array(cell).unwrap_or_default().iter().map(super::array::text).collect(),
            cell => vec![text_of(cell).into_owned()],
        })
        .collect()
}

fn networks(row: Row<'_>) -> Vec<Network> {
    texts(row).iter().filter_map(|text| ipv4(text)).collect()
}

/// Whether a text holds an address, or one that begins so, with nothing beside it that could belong to one.
fn holds(text: &str, wanted: &str, is_beginning: bool) -> bool {
    let is_sound = if is_beginning {
        wanted.ends_with('.') || wanted.parse::<Ipv4Addr>().is_ok()
    } else {
        wanted.parse::<Ipv4Addr>().is_ok()
    };
    if !is_sound {
        return false;
    }
    let belongs = |letter: char| letter.is_alphanumeric() || letter == '.';
    text.match_indices(wanted).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let rest = &text[at..];
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
        let address = rest[..end].trim_end_matches('.');
        let is_whole = address.parse::<Ipv4Addr>().is_ok() && (is_beginning || address == wanted);
        let after = rest[address.len()..].chars().next();
        is_whole && !before.is_some_and(belongs) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn formatted(row: Row<'_>, with_prefix: bool) -> Option<String> {
    let (bits, own) = match plain(row.cell(0)) {
        Value::Text(text) => ipv4(&text).map(|found| (found.bits, found.prefix))?,
        other => (u32::try_from(long(other)?).ok()?, 32),
    };
    let prefix = prefix_of(row.cell(1), 32)?.min(own);
    let address = Ipv4Addr::from(bits & mask(prefix));
    Some(if with_prefix { format!("{address}/{prefix}") } else { address.to_string() })
}

fn cidrs(row: Row<'_>) -> Option<Vec<String>> {
    let (first, last) = (ipv4(&text_of(row.cell(0)))?.bits, ipv4(&text_of(row.cell(1)))?.bits);
    let (mut at, last) = (u64::from(first), u64::from(last));
    let mut all = Vec::new();
    while at <= last {
        let mut size = if at == 0 { 32 } else { at.trailing_zeros().min(32) };
        while at + (1_u64 << size) - 1 > last {
            size -= 1;
        }
        all.push(format!("{}/{}", Ipv4Addr::from(u32::try_from(at).ok()?), 32 - size));
        at += 1_u64 << size;
    }
    Some(all)
}
