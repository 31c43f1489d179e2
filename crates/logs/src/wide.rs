//! UTF-16 as UTF-8.

use std::io::{self, Read};

/// The order of the bytes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    /// The order that the first bytes show, by a mark or by plain characters with zeros between: most of them, as a
    /// crash leaves zeros too.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        let order = Self::begun(head)?;
        let pairs = head.get(..head.len().min(256)).unwrap_or_default().as_chunks::<2>().0;
        let narrow = pairs.iter().filter(|pair| order.unit(**pair) < 0x100).count();
        let is_marked = matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
        (is_marked || narrow * 2 > pairs.len()).then_some(order)
    }

    fn begun(head: &[u8]) -> Option<Self> {
        let plain = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
        match *head {
            [0xff, 0xfe, third, fourth, ..] if third != 0 || fourth != 0 => Some(Self::Little),
            [0xfe, 0xff, ..] => Some(Self::Big),
            [first, 0, third, 0, ..] if plain(first) && plain(third) => Some(Self::Little),
            [0, second, 0, fourth, ..] if plain(second) && plain(fourth) => Some(Self::Big),
            _ => None,
        }
    }

    fn unit(self, pair: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(pair),
            Self::Big => u16::from_be_bytes(pair),
        }
    }
}

/// A reader of the text as UTF-8; what is no character becomes the sign for that.
pub(crate) struct Wide<R> {
    reader: R,
    order: Order,
    /// Bytes of characters that are not complete yet.
    rest: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    is_at_end: bool,
    is_first: bool,
}

impl<R: Read> Wide<R> {
    pub(crate) fn new(reader: R, order: Order) -> Self {
        let (rest, text) = (Vec::new(), Vec::new());
        Self { reader, order, rest, text, given: 0, is_at_end: false, is_first: true }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut chunk = [0; 8192];
        let count = self.reader.read(&mut chunk)?;
        self.is_at_end = count == 0;
        self.rest.extend_from_slice(chunk.get(..count).unwrap_or_default());
        let mut units: Vec<u16> =
            self.rest.as_chunks::<2>().0.iter().map(|pair| self.order.unit(*pair)).collect();
        // The first half of a character waits for the second.
        if !self.is_at_end && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            units.pop();
        }
        self.rest.drain(..units.len() * 2);
        self.text.clear();
        self.given = 0;
        for character in char::decode_utf16(units) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            if !(self.is_first && character == '\u{feff}') {
                self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            self.is_first = false;
        }
        Ok(())
    }
}

impl<R: Read> Read for Wide<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.is_at_end {
            self.refill()?;
        }
        let text = self.text.get(self.given..).unwrap_or_default();
        let count = text.len().min(buffer.len());
        buffer.get_mut(..count).unwrap_or_default().copy_from_slice(text.get(..count).unwrap_or_default());
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_give_the_text() {
        let text = "[{\"a\":\"\u{1f600}\u{e4}\"}]".repeat(3000);
        for (order, with_mark) in
            [(Order::Little, true), (Order::Little, false), (Order::Big, true), (Order::Big, false)]
        {
            let marked = if with_mark { format!("\u{feff}{text}") } else { text.clone() };
            let bytes: Vec<u8> = marked
                .encode_utf16()
                .flat_map(|unit| match order {
                    Order::Little => unit.to_le_bytes(),
                    Order::Big => unit.to_be_bytes(),
                })
                .collect();
            assert_eq!(Order::of(&bytes), Some(order));
            let mut found = String::new();
            Wide::new(&bytes[..], order).read_to_string(&mut found).unwrap();
            assert_eq!(found, text);
        }
        assert_eq!(Order::of(b"\0\0{\"a\""), None);
    }
}
