//! The bytes of a saved state: numbers little-endian, texts after their length.

/// Writes a state.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn integer(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn number(&mut self, value: f64) {
        self.integer(value.to_bits());
    }

    pub(crate) fn blob(&mut self, value: &[u8]) {
        self.integer(value.len() as u64);
        self.bytes.extend_from_slice(value);
    }

    pub(crate) fn texts<'t>(&mut self, values: impl ExactSizeIterator<Item = &'t String>) {
        self.integer(values.len() as u64);
        for value in values {
            self.blob(value.as_bytes());
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads a state; everything is none beyond the end.
#[derive(Debug)]
pub(crate) struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn integer(&mut self) -> Option<u64> {
        let (value, rest) = self.bytes.split_first_chunk::<8>()?;
        self.bytes = rest;
        Some(u64::from_le_bytes(*value))
    }

    pub(crate) fn number(&mut self) -> Option<f64> {
        self.integer().map(f64::from_bits)
    }

    pub(crate) fn blob(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.integer()?).ok()?;
        let (value, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(value)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.blob()?.to_vec()).ok()
    }

    /// As many texts as [`Writer::texts`] wrote.
    pub(crate) fn texts(&mut self) -> Option<Vec<String>> {
        let count = self.integer()?;
        (0..count).map(|_| self.text()).collect()
    }
}
