//! The table of tabular operators: how each is read.

use super::{cursor::Cursor, operators as read, tree::OperatorKind};

/// How an operator is read.
pub(crate) struct Row {
    pub name: &'static str,
    /// Settings that may stand behind its name, beside hints.
    pub settings: &'static [&'static str],
    pub read: fn(&mut Cursor<'_>) -> OperatorKind,
}

const fn row(name: &'static str, read: fn(&mut Cursor<'_>) -> OperatorKind) -> Row {
    Row { name, settings: &[], read }
}

const fn with(
    name: &'static str,
    settings: &'static [&'static str],
    read: fn(&mut Cursor<'_>) -> OperatorKind,
) -> Row {
    Row { name, settings, read }
}

const EXPAND: &[&str] = &["bagexpansion", "with_itemindex", "kind", "id"];

pub(crate) static TABLE: [Row; 60] = [
    row("as", read::as_name),
    row("assert-schema", read::by_name),
    row("consume", read::consume),
    row("count", read::count),
    row("distinct", read::distinct),
    row("evaluate", read::evaluate),
    row("execute-and-cache", read::by_name),
    row("extend", read::extend),
    row("facet", read::facet),
    row("filter", read::filter),
    with("find", &["withsource", "datascope"], read::find),
    row("fork", read::fork),
    row("getschema", read::get_schema),
    row("graph-mark-components", read::by_name),
    row("graph-match", read::by_name),
    row("graph-merge", read::by_name),
    row("graph-shortest-paths", read::by_name),
    row("graph-to-table", read::by_name),
    row("graph-where-edges", read::by_name),
    row("graph-where-nodes", read::by_name),
    row("invoke", read::invoke),
    with("join", &["kind", "withsource"], read::join),
    row("limit", read::take),
    with("lookup", &["kind"], read::join),
    row("macro-expand", read::by_name),
    row("make-graph", read::by_name),
    with("make-series", &["kind"], read::make_series),
    with("mv-apply", EXPAND, read::mv_apply),
    with("mv-expand", EXPAND, read::mv_expand),
    with("mvapply", EXPAND, read::mv_apply),
    with("mvexpand", EXPAND, read::mv_expand),
    row("order", read::sort),
    with("parse", &["kind", "flags"], read::parse),
    row("parse-kv", read::parse_kv),
    with("parse-where", &["kind", "flags"], read::parse),
    row("partition", read::partition),
    row("partition-by", read::by_name),
    row("print", read::print),
    row("project", read::project),
    row("project-away", read::project_names),
    row("project-by-names", read::by_name),
    row("project-keep", read::project_names),
    row("project-rename", read::project),
    row("project-reorder", read::project_names),
    row("range", read::range),
    with("reduce", &["kind"], read::reduce),
    row("render", read::render),
    row("sample", read::take),
    row("sample-distinct", read::sample_distinct),
    with("scan", &["with_match_id", "with_step_name"], read::scan),
    with("search", &["kind"], read::search),
    row("serialize", read::serialize),
    row("sort", read::sort),
    row("summarize", read::summarize),
    row("take", read::take),
    row("top", read::top),
    row("top-hitters", read::top_hitters),
    row("top-nested", read::top_nested),
    with("union", &["kind", "withsource", "with_source", "isfuzzy"], read::union),
    row("where", read::filter),
];

/// The names of all operators.
pub const NAMES: [&str; 60] = {
    let mut names = [""; 60];
    let mut at = 0;
    while at < 60 {
        names[at] = TABLE[at].name;
        at += 1;
    }
    names
};
