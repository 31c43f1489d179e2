//! "Did you mean": the nearest known word.

/// The candidate nearest to `word`, if near enough to be a likely slip of the pen.
///
/// Case is ignored; a third of the word's letters (at least one, at most three) may differ.
///
/// ```
/// use quarry_diagnostic::did_you_mean;
/// assert_eq!(did_you_mean("stast", ["stats", "sort"]), Some("stats"));
/// assert_eq!(did_you_mean("frobnicate", ["stats", "sort"]), None);
/// ```
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = word.to_lowercase();
    let allowed = (wanted.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out, changed or swapped to make one word of the other; case
/// is ignored.
///
/// ```
/// assert_eq!(quarry_diagnostic::edit_distance("Stast", "stats"), 1);
/// ```
#[must_use]
pub fn edit_distance(left: &str, right: &str) -> usize {
    distance(&left.to_lowercase(), &right.to_lowercase())
}

/// Edit distance where swapping two neighbours counts once (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut rows = vec![vec![0_usize; right.len() + 1]; left.len() + 1];
    for (row, cells) in rows.iter_mut().enumerate() {
        cells[0] = row;
    }
    for (column, cell) in rows[0].iter_mut().enumerate() {
        *cell = column;
    }
    for row in 1..=left.len() {
        for column in 1..=right.len() {
            let substitution = usize::from(left[row - 1] != right[column - 1]);
            let mut best = (rows[row - 1][column] + 1)
                .min(rows[row][column - 1] + 1)
                .min(rows[row - 1][column - 1] + substitution);
            let swapped = row > 1
                && column > 1
                && left[row - 1] == right[column - 2]
                && left[row - 2] == right[column - 1];
            if swapped {
                best = best.min(rows[row - 2][column - 2] + 1);
            }
            rows[row][column] = best;
        }
    }
    rows[left.len()][right.len()]
}
