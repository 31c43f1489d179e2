//! Comma-separated values as tables of users keep them: records of fields that may be quoted.

/// The header and the rows; short rows are filled with empty texts.
#[must_use]
pub fn read(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut records = records(text, None).into_iter();
    let header: Vec<String> =
        records.next().unwrap_or_default().into_iter().map(|name| name.trim().to_owned()).collect();
    let width = header.len();
    let rows = records
        .filter(|record| !(record.len() == 1 && record[0].is_empty()))
        .map(|mut record| {
            record.resize(width, String::new());
            record
        })
        .collect();
    (header, rows)
}

/// All records; lines that begin with the mark of a comment are left out.
#[must_use]
pub fn records(text: &str, comment: Option<char>) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        let starts = !quoted && record.is_empty() && field.is_empty();
        match letter {
            _ if starts && comment == Some(letter) => {
                letters.by_ref().find(|letter| *letter == '\n');
            }
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\r' if !quoted && letters.peek() == Some(&'\n') => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            _ => field.push(letter),
        }
    }
    if !field.is_empty() || !record.is_empty() {
        record.push(field);
        records.push(record);
    }
    records
}

/// A row as one line of text, quoted where needed.
#[must_use]
pub fn write_row(values: &[String]) -> String {
    let quoted = values.iter().map(|value| {
        if value.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", value.replace('"', "\"\""))
        } else {
            value.clone()
        }
    });
    format!("{}\n", quoted.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{read, records, write_row};

    #[test]
    fn quotes_hold_commas_and_lines() {
        let (header, rows) = read("a,b\r\n\"1,\"\"x\"\"\",\"two\nlines\"\r\n\r\n3\n");
        assert_eq!(header, ["a", "b"]);
        assert_eq!(rows, [["1,\"x\"", "two\nlines"], ["3", ""]]);
        assert_eq!(read(&format!("h\n{}", write_row(&rows[0]))).1, [["1,\"x\""]]);
        assert_eq!(read(""), (vec![], vec![]));
    }

    #[test]
    fn comments_are_lines_of_their_own() {
        let found = records("# a, b\n1,#2\n\"#3\",\"x\n#y\"\n#end", Some('#'));
        assert_eq!(found, [["1", "#2"], ["#3", "x\n#y"]]);
    }
}
