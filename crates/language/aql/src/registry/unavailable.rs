//! Functions without data here, and functions that cannot be.

use quarry_plan::{MANY, Type};

use super::{Described, Description, Function, Role, page::DATA};

const ASSETS: &str = "log files hold no asset database";
const NETWORKS: &str = "log files hold no network hierarchy";
const OFFENSES: &str = "log files hold no offenses";
const HOSTS: &str = "there are no managed hosts or processors";
const GEOGRAPHY: &str = "log files hold no geographic data";
const THREATS: &str = "no threat intelligence feed is attached";

const fn unavailable(
    written: &'static str,
    meaning: &'static str,
    least: usize,
    result: Type,
    reason: &'static str,
) -> Function {
    let description = Description { written, meaning, page: DATA, least, most: MANY, result };
    Function::new(written, Role::Unavailable(reason), Described::Here(description))
}

const fn refused(name: &'static str, reason: &'static str) -> Function {
    let description = Description {
        written: name,
        meaning: "No function of AQL.",
        page: "",
        least: 0,
        most: MANY,
        result: Type::Null,
    };
    Function::new(name, Role::Refused(reason), Described::Here(description))
}

/// Documented functions whose data is not in log files.
pub(super) static TABLE: &[Function] = &[
    unavailable("ARIELSERVERS4EPID(processorid)", "The Ariel servers of a processor.", 1, Type::Text, HOSTS),
    unavailable(
        "ARIELSERVERS4EPNAME('name')",
        "The Ariel servers of a processor, by its name.",
        1,
        Type::Text,
        HOSTS,
    ),
    unavailable(
        "ASSETHOSTNAME(address, time, domain)",
        "The host name of an asset at a time.",
        1,
        Type::Text,
        ASSETS,
    ),
    unavailable(
        "ASSETPROPERTY('property', address, domain)",
        "A property of an asset.",
        2,
        Type::Text,
        ASSETS,
    ),
    unavailable("ASSETUSER(address, time, domain)", "The user of an asset at a time.", 1, Type::Text, ASSETS),
    unavailable("COMPONENTID('name')", "The number of a component.", 1, Type::Integer, HOSTS),
    unavailable(
        "FULLNETWORKNAME(address, domain)",
        "The whole name of an address's network.",
        1,
        Type::Text,
        NETWORKS,
    ),
    unavailable(
        "GEO::DISTANCE(address, address)",
        "The distance of two addresses in kilometres.",
        2,
        Type::Double,
        GEOGRAPHY,
    ),
    unavailable(
        "GEO::DISTANCE_BY_DOMAIN(address, address, domain)",
        "The distance of two addresses in kilometres, in a domain.",
        3,
        Type::Double,
        GEOGRAPHY,
    ),
    unavailable("GEO::LOOKUP(address, 'what')", "Where an address is.", 1, Type::Text, GEOGRAPHY),
    unavailable(
        "GEO::LOOKUP_BY_DOMAIN(address, domain, 'what')",
        "Where an address is, in a domain.",
        2,
        Type::Text,
        GEOGRAPHY,
    ),
    unavailable(
        "GEO::LOOKUP_TEXT(address, 'what')",
        "Where an address is, as text.",
        1,
        Type::Text,
        GEOGRAPHY,
    ),
    unavailable(
        "GEO::LOOKUP_TEXT_BY_DOMAIN(address, domain, 'what')",
        "Where an address is, as text, in a domain.",
        2,
        Type::Text,
        GEOGRAPHY,
    ),
    unavailable("HOSTNAME(processorid)", "The host name of a processor.", 1, Type::Text, HOSTS),
    unavailable("INOFFENSE(id)", "Whether the event belongs to an offense.", 1, Type::Boolean, OFFENSES),
    unavailable(
        "MATCHESASSETSEARCH('name', address)",
        "Whether a saved asset search finds an asset.",
        2,
        Type::Boolean,
        ASSETS,
    ),
    unavailable("NETWORKNAME(address, domain)", "The name of an address's network.", 1, Type::Text, NETWORKS),
    unavailable("OFFENSE_TIME(id)", "When an offense began.", 1, Type::Integer, OFFENSES),
    unavailable(
        "XFORCE_IP_CATEGORY(address, 'category')",
        "What X-Force knows an address for.",
        1,
        Type::Text,
        THREATS,
    ),
    unavailable(
        "XFORCE_IP_CONFIDENCE('category', address)",
        "How sure X-Force is of an address's category.",
        1,
        Type::Double,
        THREATS,
    ),
    unavailable(
        "XFORCE_URL_CATEGORY('url', 'category')",
        "What X-Force knows a URL for.",
        1,
        Type::Text,
        THREATS,
    ),
];

/// Functions that public queries use although AQL lacks them, and that cannot be run.
pub(super) static REFUSED: &[Function] = &[
    refused("CAST", "convert with LONG(x), DOUBLE(x) or STR(x)"),
    refused("ENUMERATION", "write one comparison a value, joined with OR"),
    refused("EXTRACT", "write DATEFORMAT(time, pattern)"),
    refused("REFERENCE_SET", "write REFERENCESETCONTAINS('set', x)"),
];
