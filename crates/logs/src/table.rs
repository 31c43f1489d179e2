//! Tables (CSV and its kin) as lines of JSON: a row is an object with a member for each cell.

use std::io::{self, BufRead, BufReader, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};
use serde_json::{Map, Value};

use crate::json::validate_prefix;

/// Cells that hold JSON are taken as such up to this depth.
const DEPTH: u32 = 128;
/// Longer names are none.
const LONGEST_NAME: usize = 100;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Table {
    separator: u8,
    /// Whether quotes inside of quotes have a backslash before them instead of being doubled.
    has_backslashes: bool,
    /// Whether a line stands before the names of the columns.
    has_type_line: bool,
}

impl Table {
    /// How the table is written that begins like this; none if it is no table: at least two columns with
    /// names, and a second line with as many cells.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let has_type_line = text.starts_with(b"#TYPE ");
        let text = if has_type_line { text.get(memchr::memchr(b'\n', text)? + 1..)? } else { text };
        let first = text.get(..memchr::memchr(b'\n', text)?)?;
        if first.iter().any(|byte| matches!(byte, b'{' | b'}' | b'<' | b'=' | 0..=8)) {
            return None;
        }
        // Where quotes are doubled, a text in JSON in a cell looks much the same: `"{\""`.
        let mut marks = memchr::memmem::find_iter(text, b"\"{\\\"");
        let has_backslashes = marks.any(|place| text.get(place + 4).is_some_and(|next| *next != b'"'));
        let separators = [b',', b';', b'\t', b'|'];
        separators.into_iter().map(|separator| Self { separator, has_backslashes, has_type_line }).find(
            |table| {
                let mut rows = table.builder().from_reader(text);
                let mut row = ByteRecord::new();
                if !rows.read_byte_record(&mut row).unwrap_or_default() || !are_names(&row) {
                    return false;
                }
                let columns = row.len();
                let has_row = rows.read_byte_record(&mut row).unwrap_or_default();
                // The second line may be longer than what is at hand.
                let is_cut = rows.position().byte() as usize >= text.len() && text.len() > 4096;
                has_row && (row.len() == columns || (is_cut && row.len() > 1))
            },
        )
    }

    fn builder(self) -> ReaderBuilder {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(self.separator);
        if self.has_backslashes {
            builder.escape(Some(b'\\')).double_quote(false);
        }
        builder
    }
}

/// Whether these cells are names of columns: two at least, short, different, begun by a letter.
fn are_names(row: &ByteRecord) -> bool {
    let is_name = |cell: &[u8]| {
        let begins = cell.first().is_some_and(|byte| byte.is_ascii_alphabetic() || b"_@#$".contains(byte));
        begins && cell.len() <= LONGEST_NAME && !cell.ends_with(b".")
    };
    let mut names: Vec<&[u8]> = row.iter().collect();
    names.sort_unstable();
    names.dedup();
    row.len() >= 2 && names.len() == row.len() && row.iter().all(is_name)
}

/// A reader of the rows as lines of JSON.
pub(crate) struct TableLines {
    rows: Reader<BufReader<Box<dyn Read + Send>>>,
    names: Vec<String>,
    row: ByteRecord,
    line: Vec<u8>,
    given: usize,
}

impl TableLines {
    pub(crate) fn new(reader: Box<dyn Read + Send>, table: Table) -> io::Result<Self> {
        let mut reader = BufReader::new(reader);
        if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            reader.consume(3);
        }
        if table.has_type_line {
            reader.skip_until(b'\n')?;
        }
        let mut rows = table.builder().from_reader(reader);
        let mut row = ByteRecord::new();
        rows.read_byte_record(&mut row)?;
        let names = row.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        Ok(Self { rows, names, row, line: Vec::new(), given: 0 })
    }

    /// Makes the next row a line. False at the end.
    fn next_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        self.given = 0;
        if !self.rows.read_byte_record(&mut self.row)? {
            return Ok(false);
        }
        let mut object = Map::new();
        for (index, cell) in self.row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let value = value_of(&String::from_utf8_lossy(cell));
            match self.names.get(index) {
                Some(name) => insert(&mut object, name, value),
                None => {
                    object.insert(format!("column_{}", index + 1), value);
                }
            }
        }
        serde_json::to_writer(&mut self.line, &Value::Object(object))?;
        self.line.push(b'\n');
        Ok(true)
    }
}

impl Read for TableLines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.line.len() {
            if !self.next_line()? {
                return Ok(0);
            }
        }
        let line = self.line.get(self.given..).unwrap_or_default();
        let count = line.len().min(buffer.len());
        buffer.get_mut(..count).unwrap_or_default().copy_from_slice(line.get(..count).unwrap_or_default());
        self.given += count;
        Ok(count)
    }
}

/// A cell: an object or array if it holds one, text otherwise.
fn value_of(cell: &str) -> Value {
    let is_json = cell.starts_with(['{', '['])
        && validate_prefix(cell.as_bytes(), DEPTH).is_ok_and(|end| cell.get(end..).is_some_and(is_blank));
    let value = if is_json { serde_json::from_str(cell).ok() } else { None };
    value.unwrap_or_else(|| Value::String(cell.to_owned()))
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Inserts a value under a name whose dots lead into objects, unless something else is there.
pub(crate) fn insert(object: &mut Map<String, Value>, name: &str, value: Value) {
    let Some((first, rest)) =
        name.split_once('.').filter(|(first, rest)| !first.is_empty() && !rest.is_empty())
    else {
        object.entry(name).or_insert(value);
        return;
    };
    let inner = object.entry(first).or_insert_with(|| Value::Object(Map::new()));
    match inner {
        Value::Object(inner) => insert(inner, rest, value),
        _ => {
            object.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn lines(text: &str) -> String {
        let table = Table::of(text.as_bytes()).unwrap();
        let mut found = String::new();
        let reader: Box<dyn Read + Send> = Box::new(io::Cursor::new(text.to_owned().into_bytes()));
        TableLines::new(reader, table).unwrap().read_to_string(&mut found).unwrap();
        found
    }

    #[test]
    fn rows_become_objects() {
        assert_eq!(lines("a,b.c,b.d\nx,\"1,2\",\n"), "{\"a\":\"x\",\"b\":{\"c\":\"1,2\"}}\n");
        assert_eq!(lines("a;b\n1;{\"x\":[2]}\n"), "{\"a\":\"1\",\"b\":{\"x\":[2]}}\n");
        assert_eq!(lines("a,b\nx,\"{\"\"y\"\":1}\"\n"), "{\"a\":\"x\",\"b\":{\"y\":1}}\n");
        assert_eq!(lines("a,b\nx,\"{\\\"y\\\":1}\"\n"), "{\"a\":\"x\",\"b\":{\"y\":1}}\n");
        assert_eq!(lines("\u{feff}#TYPE X\r\n\"a\",\"b\"\r\n\"1\",\"2\"\r\n"), "{\"a\":\"1\",\"b\":\"2\"}\n");
    }

    #[test]
    fn prose_and_json_are_no_tables() {
        for text in
            ["Hello, world\nhow are you\n", "{\"a\":1,\"b\":2}\n{\"a\":1,\"b\":2}\n", "a,b\n", "x 1, y 2"]
        {
            assert_eq!(Table::of(text.as_bytes()), None, "{text}");
        }
    }
}
