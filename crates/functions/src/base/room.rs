//! How much the values of one evaluation may hold.

use std::cell::Cell;

/// Room for the values of one evaluation, in bytes.
#[derive(Debug)]
pub(crate) struct Room {
    most: usize,
    used: Cell<usize>,
    over: Cell<bool>,
}

/// What a value costs besides its text.
const EACH: usize = 24;

impl Room {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, used: Cell::new(0), over: Cell::new(false) }
    }

    /// Whether so many more bytes would fit. Once something did not, nothing does, and the evaluation fails.
    pub(crate) fn fits(&self, bytes: usize) -> bool {
        if self.used.get().saturating_add(bytes) > self.most {
            self.over.set(true);
        }
        !self.over.get()
    }

    /// Takes the room of a text of this length; whether it was there.
    pub(crate) fn take(&self, length: usize) -> bool {
        let bytes = length.saturating_add(EACH);
        let fits = self.fits(bytes);
        if fits {
            self.used.set(self.used.get() + bytes);
        }
        fits
    }

    /// Whether texts of these lengths would fit together.
    pub(crate) fn fits_all(&self, lengths: impl IntoIterator<Item = usize>) -> bool {
        let mut sum = 0_usize;
        lengths.into_iter().all(|length| {
            sum = sum.saturating_add(length).saturating_add(EACH);
            self.fits(sum)
        })
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_remembered() {
        let room = Room::new(120);
        assert!(room.take(20) && room.fits(50) && room.fits_all([10, 0]));
        assert!(!room.is_over());
        assert!(!room.take(80));
        assert!(room.is_over() && !room.take(0), "what came before is of no use either");
    }
}
