//! One pass over a record: validates it and takes out the values of all named paths.

use std::borrow::Cow;

use quarry_views::{Path, Step};

use crate::escape::{hexadecimal, unescape};

/// Why a record is no JSON, and where in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub offset: usize,
    pub reason: &'static str,
    /// Whether the text merely ends too early.
    pub is_incomplete: bool,
}

/// The reason for nesting beyond the limit.
pub(crate) const DEEP: &str = "nested deeper than the limit";

/// What kind of JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    True,
    False,
    Number,
    /// A string without escapes.
    Text,
    /// A string with escapes.
    EscapedText,
    Object,
    Array,
}

/// A value found: its place in the record (a string's without the quotes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

impl Raw {
    /// The value as it is written.
    pub(crate) fn written<'a>(&self, record: &'a str) -> &'a str {
        record.get(self.start..self.end).unwrap_or_default()
    }

    /// The value as text; none for null, objects and arrays.
    pub(crate) fn text<'a>(&self, record: &'a str) -> Option<Cow<'a, str>> {
        match self.kind {
            Kind::Null | Kind::Object | Kind::Array => None,
            Kind::EscapedText => Some(Cow::Owned(unescape(self.written(record)))),
            Kind::Text | Kind::Number | Kind::True | Kind::False => Some(Cow::Borrowed(self.written(record))),
        }
    }
}

/// Paths taken out together.
#[derive(Debug, Clone, Default)]
pub(crate) struct PathSet {
    paths: Vec<Path>,
    /// Paths by the first byte of the top-level member.
    by_first: Vec<Vec<u32>>,
}

impl PathSet {
    pub(crate) fn new() -> Self {
        Self { paths: Vec::new(), by_first: vec![Vec::new(); 256] }
    }

    /// The index of a path, added if it is new.
    pub(crate) fn add(&mut self, path: &Path) -> usize {
        if let Some(index) = self.paths.iter().position(|known| known == path) {
            return index;
        }
        let index = self.paths.len();
        self.paths.push(path.clone());
        let Some(first) = path.text.bytes().next() else { return index };
        let mut firsts = vec![first];
        if path.ignore_case && first.is_ascii_alphabetic() {
            firsts.push(first ^ 0x20);
        }
        for first in firsts {
            if let (Some(entry), Ok(index)) =
                (self.by_first.get_mut(usize::from(first)), u32::try_from(index))
            {
                entry.push(index);
            }
        }
        index
    }

    pub(crate) fn len(&self) -> usize {
        self.paths.len()
    }

    fn starting(&self, first: u8) -> &[u32] {
        self.by_first.get(usize::from(first)).map_or(&[], Vec::as_slice)
    }
}

/// What an open path waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    End,
    Member,
    Every,
    Index(usize),
}

#[derive(Debug, Clone, Copy)]
struct Open {
    path: usize,
    wait: Wait,
    /// Where in the path's text the rest begins.
    rest: usize,
    /// Length of the member name taken, to notice duplicate members.
    taken: usize,
    /// How many values the path had when that member was first taken.
    mark: usize,
}

/// Values by path, and the working memory of the pass; reused from record to record.
#[derive(Debug, Default)]
pub(crate) struct Extractor {
    slots: Vec<Vec<Raw>>,
    open: Vec<Open>,
    root: Vec<(usize, usize)>,
}

impl Extractor {
    /// All values of a path, in document order.
    pub(crate) fn all(&self, path: usize) -> &[Raw] {
        self.slots.get(path).map_or(&[], Vec::as_slice)
    }

    /// The value of a path that gives one.
    pub(crate) fn one(&self, path: usize) -> Option<Raw> {
        self.all(path).last().copied()
    }

    /// Reads `record`, a JSON value with nothing but white space around it.
    pub(crate) fn extract(&mut self, record: &str, set: &PathSet, max_depth: u32) -> Result<(), JsonError> {
        let end = self.extract_prefix(record, set, max_depth)?;
        let parser = Parser { bytes: record.as_bytes(), max_depth };
        let after = parser.space(end);
        if after < record.len() { Err(parser.fail(after, "something follows the value")) } else { Ok(()) }
    }

    /// Reads the value `text` begins with; gives its end.
    pub(crate) fn extract_prefix(
        &mut self,
        text: &str,
        set: &PathSet,
        max_depth: u32,
    ) -> Result<usize, JsonError> {
        self.slots.resize_with(set.len().max(self.slots.len()), Vec::new);
        self.slots.iter_mut().for_each(Vec::clear);
        self.open.clear();
        self.root.clear();
        self.root.resize(set.len(), (usize::MAX, 0));
        let mut reader =
            Reader { text, parser: Parser { bytes: text.as_bytes(), max_depth }, set, out: self };
        let start = reader.parser.space(0);
        if text.as_bytes().get(start) == Some(&b'{') {
            reader.object(start, None, 1)
        } else {
            reader.parser.skip(start, 1)
        }
    }
}

/// Checks that `text` begins with a JSON value; gives the value's end.
pub(crate) fn validate_prefix(text: &[u8], max_depth: u32) -> Result<usize, JsonError> {
    let parser = Parser { bytes: text, max_depth };
    parser.skip(parser.space(0), 1)
}

struct Reader<'a> {
    text: &'a str,
    parser: Parser<'a>,
    set: &'a PathSet,
    out: &'a mut Extractor,
}

impl Reader<'_> {
    /// An object at `at`; `range` are the open paths that may enter it, none at the top.
    fn object(&mut self, at: usize, range: Option<(usize, usize)>, depth: u32) -> Result<usize, JsonError> {
        let parser = self.parser;
        if depth > parser.max_depth {
            return Err(parser.fail(at, DEEP));
        }
        let mut position = parser.space(at + 1);
        if parser.byte(position) == Some(b'}') {
            return Ok(position + 1);
        }
        loop {
            if parser.byte(position) != Some(b'"') {
                return Err(parser.fail(position, "a member name was expected"));
            }
            let (end, has_escape) = parser.string(position)?;
            let first = self.out.open.len();
            self.enter(position + 1, end - 1, has_escape, range);
            position = parser.space(end);
            if parser.byte(position) != Some(b':') {
                return Err(parser.fail(position, "a colon was expected"));
            }
            position = parser.space(position + 1);
            position = self.value(position, first, depth)?;
            self.out.open.truncate(first);
            position = parser.space(position);
            match parser.byte(position) {
                Some(b',') => position = parser.space(position + 1),
                Some(b'}') => return Ok(position + 1),
                _ => return Err(parser.fail(position, "a comma or closing brace was expected")),
            }
        }
    }

    /// Pushes the paths that the member opens.
    fn enter(&mut self, start: usize, end: usize, has_escape: bool, range: Option<(usize, usize)>) {
        let Some(written) = self.text.get(start..end) else { return };
        let name = if has_escape { Cow::Owned(unescape(written)) } else { Cow::Borrowed(written) };
        match range {
            None => {
                let Some(first) = name.bytes().next() else { return };
                let set = self.set;
                for path in set.starting(first) {
                    let path = *path as usize;
                    let (mut taken, mut mark) = self.out.root.get(path).copied().unwrap_or_default();
                    self.take(path, 0, &name, &mut taken, &mut mark);
                    if let Some(entry) = self.out.root.get_mut(path) {
                        *entry = (taken, mark);
                    }
                }
            }
            Some((from, to)) => {
                for index in from..to {
                    let Some(mut open) = self.out.open.get(index).copied() else { continue };
                    if open.wait == Wait::Member {
                        self.take(open.path, open.rest, &name, &mut open.taken, &mut open.mark);
                        if let Some(entry) = self.out.open.get_mut(index) {
                            *entry = open;
                        }
                    }
                }
            }
        }
    }

    fn take(&mut self, path: usize, rest: usize, name: &str, taken: &mut usize, mark: &mut usize) {
        let Some(known) = self.set.paths.get(path) else { return };
        let text = known.text.get(rest..).unwrap_or_default();
        // Most paths end here: what follows the name must not be more of a name.
        let follows = text.as_bytes().get(name.len());
        if text.len() < name.len() || !matches!(follows, None | Some(b'.' | b'{')) {
            return;
        }
        let Some(step) = known.enter(text, name) else { return };
        let Some(slot) = self.out.slots.get_mut(path) else { return };
        if *taken == name.len() {
            // A duplicate member: the last one counts.
            slot.truncate(*mark);
        } else {
            *taken = name.len();
            *mark = slot.len();
        }
        self.push(path, step);
    }

    fn push(&mut self, path: usize, step: Step<'_>) {
        let length = self.set.paths.get(path).map_or(0, |path| path.text.len());
        let (wait, rest) = match step {
            Step::End => (Wait::End, ""),
            Step::Member(rest) => (Wait::Member, rest),
            Step::Every(rest) => (Wait::Every, rest),
            Step::Index(index, rest) => (Wait::Index(index), rest),
        };
        self.out.open.push(Open { path, wait, rest: length - rest.len(), taken: usize::MAX, mark: 0 });
    }

    /// The value at `at`, wanted by the open paths from `first` on.
    fn value(&mut self, at: usize, first: usize, depth: u32) -> Result<usize, JsonError> {
        let last = self.out.open.len();
        if first == last {
            return self.parser.skip(at, depth + 1);
        }
        let opened = self.out.open.get(first..last).unwrap_or_default();
        let (kind, end) = match self.parser.byte(at) {
            Some(b'{') => {
                let enters = opened.iter().any(|open| open.wait == Wait::Member);
                let end = if enters {
                    self.object(at, Some((first, last)), depth + 1)?
                } else {
                    self.parser.skip(at, depth + 1)?
                };
                (Kind::Object, end)
            }
            Some(b'[') => {
                let enters = opened.iter().any(|open| matches!(open.wait, Wait::Every | Wait::Index(_)));
                let end = if enters {
                    self.array(at, first, last, depth + 1)?
                } else {
                    self.parser.skip(at, depth + 1)?
                };
                (Kind::Array, end)
            }
            _ => self.parser.scalar(at)?,
        };
        let is_text = matches!(kind, Kind::Text | Kind::EscapedText);
        let raw =
            if is_text { Raw { kind, start: at + 1, end: end - 1 } } else { Raw { kind, start: at, end } };
        for index in first..last {
            let Some(open) = self.out.open.get(index) else { continue };
            if open.wait == Wait::End
                && let Some(slot) = self.out.slots.get_mut(open.path)
            {
                slot.push(raw);
            }
        }
        Ok(end)
    }

    fn array(&mut self, at: usize, from: usize, to: usize, depth: u32) -> Result<usize, JsonError> {
        let parser = self.parser;
        if depth > parser.max_depth {
            return Err(parser.fail(at, DEEP));
        }
        let mut position = parser.space(at + 1);
        if parser.byte(position) == Some(b']') {
            return Ok(position + 1);
        }
        let mut element = 0;
        loop {
            let first = self.out.open.len();
            for index in from..to {
                let Some(open) = self.out.open.get(index).copied() else { continue };
                let wanted = match open.wait {
                    Wait::Every => true,
                    Wait::Index(wanted) => wanted == element,
                    Wait::End | Wait::Member => false,
                };
                let Some(path) = self.set.paths.get(open.path).filter(|_| wanted) else { continue };
                if let Some(step) = Path::after(path.text.get(open.rest..).unwrap_or_default()) {
                    self.push(open.path, step);
                }
            }
            position = self.value(position, first, depth)?;
            self.out.open.truncate(first);
            element += 1;
            position = parser.space(position);
            match parser.byte(position) {
                Some(b',') => position = parser.space(position + 1),
                Some(b']') => return Ok(position + 1),
                _ => return Err(parser.fail(position, "a comma or closing bracket was expected")),
            }
        }
    }
}

/// Reads JSON without keeping anything.
#[derive(Debug, Clone, Copy)]
struct Parser<'a> {
    bytes: &'a [u8],
    max_depth: u32,
}

impl Parser<'_> {
    #[inline]
    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn fail(&self, offset: usize, reason: &'static str) -> JsonError {
        let is_incomplete = offset >= self.bytes.len();
        JsonError { offset, reason: if is_incomplete { "cut off" } else { reason }, is_incomplete }
    }

    /// The first position from `at` on that is not white space.
    #[inline]
    fn space(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            at += 1;
        }
        at
    }

    /// The end of the string at `at`, and whether it has escapes.
    #[inline]
    fn string(&self, at: usize) -> Result<(usize, bool), JsonError> {
        let mut position = at + 1;
        let mut has_escape = false;
        loop {
            position += special(self.bytes.get(position..).unwrap_or_default());
            match self.byte(position) {
                Some(b'"') => return Ok((position + 1, has_escape)),
                Some(b'\\') => {
                    has_escape = true;
                    position = self.escape(position)?;
                }
                _ => return Err(self.fail(position, "a control character in a string")),
            }
        }
    }

    fn escape(&self, at: usize) -> Result<usize, JsonError> {
        match self.byte(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => {
                let digits = self.bytes.get(at + 2..at + 6).ok_or_else(|| self.fail(self.bytes.len(), ""))?;
                let is_right = std::str::from_utf8(digits).is_ok_and(|digits| hexadecimal(digits).is_some());
                if is_right { Ok(at + 6) } else { Err(self.fail(at, "a wrong escape")) }
            }
            Some(_) => Err(self.fail(at, "a wrong escape")),
            None => Err(self.fail(at + 1, "")),
        }
    }

    fn scalar(&self, at: usize) -> Result<(Kind, usize), JsonError> {
        match self.byte(at) {
            Some(b'"') => {
                let (end, has_escape) = self.string(at)?;
                Ok((if has_escape { Kind::EscapedText } else { Kind::Text }, end))
            }
            Some(b't') => self.word(at, "true", Kind::True),
            Some(b'f') => self.word(at, "false", Kind::False),
            Some(b'n') => self.word(at, "null", Kind::Null),
            Some(b'-' | b'0'..=b'9') => self.number(at).map(|end| (Kind::Number, end)),
            _ => Err(self.fail(at, "a value was expected")),
        }
    }

    fn word(&self, at: usize, word: &str, kind: Kind) -> Result<(Kind, usize), JsonError> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            return Ok((kind, at + word.len()));
        }
        let is_cut = word.as_bytes().starts_with(rest);
        Err(self.fail(if is_cut { self.bytes.len() } else { at }, "a value was expected"))
    }

    fn number(&self, at: usize) -> Result<usize, JsonError> {
        let mut position = if self.byte(at) == Some(b'-') { at + 1 } else { at };
        position = match self.byte(position) {
            Some(b'0') => position + 1,
            Some(b'1'..=b'9') => self.digits(position),
            _ => return Err(self.fail(position, "a digit was expected")),
        };
        if self.byte(position) == Some(b'.') {
            position = self.some_digits(position + 1)?;
        }
        if matches!(self.byte(position), Some(b'e' | b'E')) {
            position += 1;
            if matches!(self.byte(position), Some(b'+' | b'-')) {
                position += 1;
            }
            position = self.some_digits(position)?;
        }
        Ok(position)
    }

    fn digits(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), Some(b'0'..=b'9')) {
            at += 1;
        }
        at
    }

    fn some_digits(&self, at: usize) -> Result<usize, JsonError> {
        let end = self.digits(at);
        if end == at { Err(self.fail(at, "a digit was expected")) } else { Ok(end) }
    }

    /// The end of the value at `at`.
    fn skip(&self, at: usize, depth: u32) -> Result<usize, JsonError> {
        let (is_object, closer) = match self.byte(at) {
            Some(b'{') => (true, b'}'),
            Some(b'[') => (false, b']'),
            _ => return self.scalar(at).map(|(_, end)| end),
        };
        if depth > self.max_depth {
            return Err(self.fail(at, DEEP));
        }
        let mut position = self.space(at + 1);
        if self.byte(position) == Some(closer) {
            return Ok(position + 1);
        }
        loop {
            if is_object {
                if self.byte(position) != Some(b'"') {
                    return Err(self.fail(position, "a member name was expected"));
                }
                position = self.space(self.string(position)?.0);
                if self.byte(position) != Some(b':') {
                    return Err(self.fail(position, "a colon was expected"));
                }
                position = self.space(position + 1);
            }
            position = self.space(self.skip(position, depth + 1)?);
            match self.byte(position) {
                Some(b',') => position = self.space(position + 1),
                Some(byte) if byte == closer => return Ok(position + 1),
                _ => return Err(self.fail(position, "a comma or closing bracket was expected")),
            }
        }
    }
}

/// Length of the run without quotes, backslashes and control characters, eight bytes at a time.
#[inline]
fn special(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut length = 0;
    let mut rest = bytes;
    while let Some((chunk, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let quote = zero(word ^ (ONES * u64::from(b'"')));
        let backslash = zero(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        let found = quote | backslash | control;
        if found != 0 {
            // The lowest bit is exact; only bits above it may be false.
            return length + (found.trailing_zeros() / 8) as usize;
        }
        length += 8;
        rest = behind;
    }
    length + rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)).count()
}

#[cfg(test)]
mod tests;
