//! How rows are laid out in a given width: as a table while it can be read, else one value per line.

/// A column whose cells are no longer than this is never cut.
const SHORT: usize = 30;
/// Long columns that are cut are at least so wide.
const LEAST: usize = 16;
/// Characters between two columns.
const GAP: usize = 3;

/// What is shown, and how.
#[derive(Debug, PartialEq, Eq)]
pub enum Layout {
    /// A table of these columns, each with its greatest width.
    Table { columns: Vec<usize>, widths: Vec<usize>, is_cut: bool },
    /// One line for each value.
    Records,
}

/// Lays out rows in `width` characters; none for any. The columns `spare` are left out in this order where there
/// is too little room.
pub fn layout(labels: &[String], rows: &[Vec<String>], width: Option<usize>, spare: &[&str]) -> Layout {
    let mut columns: Vec<usize> = (0..labels.len()).collect();
    let natural: Vec<usize> = columns.iter().map(|column| natural_width(labels, rows, *column)).collect();
    let Some(width) = width else { return Layout::Table { columns, widths: natural, is_cut: false } };
    let mut spare = spare.iter();
    loop {
        if let Some(widths) = fit(&columns, &natural, width) {
            let is_cut =
                columns.iter().zip(&widths).any(|(column, width)| natural.get(*column) > Some(width));
            return Layout::Table { columns, widths, is_cut };
        }
        let Some(gone) = spare.next() else { return Layout::Records };
        columns.retain(|column| labels.get(*column).is_none_or(|label| label != gone));
    }
}

fn natural_width(labels: &[String], rows: &[Vec<String>], column: usize) -> usize {
    let cells = rows.iter().filter_map(|row| row.get(column));
    let lines = cells.flat_map(|cell| cell.lines()).chain(labels.get(column).map(String::as_str));
    lines.map(|line| line.chars().count()).max().unwrap_or_default()
}

/// Short columns get what they need, long ones the same share of the rest.
fn fit(columns: &[usize], natural: &[usize], width: usize) -> Option<Vec<usize>> {
    let natural: Vec<usize> = columns.iter().filter_map(|column| natural.get(*column).copied()).collect();
    let room = width.checked_sub(GAP * natural.len())?;
    let taken = |share: usize| -> usize { natural.iter().map(|need| shared(*need, share)).sum() };
    let longest = natural.iter().copied().max().unwrap_or_default();
    let share = (LEAST..=longest.max(LEAST)).rev().find(|share| taken(*share) <= room)?;
    Some(natural.iter().map(|need| shared(*need, share)).collect())
}

fn shared(need: usize, share: usize) -> usize {
    if need <= SHORT { need } else { need.min(share) }
}

/// A text in at most so many characters: the middle is left out, as ends tell more.
pub fn shortened(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let head = kept / 3;
    let tail = text.chars().skip(length - (kept - head));
    text.chars().take(head).chain(std::iter::once('…')).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Vec<String> {
        ["time", "region", "target"].map(str::to_owned).to_vec()
    }

    fn rows() -> Vec<Vec<String>> {
        vec![vec!["2026-03-10".to_owned(), "west".to_owned(), "a".repeat(60)]]
    }

    #[test]
    fn long_columns_give_way_then_spare_ones_then_the_table() {
        let table = |columns: &[usize], widths: &[usize], is_cut| Layout::Table {
            columns: columns.to_vec(),
            widths: widths.to_vec(),
            is_cut,
        };
        let at = |width| layout(&labels(), &rows(), width, &["region"]);
        assert_eq!(at(None), table(&[0, 1, 2], &[10, 6, 60], false));
        assert_eq!(at(Some(85)), table(&[0, 1, 2], &[10, 6, 60], false));
        assert_eq!(at(Some(60)), table(&[0, 1, 2], &[10, 6, 35], true));
        assert_eq!(at(Some(41)), table(&[0, 1, 2], &[10, 6, 16], true));
        assert_eq!(at(Some(40)), table(&[0, 2], &[10, 24], true));
        assert_eq!(at(Some(31)), Layout::Records);
    }

    #[test]
    fn both_ends_of_a_text_are_kept() {
        assert_eq!(shortened("/subscriptions/1/virtualMachines/web", 16), "/subs…chines/web");
        assert_eq!(shortened("short", 5), "short");
    }
}
