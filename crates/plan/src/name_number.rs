//! Numbers that stand for names, where a platform has numbers and a log has names only.

/// The least number of a name: platforms give out smaller ones.
const FIRST: u64 = 1 << 50;

/// A whole number that stands for a name, the same in every run and on every machine. It is no number of any
/// platform, and far above those they give out; a double holds it exactly.
///
/// ```
/// use quarry_plan::name_number;
/// assert_eq!(name_number("RunInstances"), name_number("RunInstances"));
/// assert_ne!(name_number("RunInstances"), name_number("StopInstances"));
/// assert!(name_number("") >= 1 << 50 && name_number("") < 1 << 51);
/// ```
#[must_use]
pub fn name_number(name: &str) -> i64 {
    // FNV-1a, then its high bits over its low ones: released numbers stay, so no other hash may take its place.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mixed = hash ^ (hash >> 29);
    i64::try_from(FIRST + (mixed & (FIRST - 1))).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::name_number;

    #[test]
    fn released_numbers_stay() {
        assert_eq!(name_number("RunInstances"), 1_642_310_353_236_792);
    }

    #[test]
    fn names_have_numbers_of_their_own() {
        let names = (0..200_000).map(|number| format!("Operation{number}"));
        let numbers: HashSet<i64> = names.map(|name| name_number(&name)).collect();
        assert_eq!(numbers.len(), 200_000);
    }
}
