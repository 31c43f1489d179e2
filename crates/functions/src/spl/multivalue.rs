//! Lists of values: `split`, `mvappend`, `mvcount`, `mvdedup`, `mvfind`, `mvindex`, `mvjoin`,
//! `mvsort`, `mvzip`, `mv_to_json_array`.

use std::borrow::Cow;
use std::collections::HashSet;

use arrow::array::ArrayRef;
use quarry_plan::{Law, Returns, Type};

use super::kind::inferred;
use super::source::MULTIVALUE;
use crate::base::Literal::{Bool, List, Null, Num, Text};
use crate::base::{Call, Cell, Example, Function, Memo};
use crate::pattern::cached_pattern;

pub(crate) const FUNCTIONS: &[Function] = &[
    row(
        "spl_split",
        "split(<str>, <delim>)",
        "The parts between delimiters; empty parts stay.",
        (2, 2),
        Returns::LIST,
        split,
        &[
            (&[Text("a;;b"), Text(";")], List(&["a", "", "b"])),
            (&[Text("abc"), Text("")], List(&["a", "b", "c"])),
            (&[Text("abc"), Text(";")], List(&["abc"])),
            (&[Null, Text(";")], Null),
        ],
    ),
    row(
        "spl_mvappend",
        "mvappend(<values>)",
        "All values of all arguments.",
        (1, usize::MAX),
        Returns::LIST,
        append,
        &[(&[Text("a"), List(&["b", "c"]), Null, Num(4.0)], List(&["a", "b", "c", "4"])), (&[Null], Null)],
    ),
    row(
        "spl_mvcount",
        "mvcount(<mv>)",
        "How many values there are; null for none.",
        (1, 1),
        Returns::DOUBLE,
        count,
        &[(&[List(&["a", "b"])], Num(2.0)), (&[Text("a")], Num(1.0)), (&[Null], Null)],
    ),
    row(
        "spl_mvdedup",
        "mvdedup(<mv>)",
        "The values without repetitions, in order.",
        (1, 1),
        Returns::LIST,
        dedup,
        &[(&[List(&["b", "a", "b"])], List(&["b", "a"]))],
    )
    .with_law(Law::SameText),
    row(
        "spl_mvfind",
        "mvfind(<mv>, <regex>)",
        "The index, from 0, of the first value the expression is found in.",
        (2, 2),
        Returns::DOUBLE,
        find,
        &[(&[List(&["a1", "b2"]), Text("\\w2")], Num(1.0)), (&[List(&["a1", "b2"]), Text("z")], Null)],
    ),
    row(
        "spl_mvindex",
        "mvindex(<mv>, <start>, <end>)",
        "The value at an index from 0 (negative from the end), or the list from one to another.",
        (2, 3),
        Returns::ListIfGiven(2),
        index,
        &[
            (&[List(&["a", "b", "c"]), Num(0.0)], Text("a")),
            (&[List(&["a", "b", "c"]), Num(-1.0)], Text("c")),
            (&[List(&["a", "b", "c"]), Num(3.0)], Null),
            (&[List(&["a", "b", "c"]), Num(1.0), Num(2.0)], List(&["b", "c"])),
            (&[List(&["a", "b", "c"]), Num(-2.0), Num(-1.0)], List(&["b", "c"])),
            (&[List(&["a", "b", "c"]), Num(2.0), Num(1.0)], Null),
            (&[Text("a"), Num(0.0)], Text("a")),
        ],
    ),
    row(
        "spl_mvjoin",
        "mvjoin(<mv>, <delim>)",
        "The values as one text.",
        (2, 2),
        Returns::TEXT,
        join,
        &[(&[List(&["a", "b"]), Text(", ")], Text("a, b")), (&[Null, Text(",")], Null)],
    ),
    row(
        "spl_mvreverse",
        "mvreverse(<mv>)",
        "The values from the last to the first.",
        (1, 1),
        Returns::LIST,
        reverse,
        &[(&[List(&["b", "a", "c"])], List(&["c", "a", "b"])), (&[Text("a")], List(&["a"]))],
    ),
    row(
        "spl_mvsort",
        "mvsort(<mv>)",
        "The values in lexicographic order.",
        (1, 1),
        Returns::LIST,
        sort,
        &[(&[List(&["b", "10", "9", "B"])], List(&["10", "9", "B", "b"]))],
    ),
    row(
        "spl_mvzip",
        "mvzip(<mv_left>, <mv_right>, <delim>)",
        "Pairs of values joined by the delimiter (a comma).",
        (2, 3),
        Returns::LIST,
        zip,
        &[
            (&[List(&["a", "b"]), List(&["1", "2", "3"])], List(&["a,1", "b,2"])),
            (&[List(&["a"]), Text("1"), Text(":")], List(&["a:1"])),
            (&[Null, Text("1")], Null),
        ],
    ),
    row(
        "spl_combinations",
        "combinations(<delim>, <mv>, ...)",
        "Every combination of a value of each, joined by the delimiter; none where one has no value.",
        (2, usize::MAX),
        Returns::LIST,
        combinations,
        &[
            (&[Text(":"), List(&["a", "b"]), Text("1")], List(&["a:1", "b:1"])),
            (&[Text(":"), Text("a"), List(&["1", "2"])], List(&["a:1", "a:2"])),
            (&[Text(":"), Text("a"), Null], Null),
        ],
    ),
    row(
        "spl_mv_to_json_array",
        "mv_to_json_array(<field>, <infer_types>)",
        "The values as a JSON array; with type inference each as the JSON it stands for, else null.",
        (1, 2),
        Returns::TEXT,
        to_json,
        &[
            (&[List(&["a", "1"])], Text("[\"a\",\"1\"]")),
            (&[List(&["\"a\"", "1", "true", "a"]), Bool(true)], Text("[\"a\",1,true,null]")),
        ],
    ),
];

const fn row(
    name: &'static str,
    signature: &'static str,
    meaning: &'static str,
    arity: (usize, usize),
    result: Returns,
    evaluate: fn(&Call<'_>) -> ArrayRef,
    examples: &'static [Example],
) -> Function {
    Function {
        name,
        signature,
        meaning,
        source: MULTIVALUE,
        examples,
        arity,
        result,
        evaluate,
        uses_now: false,
        law: None,
    }
}

fn split(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let delimiter = row.text(1)?;
        let mut parts = Vec::new();
        for value in row.cell(0).values() {
            match value {
                Cow::Borrowed(text) => parts.extend(cut(text, &delimiter).map(Cow::Borrowed)),
                Cow::Owned(text) => {
                    parts.extend(cut(&text, &delimiter).map(|part| Cow::Owned(part.to_owned())))
                }
            }
        }
        Some(parts)
    })
}

/// The parts between delimiters; an empty delimiter cuts between characters.
fn cut<'t>(text: &'t str, delimiter: &str) -> impl Iterator<Item = &'t str> + use<'t> {
    let parts: Vec<&str> = if delimiter.is_empty() {
        text.char_indices().map(|(at, letter)| &text[at..at + letter.len_utf8()]).collect()
    } else {
        text.split(delimiter).collect()
    };
    parts.into_iter()
}

fn append(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| Some(row.cells(0).flat_map(Cell::values).collect()))
}

fn count(call: &Call<'_>) -> ArrayRef {
    call.numbers(|row| match row.cell(0) {
        Cell::Null => None,
        cell => Some(cell.values().count() as f64),
    })
}

fn dedup(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let mut seen = HashSet::new();
        Some(row.cell(0).values().filter(|value| seen.insert(value.clone())).collect())
    })
}

fn find(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.numbers(|row| {
        let pattern = memo.get(&row.text(1)?, |pattern| cached_pattern(pattern, false)).as_ref()?;
        row.cell(0).values().position(|value| pattern.is_match(&value)).map(|index| index as f64)
    })
}

fn index(call: &Call<'_>) -> ArrayRef {
    if call.result == Type::TextList {
        return call.lists(|row| {
            let values: Vec<_> = row.cell(0).values().collect();
            let start = position(row.number(1)?, values.len())?;
            let end = position(row.number(2)?, values.len())?;
            if start > end || end < 0 {
                return None;
            }
            let (start, end) = (start.max(0) as usize, end as usize);
            Some(values.into_iter().skip(start).take(end - start + 1).collect())
        });
    }
    call.texts(|row| {
        let cell = row.cell(0);
        let wanted = row.number(1)?;
        let count = if wanted < 0.0 { cell.values().count() } else { 0 };
        let at = usize::try_from(position(wanted, count)?).ok()?;
        cell.values().nth(at)
    })
}

/// The index from the start; negative numbers count from the end.
fn position(index: f64, count: usize) -> Option<i64> {
    if !(-1e9..1e9).contains(&index) {
        return None;
    }
    let whole = index.trunc() as i64;
    Some(if whole < 0 { whole + count as i64 } else { whole })
}

fn join(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let (cell, delimiter) = (row.cell(0), row.text(1)?);
        if cell.is_null() {
            return None;
        }
        let values: Vec<_> = cell.values().collect();
        let fits = call.room.fits_all(values.iter().map(|value| value.len() + delimiter.len()));
        fits.then(|| Cow::Owned(values.join(&*delimiter)))
    })
}

fn sort(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let mut values: Vec<_> = row.cell(0).values().collect();
        values.sort();
        Some(values)
    })
}

fn reverse(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let mut values: Vec<_> = row.cell(0).values().collect();
        values.reverse();
        Some(values)
    })
}

fn zip(call: &Call<'_>) -> ArrayRef {
    let given = call.has(2);
    call.lists(|row| {
        let delimiter = if given { row.text(2)? } else { Cow::Borrowed(",") };
        let pairs = || row.cell(0).values().zip(row.cell(1).values());
        if !call.room.fits_all(pairs().map(|(left, right)| left.len() + delimiter.len() + right.len())) {
            return None;
        }
        Some(pairs().map(|(left, right)| Cow::Owned(format!("{left}{delimiter}{right}"))).collect())
    })
}

fn combinations(call: &Call<'_>) -> ArrayRef {
    call.lists(|row| {
        let delimiter = row.text(0)?;
        let mut found: Vec<Cow<'_, str>> = row.cell(1).values().collect();
        for cell in row.cells(2) {
            let with = |left: &Cow<'_, str>| {
                let joined = |right| Cow::Owned(format!("{left}{delimiter}{right}"));
                cell.values().map(joined).collect::<Vec<_>>()
            };
            let lengths = || cell.values().map(|right| delimiter.len() + right.len());
            let pairs = found.iter().flat_map(|left| lengths().map(|right| left.len() + right));
            if !call.room.fits_all(pairs) {
                return None;
            }
            found = found.iter().flat_map(with).collect();
        }
        Some(found)
    })
}

fn to_json(call: &Call<'_>) -> ArrayRef {
    call.texts(|row| {
        let infer = row.cell(1).boolean().unwrap_or(false);
        if row.cell(0).is_null() {
            return None;
        }
        let element = |text: Cow<'_, str>| {
            if infer { inferred(&text) } else { serde_json::Value::String(text.into_owned()) }
        };
        let values: Vec<_> = row.cell(0).values().map(element).collect();
        Some(Cow::Owned(serde_json::Value::Array(values).to_string()))
    })
}
