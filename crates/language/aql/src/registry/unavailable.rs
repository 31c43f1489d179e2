//! Functions without data here, and functions that are not AQL.

use quarry_plan::Type;

use super::{Function, Parameter::Any, Role};

const ASSETS: &str = "log files hold no asset database";
const NETWORKS: &str = "log files hold no network hierarchy";
const OFFENSES: &str = "log files hold no offenses";
const HOSTS: &str = "there are no managed hosts or processors";
const GEOGRAPHY: &str = "log files hold no geographic data";
const THREATS: &str = "no threat intelligence feed is attached";

const fn unavailable(name: &'static str, required: usize, result: Type, reason: &'static str) -> Function {
    Function { name, role: Role::Unavailable(reason), parameters: &[Any], required, repeats: true, result }
}

const fn refused(name: &'static str, reason: &'static str) -> Function {
    Function {
        name,
        role: Role::Refused(reason),
        parameters: &[Any],
        required: 0,
        repeats: true,
        result: Type::Null,
    }
}

/// Documented functions whose data is not in log files.
pub(super) static TABLE: &[Function] = &[
    unavailable("ARIELSERVERS4EPID", 1, Type::Text, HOSTS),
    unavailable("ARIELSERVERS4EPNAME", 1, Type::Text, HOSTS),
    unavailable("ASSETHOSTNAME", 1, Type::Text, ASSETS),
    unavailable("ASSETPROPERTY", 2, Type::Text, ASSETS),
    unavailable("ASSETUSER", 1, Type::Text, ASSETS),
    unavailable("COMPONENTID", 1, Type::Integer, HOSTS),
    unavailable("FULLNETWORKNAME", 1, Type::Text, NETWORKS),
    unavailable("GEO::DISTANCE", 2, Type::Double, GEOGRAPHY),
    unavailable("GEO::DISTANCE_BY_DOMAIN", 3, Type::Double, GEOGRAPHY),
    unavailable("GEO::LOOKUP", 1, Type::Text, GEOGRAPHY),
    unavailable("GEO::LOOKUP_BY_DOMAIN", 2, Type::Text, GEOGRAPHY),
    unavailable("GEO::LOOKUP_TEXT", 1, Type::Text, GEOGRAPHY),
    unavailable("GEO::LOOKUP_TEXT_BY_DOMAIN", 2, Type::Text, GEOGRAPHY),
    unavailable("HOSTNAME", 1, Type::Text, HOSTS),
    unavailable("INOFFENSE", 1, Type::Boolean, OFFENSES),
    unavailable("MATCHESASSETSEARCH", 2, Type::Boolean, ASSETS),
    unavailable("NETWORKNAME", 1, Type::Text, NETWORKS),
    unavailable("OFFENSE_TIME", 1, Type::Integer, OFFENSES),
    unavailable("XFORCE_IP_CATEGORY", 1, Type::Text, THREATS),
    unavailable("XFORCE_IP_CONFIDENCE", 1, Type::Double, THREATS),
    unavailable("XFORCE_URL_CATEGORY", 1, Type::Text, THREATS),
];

/// Functions that public queries use although AQL lacks them.
pub(super) static REFUSED: &[Function] = &[
    refused("ARRAY", "AQL has no lists"),
    refused("CAST", "convert with LONG(x), DOUBLE(x) or STR(x)"),
    refused("COALESCE", "write `IF a IS NULL THEN b ELSE a`"),
    refused("DAYNAME", "write DATEFORMAT(time, 'EEEE')"),
    refused("ENUMERATION", "write one comparison a value, joined with OR"),
    refused("EXTRACT", "write DATEFORMAT(time, pattern)"),
    refused("FLOOR", "LONG(x) drops the fraction"),
    refused("GROUP_CONCAT", "AQL cannot join the values of a group"),
    refused("HOUR", "write DATEFORMAT(time, 'HH')"),
    refused("LENGTH", "write STRLEN(x)"),
    refused("LIST", "AQL cannot list the values of a group"),
    refused("LOGSOURCETYPEID", "the number is the field that LOGSOURCETYPENAME takes"),
    refused("QUARTER", "AQL has no calendar functions; divide the milliseconds"),
    refused("REFERENCE_SET", "write REFERENCESETCONTAINS('set', x)"),
    refused("ROUND", "LONG(x + 0.5) rounds a positive number"),
    refused("STRING_AGG", "AQL cannot join the values of a group"),
    refused("TIMESTAMPDIFF", "times are milliseconds: subtract them"),
    refused("TRUNCATE", "LONG(x) drops the fraction"),
];
