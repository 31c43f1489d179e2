//! Between values: byte by byte, since there is little of it.

use super::{FIRST_CHECK, NO_OBJECT, OUTSIDE, State, Step, Walker, Window, value::Value};

impl Walker<'_> {
    pub(super) fn gap(&mut self, window: Window<'_>) -> Option<Step> {
        let mut position = self.position;
        while let Some(byte) = window.at(position) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | 0x1e => position += 1,
                b'{' => return self.begin(position, byte),
                b'[' if self.in_array || self.in_member_array => {
                    self.nested += 1;
                    position += 1;
                }
                b'[' => {
                    let step = self.end_garbage(position);
                    self.in_array = true;
                    self.position = position + 1;
                    self.keep = self.position;
                    return step;
                }
                _ => {
                    self.position = position;
                    self.keep = position;
                    return if self.in_array || self.in_member_array {
                        self.odd_in_array(window, byte)
                    } else {
                        self.odd_at_top(window)
                    };
                }
            }
        }
        self.position = position;
        self.keep = position;
        self.out_of_bytes(window)
    }

    fn out_of_bytes(&mut self, window: Window<'_>) -> Option<Step> {
        if !window.last {
            return Some(Step::More);
        }
        self.state = State::Done;
        if let step @ Some(_) = self.end_garbage(self.position) {
            return step;
        }
        if self.in_array || self.in_member_array {
            self.in_array = false;
            self.in_member_array = false;
            let (start, end) = (self.position, self.position);
            return Some(Step::Other { start, end, reason: "the array of records is cut off" });
        }
        None
    }

    /// A byte that begins no record, in an array.
    fn odd_in_array(&mut self, window: Window<'_>, byte: u8) -> Option<Step> {
        match byte {
            b']' if self.nested > 0 => {
                self.nested -= 1;
                self.position += 1;
                self.keep = self.position;
                None
            }
            b']' if self.in_member_array => {
                self.in_member_array = false;
                self.state = State::Value;
                self.position += 1;
                self.keep = self.position;
                self.value = Value {
                    start: self.position,
                    depth: 1,
                    opener: b'{',
                    is_top: true,
                    is_container: true,
                    next_check: usize::MAX,
                    ..Value::default()
                };
                None
            }
            b']' => {
                self.in_array = false;
                self.position += 1;
                self.keep = self.position;
                None
            }
            b'}' => {
                let start = self.position;
                self.begin_anew(start + 1);
                Some(Step::Other { start, end: start + 1, reason: "a closing brace without its opening one" })
            }
            _ => self.scalar(window),
        }
    }

    /// Passes a scalar in an array.
    fn scalar(&mut self, window: Window<'_>) -> Option<Step> {
        let start = self.position;
        let mut position = start;
        let is_text = window.at(position) == Some(b'"');
        let mut is_escaped = false;
        position += 1;
        loop {
            let Some(byte) = window.at(position) else {
                if window.last {
                    return Some(Step::Broken { start, reason: "cut off" });
                }
                return Some(Step::More);
            };
            let ends = if is_text {
                byte == b'"' && !is_escaped
            } else {
                matches!(byte, b',' | b']' | b'}' | b'{' | b'[' | b' ' | b'\t' | b'\r' | b'\n')
            };
            if is_text && matches!(byte, b'\n') || position - start > self.bounds.record_bytes {
                return Some(Step::Broken { start, reason: "a line break inside a string" });
            }
            is_escaped = is_text && byte == b'\\' && !is_escaped;
            if ends {
                self.position = if is_text { position + 1 } else { position };
                self.keep = self.position;
                return Some(Step::Other { start, end: self.position, reason: NO_OBJECT });
            }
            position += 1;
        }
    }

    /// Bytes outside of any value: passed up to the next bracket.
    fn odd_at_top(&mut self, window: Window<'_>) -> Option<Step> {
        let start = self.position;
        let rest = window.bytes.get(start - window.base..).unwrap_or_default();
        let is_mark = start == 0 && rest.starts_with(b"\xef\xbb\xbf");
        if is_mark {
            self.position += 3;
            return None;
        }
        if self.garbage.is_none() && begins_record_text(rest) {
            return self.scalar(window);
        }
        if self.garbage.is_none() {
            let byte = rest.first().copied().unwrap_or_default();
            let is_tail = self.recovering && matches!(byte, b']' | b'}' | b':' | b'"');
            self.garbage = if is_tail { Some(usize::MAX) } else { Some(start) };
        }
        let length = memchr::memchr2(b'{', b'[', rest).unwrap_or(rest.len());
        self.position = start + length;
        self.keep = self.position;
        None
    }

    fn end_garbage(&mut self, end: usize) -> Option<Step> {
        let start = self.garbage.take()?;
        (start != usize::MAX).then_some(Step::Other { start, end, reason: OUTSIDE })
    }

    /// A value begins.
    pub(super) fn begin(&mut self, position: usize, opener: u8) -> Option<Step> {
        let step = self.end_garbage(position);
        self.state = State::Value;
        self.position = position + 1;
        self.keep = position;
        self.value = Value {
            start: position,
            depth: 1,
            opener,
            is_top: opener == b'{' && !self.in_member_array,
            is_ignored: opener == b'[',
            next_check: position + FIRST_CHECK.min(self.bounds.record_bytes),
            ..Value::default()
        };
        step
    }
}

/// Whether a JSON text begins here that may be a record itself.
fn begins_record_text(rest: &[u8]) -> bool {
    [&b"\"{\\\""[..], b"\"{}", b"\"{\\n", b"\"[{\\\""].iter().any(|beginning| rest.starts_with(beginning))
}
