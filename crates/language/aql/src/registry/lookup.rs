//! Functions that name what a number stands for. The view holds the names as fields of its own.

use std::sync::LazyLock;

use quarry_plan::Type;

use super::{Function, Parameter::Any, Role};

/// A lookup function for one field.
#[derive(Debug, Clone, Copy)]
pub struct Lookup {
    /// Name of the function.
    pub function: &'static str,
    /// The field it takes.
    pub argument: &'static str,
    /// The field of the view with the result.
    pub field: &'static str,
}

/// All lookups.
pub fn lookups() -> &'static [Lookup] {
    static LOOKUPS: LazyLock<Vec<Lookup>> = LazyLock::new(|| {
        super::catalog::rows(include_str!("../../data/lookups.txt"))
            .filter_map(|mut row| {
                Some(Lookup { function: row.next()?, argument: row.next()?, field: row.next()? })
            })
            .collect()
    });
    &LOOKUPS
}

const fn lookup(name: &'static str) -> Function {
    Function { name, role: Role::Lookup, parameters: &[Any], required: 1, repeats: false, result: Type::Text }
}

pub(super) static TABLE: &[Function] = &[
    lookup("APPLICATIONNAME"),
    lookup("CATEGORYNAME"),
    lookup("DOMAINNAME"),
    lookup("LOGSOURCEGROUPNAME"),
    lookup("LOGSOURCENAME"),
    lookup("LOGSOURCETYPENAME"),
    lookup("PROCESSORNAME"),
    lookup("PROTOCOLNAME"),
    lookup("QIDDESCRIPTION"),
    lookup("QIDNAME"),
    lookup("RULENAME"),
];
