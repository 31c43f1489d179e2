//! Mends what costs a value and not the event.

/// Numbers that Python and others write and JSON does not know.
const NUMBERS: [&str; 3] = ["NaN", "-Infinity", "Infinity"];

/// The record with such numbers as null; none if it has none.
pub(crate) fn numbers(record: &str) -> Option<String> {
    let mut mended = String::with_capacity(record.len());
    let (mut rest, mut is_changed) = (record, false);
    while let Some(quote) = rest.find('"') {
        let (before, text) = rest.split_at(quote);
        is_changed |= push_mended(before, &mut mended);
        let end = text_end(text);
        mended.push_str(text.get(..end)?);
        rest = text.get(end..)?;
    }
    is_changed |= push_mended(rest, &mut mended);
    is_changed.then_some(mended)
}

/// Behind the closing quote of the text that begins here.
fn text_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(1) {
        if byte == b'"' && !is_escaped {
            return place + 1;
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    text.len()
}

fn push_mended(between: &str, mended: &mut String) -> bool {
    let mut text = between.to_owned();
    for number in NUMBERS {
        text = text.replace(number, "null");
    }
    mended.push_str(&text);
    text != between
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_of_texts_become_null() {
        let found = numbers(r#"{"a":NaN,"b":"NaN \" NaN","c":[-Infinity,1]}"#);
        assert_eq!(found.as_deref(), Some(r#"{"a":null,"b":"NaN \" NaN","c":[null,1]}"#));
        assert_eq!(numbers(r#"{"a":"NaN"}"#), None);
    }
}
