//! LNT014: a sort by text where a number or time is meant.

use quarry_functions::law;
use quarry_plan::{Expression, ExpressionKind, Law, Operator, SortKey, Type};

use super::{Report, tools::excerpt};
use crate::analysis::{Analysis, evaluate::constant_text};

/// Reports sorts by texts made from numbers, and from times in an order in which texts do not sort.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    for (at, stage) in analysis.stages.iter().enumerate() {
        let Operator::Sort { keys, .. } = &stage.node.operator else { continue };
        for key in keys {
            if let Some((reason, help)) = reason(analysis, at, key) {
                let name = excerpt(analysis.subject.text, key.value.span);
                report.add(
                    format!("the sort by `{name}` compares texts: {reason}"),
                    key.value.span,
                    vec![help.to_owned()],
                );
            }
        }
    }
}

fn reason(analysis: &Analysis<'_>, at: usize, key: &SortKey) -> Option<(String, &'static str)> {
    match &key.value.kind {
        // Texts after numbers: what looks like a number compares as one already.
        ExpressionKind::Case { arms, otherwise: None } if arms.len() == 1 => {
            made_of(analysis, at, &arms[0].1, true, 0)
        }
        _ => made_of(analysis, at, &key.value, false, 0),
    }
}

/// `numbers_first`: whether texts that look like numbers compare as numbers.
fn made_of(
    analysis: &Analysis<'_>,
    at: usize,
    value: &Expression,
    numbers_first: bool,
    depth: usize,
) -> Option<(String, &'static str)> {
    if depth > 8 {
        return None;
    }
    match &value.kind {
        ExpressionKind::Column(name) => {
            let (earlier, value) = analysis.definition(at, name)?;
            made_of(analysis, earlier, value, numbers_first, depth + 1)
        }
        ExpressionKind::Cast { value: inner, to: Type::Text } if !numbers_first => {
            let number = matches!(&inner.kind, ExpressionKind::Arithmetic { .. })
                || matches!(&inner.kind, ExpressionKind::Call { result: Type::Integer | Type::Double, .. });
            number.then(|| ("10 comes before 9".to_owned(), "sort by the number"))
        }
        ExpressionKind::Call { function, arguments, .. } => match (law(function), arguments.as_slice()) {
            (Some(Law::SortKey), [inner]) => made_of(analysis, at, inner, numbers_first, depth + 1),
            (Some(Law::WritesTime), [_, format]) => {
                let format = constant_text(format)?;
                let unsorted = !sorts_as_time(format);
                unsorted.then(|| {
                    (
                        format!("times written as `{format}` do not sort by time"),
                        "sort by the time itself, or write the year first",
                    )
                })
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether texts of a format sort by time: the greatest unit first.
fn sorts_as_time(format: &str) -> bool {
    let order = |letter: &str| ["Y", "m", "d", "H", "M", "S"].iter().position(|known| *known == letter);
    let units: Vec<usize> = if format.contains('%') {
        let marks: Vec<&str> = format.split('%').skip(1).filter_map(|part| part.get(..1)).collect();
        if marks.iter().any(|mark| ["c", "x", "X", "s", "F", "T", "+", "N", "Q"].contains(mark)) {
            return true;
        }
        if marks.iter().any(|mark| ["b", "B", "a", "A", "I", "p"].contains(mark)) && marks.contains(&"Y") {
            return false;
        }
        marks.iter().filter_map(|mark| order(mark)).collect()
    } else {
        let mut units = Vec::new();
        for letter in format.chars() {
            let unit = match letter {
                'y' | 'Y' => 0,
                'M' => 1,
                'd' | 'D' => 2,
                'H' | 'h' | 'k' => 3,
                'm' => 4,
                's' => 5,
                _ => continue,
            };
            if units.last() != Some(&unit) {
                units.push(unit);
            }
        }
        units
    };
    units.windows(2).all(|pair| pair[0] <= pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_unit_comes_first() {
        assert!(sorts_as_time("%Y-%m-%d %H:%M:%S"));
        assert!(sorts_as_time("yyyy-MM-dd HH:mm:ss"));
        assert!(!sorts_as_time("%d/%m/%Y"));
        assert!(!sorts_as_time("dd-MM-yyyy HH:mm"));
        assert!(!sorts_as_time("%b %d %Y"));
    }
}
