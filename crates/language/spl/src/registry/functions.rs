//! Eval functions of the Search Reference, one row each.
//!
//! What a plain function takes, gives and means stands in its row of `crates/functions`.

use quarry_plan::{MANY, Signature, scalar_signature};

use super::Status;
use crate::lower::{FunctionRule, lookup_call, numbers, per_value, special};

/// An eval function.
#[derive(Debug, Clone, Copy)]
pub struct FunctionRow {
    /// Name in lower case.
    pub name: &'static str,
    /// Whether it runs.
    pub status: Status,
    pub(crate) lowering: Lowering,
    /// What a function without a row of its own in `crates/functions` says of itself.
    stated: Option<Description>,
    written: Written,
}

/// Whether a function's arguments are written down, so that numbers have the figures that are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// It computes with them.
    Never,
    /// It gives one of them.
    AsItsResult,
    /// It makes a text of them.
    Always,
}

/// What a function takes and means.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// How it is written.
    pub written: &'static str,
    /// What it gives, in a sentence.
    pub meaning: &'static str,
    /// Where the rule comes from; empty where that is not said.
    pub source: &'static str,
    /// Fewest arguments.
    pub least: usize,
    /// Most arguments, or [`quarry_plan::MANY`].
    pub most: usize,
}

/// How a call becomes an expression.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lowering {
    /// A call of the function `spl_<name>`.
    Call {
        /// Whether it tells conditions from other values, or writes them out.
        conditions: bool,
        /// The argument that is a regular expression.
        pattern: Option<usize>,
    },
    /// By a rule of its own.
    Rule(FunctionRule),
    /// Not at all.
    Nothing,
}

impl FunctionRow {
    /// What it takes and means; none for a function that does not run.
    #[must_use]
    pub fn description(&self) -> Option<Description> {
        self.stated.or_else(|| {
            let &Signature { written, meaning, source, least, most, .. } = self.computed_by()?;
            Some(Description { written, meaning, source, least, most })
        })
    }

    /// The function of `crates/functions` that computes and describes it, if it is one alone.
    #[must_use]
    pub fn computed_by(&self) -> Option<&'static Signature> {
        let is_described = self.stated.is_none() && self.status == Status::Supported;
        is_described.then(|| scalar_signature(&format!("spl_{}", self.name))).flatten()
    }

    /// Whether its arguments are written down where its result is, or is not.
    pub(crate) fn prints(&self, printing: bool) -> bool {
        match self.written {
            Written::Never => false,
            Written::AsItsResult => printing,
            Written::Always => true,
        }
    }

    const fn giving_an_argument(self) -> Self {
        Self { written: Written::AsItsResult, ..self }
    }

    const fn writing(self) -> Self {
        Self { written: Written::Always, ..self }
    }

    const fn of_conditions(self) -> Self {
        Self { lowering: Lowering::Call { conditions: true, pattern: None }, ..self }
    }

    const fn with_pattern(self, place: usize) -> Self {
        Self { lowering: Lowering::Call { conditions: false, pattern: Some(place) }, ..self }
    }
}

const fn plain(name: &'static str) -> FunctionRow {
    let lowering = Lowering::Call { conditions: false, pattern: None };
    FunctionRow { name, status: Status::Supported, lowering, stated: None, written: Written::Never }
}

/// A function that the plan expresses itself.
const fn rule(
    name: &'static str,
    (least, most): (usize, usize),
    rule: FunctionRule,
    written: &'static str,
    meaning: &'static str,
) -> FunctionRow {
    let stated = Description { written, meaning, source: "", least, most };
    FunctionRow { stated: Some(stated), ..rule_of_row(name, rule) }
}

/// A function that the plan expresses itself where it can, as its row of `crates/functions` says.
const fn rule_of_row(name: &'static str, rule: FunctionRule) -> FunctionRow {
    FunctionRow {
        name,
        status: Status::Supported,
        lowering: Lowering::Rule(rule),
        stated: None,
        written: Written::Never,
    }
}

/// A function that does not run.
const fn other(name: &'static str, status: Status) -> FunctionRow {
    FunctionRow { name, status, lowering: Lowering::Nothing, stated: None, written: Written::Never }
}

/// For functions that take a lambda expression.
const LAMBDA: Status = Status::Never("it takes a lambda expression, which only SPL2 has");
/// For functions of the successor language.
const SECOND: Status = Status::Never("it is a function of SPL2");
/// For functions whose rule nobody but Splunk knows.
const UNDOCUMENTED: Status = Status::Never("how it groups values is not documented");

/// All eval functions, sorted.
pub const FUNCTIONS: &[FunctionRow] = &[
    plain("abs"),
    plain("acos"),
    plain("acosh"),
    other("all", LAMBDA),
    other("any", LAMBDA),
    plain("asin"),
    plain("asinh"),
    plain("atan"),
    plain("atan2"),
    plain("atanh"),
    plain("avg"),
    plain("bit_and"),
    plain("bit_not"),
    plain("bit_or"),
    plain("bit_shift_left"),
    plain("bit_shift_right"),
    plain("bit_xor"),
    rule(
        "case",
        (2, MANY),
        special::case,
        "case(<condition>, <value>, ...)",
        "The value of the first condition that is true; null if none is.",
    )
    .giving_an_argument(),
    plain("ceil"),
    plain("ceiling"),
    plain("cidrmatch"),
    other("cluster", UNDOCUMENTED),
    rule(
        "coalesce",
        (1, MANY),
        special::coalesce,
        "coalesce(<values>)",
        "The first value that is not null; an empty text counts.",
    )
    .giving_an_argument(),
    plain("commands"),
    plain("cos"),
    plain("cosh"),
    plain("exact"),
    plain("exp"),
    rule("false", (0, 0), special::falsehood, "false()", "False."),
    other("filter", LAMBDA),
    plain("floor"),
    other("getfields", SECOND),
    plain("hypot"),
    rule(
        "if",
        (3, 3),
        special::case_of_three,
        "if(<condition>, <value>, <other>)",
        "The value if the condition is true, else the other, also where the condition is null.",
    )
    .giving_an_argument(),
    rule("in", (2, MANY), special::in_call, "in(<value>, <list>)", "Whether a value equals one of several."),
    plain("ipmask"),
    plain("isarray"),
    plain("isbool").of_conditions(),
    plain("isdouble"),
    plain("isint").of_conditions(),
    plain("ismv"),
    rule("isnotnull", (1, 1), special::is_not_null, "isnotnull(<value>)", "Whether there is a value."),
    rule("isnull", (1, 1), special::is_null, "isnull(<value>)", "Whether there is no value."),
    plain("isnum").of_conditions(),
    plain("isobject"),
    plain("isstr").of_conditions(),
    plain("json"),
    plain("json_append").of_conditions(),
    plain("json_array").of_conditions(),
    plain("json_array_to_mv").of_conditions(),
    plain("json_delete"),
    plain("json_entries"),
    plain("json_extend").of_conditions(),
    plain("json_extract"),
    plain("json_extract_exact"),
    plain("json_has_key_exact"),
    plain("json_keys"),
    plain("json_object").of_conditions(),
    plain("json_set").of_conditions(),
    plain("json_set_exact").of_conditions(),
    plain("json_valid"),
    plain("len"),
    rule_of_row("like", special::like),
    plain("ln"),
    plain("log"),
    rule(
        "lookup",
        (3, 3),
        lookup_call::lower,
        "lookup(<table>, json_object(<field>, <value>, ...), json_array(<field>, ...))",
        "Fields of the first row of a table that matches, as JSON.",
    ),
    plain("lower"),
    plain("ltrim"),
    other("map", LAMBDA),
    rule_of_row("match", special::matches),
    plain("max"),
    plain("md5"),
    plain("min"),
    plain("mv_to_json_array").of_conditions(),
    plain("mvappend").writing(),
    plain("mvcount"),
    plain("mvdedup"),
    rule(
        "mvfilter",
        (1, 1),
        per_value::filter,
        "mvfilter(<condition>)",
        "The values of the one field in the condition for which it holds.",
    ),
    plain("mvfind").with_pattern(1),
    plain("mvindex"),
    plain("mvjoin"),
    rule(
        "mvmap",
        (2, 3),
        per_value::map,
        "mvmap(<mv>, <expression>)",
        "What the expression gives for each value; nulls add nothing.",
    ),
    plain("mvrange"),
    plain("mvreverse"),
    plain("mvsort"),
    plain("mvzip"),
    plain("now"),
    rule("null", (0, 0), special::null, "null()", "No value."),
    rule(
        "nullif",
        (2, 2),
        special::null_if,
        "nullif(<value>, <other>)",
        "Null if both are equal, else the value.",
    )
    .giving_an_argument(),
    other("object_to_array", SECOND),
    plain("pi"),
    plain("pow"),
    plain("printf"),
    plain("random"),
    other("reduce", LAMBDA),
    plain("relative_time"),
    plain("replace").with_pattern(1),
    plain("round"),
    plain("rtrim"),
    rule(
        "searchmatch",
        (1, 1),
        special::search_match,
        "searchmatch(<search>)",
        "Whether a search finds the event.",
    ),
    plain("sha1"),
    plain("sha256"),
    plain("sha512"),
    rule(
        "sigfig",
        (1, 1),
        special::significant_figures,
        "sigfig(<num>)",
        "A product or quotient rounded to the fewest significant figures of its operands, a sum or difference to the fewest decimals.",
    ),
    plain("sin"),
    plain("sinh"),
    plain("spath"),
    plain("split"),
    plain("sqrt"),
    plain("strftime"),
    rule_of_row("strptime", numbers::parsed_time).giving_an_argument(),
    plain("substr"),
    plain("sum"),
    plain("tan"),
    plain("tanh"),
    plain("time"),
    plain("toarray").of_conditions(),
    plain("tobool").of_conditions(),
    plain("todouble"),
    plain("toint"),
    plain("tomv"),
    plain("tonumber"),
    plain("toobject"),
    plain("tostring").of_conditions().writing(),
    plain("trim"),
    rule("true", (0, 0), special::truth, "true()", "True."),
    plain("typeof").of_conditions(),
    plain("upper"),
    plain("urldecode"),
    plain("urlencode"),
    rule(
        "validate",
        (2, MANY),
        special::validate,
        "validate(<condition>, <value>, ...)",
        "The value of the first condition that is false; null if none is.",
    )
    .giving_an_argument(),
    other("xpath", Status::Planned),
];
