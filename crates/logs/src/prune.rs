//! Leaves out objects whose path names a day outside the time range.

use crate::time::parse_time;

const DAY: i64 = 86_400_000_000;

/// Folder names below which `year/month/day` folders stand for the day of arrival.
const DATED: [&str; 2] = ["AWSLogs", "cloudaudit.googleapis.com"];

/// Whether an object may hold events of a time range. An object's day is the day its records
/// arrived: events may be older, by a day to be safe, and clocks differ.
pub(crate) fn may_hold(name: &str, (start, end): (Option<i64>, Option<i64>)) -> bool {
    let Some(day) = day(name) else { return true };
    start.is_none_or(|start| day + 2 * DAY > start) && end.is_none_or(|end| day - DAY < end)
}

/// Start of the day that a path names, in microseconds since 1970-01-01 UTC.
fn day(name: &str) -> Option<i64> {
    let parts: Vec<&str> = name.split('/').collect();
    let is_dated = parts.iter().any(|part| DATED.contains(part));
    parts.windows(3).find_map(|window| {
        let [year, month, day] = window else { return None };
        let keyed = |part: &str, key: &str| part.strip_prefix(key).map(str::to_owned);
        let (year, month, day) = match (keyed(year, "y="), keyed(month, "m="), keyed(day, "d=")) {
            (Some(year), Some(month), Some(day)) => (year, month, day),
            _ if is_dated => ((*year).to_owned(), (*month).to_owned(), (*day).to_owned()),
            _ => return None,
        };
        let is_date = [(&year, 4), (&month, 2), (&day, 2)]
            .iter()
            .all(|(part, length)| part.len() == *length && part.bytes().all(|digit| digit.is_ascii_digit()));
        if is_date { parse_time(&format!("{year}-{month}-{day}T00:00:00Z")) } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_704_196_800_000_000; // 2024-01-02T12:00:00Z

    #[test]
    fn days_far_from_the_range_are_left_out() {
        let range = (Some(NOON), Some(NOON + 3_600_000_000));
        let path = |day: &str| format!("s3://b/AWSLogs/1/CloudTrail/eu-west-1/2024/01/{day}/x.json.gz");
        let kept = ["01", "02", "03", "04", "05"].map(|day| may_hold(&path(day), range));
        assert_eq!(kept, [true, true, true, false, false]);
        assert!(!may_hold(&path("01").replace("2024/01/01", "2023/12/30"), range));
    }

    #[test]
    fn other_date_folders_are_known_and_other_numbers_are_not() {
        let range = (Some(NOON), None);
        assert!(!may_hold("az://insights/resourceId=/X/y=2023/m=01/d=02/h=03/m=00/PT1H.json", range));
        assert!(!may_hold(
            "gs://b/cloudaudit.googleapis.com/activity/2023/01/02/03:00:00_03:59:59_S0.json",
            range
        ));
        assert!(may_hold("/home/me/2023/01/02/x.json", range));
        assert!(may_hold("AWSLogs/1/x.json", range));
    }
}
