//! Functions that name what a number stands for. The view holds the names as fields of its own.

use std::sync::LazyLock;

use quarry_plan::Type;

use super::{Described, Description, Function, Role, page::DATA};

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

const fn lookup(written: &'static str, meaning: &'static str) -> Function {
    let description = Description { written, meaning, page: DATA, least: 1, most: 1, result: Type::Text };
    Function::new(written, Role::Lookup, Described::Here(description))
}

pub(super) static TABLE: &[Function] = &[
    lookup("APPLICATIONNAME(applicationid)", "The name of a flow's application."),
    lookup(
        "CATEGORYNAME(category)",
        "The name of a low-level category, or of a high-level one from `highlevelcategory`.",
    ),
    lookup("DOMAINNAME(domainid)", "The name of a domain."),
    lookup("LOGSOURCEGROUPNAME(devicegrouplist)", "The names of the groups of a log source."),
    lookup("LOGSOURCENAME(logsourceid)", "The name of the log source that sent the event."),
    lookup("LOGSOURCETYPENAME(devicetype)", "The name of the kind of log source that sent the event."),
    lookup("PROCESSORNAME(processorid)", "The name of the event processor."),
    lookup("PROTOCOLNAME(protocolid)", "The name of the network protocol."),
    lookup("QIDDESCRIPTION(qid)", "The description of what happened."),
    lookup("QIDNAME(qid)", "The name of what happened: the operation that the log records."),
    lookup("RULENAME(creeventlist)", "The names of the rules that the event matched."),
];
