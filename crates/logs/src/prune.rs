//! Leaves out objects that were delivered before a time range began, where the layout itself names the day.

use crate::time::parse_time;

const DAY: i64 = 86_400_000_000;

/// Whether an object may hold events of a time range that begins at `start`. The day of a layout is the day of
/// delivery, so no event in it is newer, but for clocks that differ, for which a day is given. How much older they
/// may be is nowhere bounded: CloudTrail delivers again for 30 days, copies come later still. So the end of the range
/// leaves nothing out.
pub(crate) fn may_hold(name: &str, (start, _): (Option<i64>, Option<i64>)) -> bool {
    let Some(start) = start else { return true };
    day(name).is_none_or(|day| day + 2 * DAY > start)
}

/// Start of the day that the layout writes, in microseconds since 1970-01-01 UTC.
fn day(name: &str) -> Option<i64> {
    let parts: Vec<&str> = name.split('/').collect();
    LAYOUTS.iter().find_map(|layout| layout(&parts))
}

type Layout = fn(&[&str]) -> Option<i64>;

/// What the vendors write: nothing else that looks like a date says when records arrived.
const LAYOUTS: [Layout; 3] = [cloudtrail, azure, sink];

/// `AWSLogs/[o-organisation/]account/CloudTrail/region/yyyy/mm/dd/object`.
fn cloudtrail(parts: &[&str]) -> Option<i64> {
    let [before @ .., root, account, service, _, year, month, day, _] = parts else { return None };
    let is_organisation = root.starts_with("o-") && before.last() == Some(&"AWSLogs");
    let is_layout =
        (*root == "AWSLogs" || is_organisation) && is_digits(account) && service.starts_with("CloudTrail");
    if is_layout { date(year, month, day) } else { None }
}

/// `resourceId=.../y=yyyy/m=mm/d=dd/h=hh/m=00/PT1H.json`.
fn azure(parts: &[&str]) -> Option<i64> {
    let [.., year, month, day, hour, minute, object] = parts else { return None };
    let is_layout = hour.starts_with("h=") && minute.starts_with("m=") && object.starts_with("PT1H.json");
    if !is_layout {
        return None;
    }
    date(year.strip_prefix("y=")?, month.strip_prefix("m=")?, day.strip_prefix("d=")?)
}

/// `cloudaudit.googleapis.com/log/yyyy/mm/dd/hh:00:00_hh:59:59_S0.json`.
fn sink(parts: &[&str]) -> Option<i64> {
    let [.., root, _, year, month, day, object] = parts else { return None };
    let is_layout = *root == "cloudaudit.googleapis.com" && object.get(..2).is_some_and(is_digits_of);
    if is_layout { date(year, month, day) } else { None }
}

fn is_digits_of(text: &str) -> bool {
    is_digits(&text)
}

fn is_digits(text: &&str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn date(year: &str, month: &str, day: &str) -> Option<i64> {
    let is_date = [(year, 4), (month, 2), (day, 2)];
    let is_date = is_date.iter().all(|(part, length)| part.len() == *length && is_digits(part));
    if is_date { parse_time(&format!("{year}-{month}-{day}T00:00:00Z")) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_704_196_800_000_000; // 2024-01-02T12:00:00Z

    #[test]
    fn what_was_delivered_before_the_range_is_left_out_and_nothing_that_came_later() {
        let range = (Some(NOON), Some(NOON + 3_600_000_000));
        let path = |day: &str| format!("s3://b/AWSLogs/1/CloudTrail/eu-west-1/{day}/x.json.gz");
        let kept = ["2023/12/30", "2023/12/31", "2024/01/01", "2024/01/05", "2024/02/05"]
            .map(|day| may_hold(&path(day), range));
        assert_eq!(kept, [false, false, true, true, true]);
        assert!(may_hold(&path("2023/01/01"), (None, Some(NOON))));
    }

    #[test]
    fn only_the_layouts_own_date_counts() {
        let range = (Some(NOON), None);
        for left_out in [
            "AWSLogs/o-abc/1/CloudTrail/eu-west-1/2023/01/02/x.json.gz",
            "2024/06/01/AWSLogs/1/CloudTrail/eu-west-1/2023/01/02/x.json.gz",
            "az://insights/resourceId=/X/y=2023/m=01/d=02/h=03/m=00/PT1H.json",
            "gs://b/cloudaudit.googleapis.com/activity/2023/01/02/03:00:00_03:59:59_S0.json",
        ] {
            assert!(!may_hold(left_out, range), "{left_out}");
        }
        for kept in [
            "/home/me/2023/01/02/x.json",
            "cases/2023/01/02/AWSLogs/1/CloudTrail/eu-west-1/2024/03/05/x.json.gz",
            "AWSLogs/2023/01/02/AWSLogs/1/CloudTrail/eu-west-1/2024/03/05/x.json.gz",
            "AWSLogs/case/2023/01/02/x.json",
            "y=2023/m=01/d=02/collected/x.json",
            "AWSLogs/1/x.json",
        ] {
            assert!(may_hold(kept, range), "{kept}");
        }
    }
}
