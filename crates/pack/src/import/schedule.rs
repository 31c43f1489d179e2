//! Schedules as crontab lines and relative times.

use crate::{Interval, Schedule};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// A schedule of a crontab line and the relative time that a run begins to look at; none where either is not
/// one length of time.
pub fn of_cron(cron: &str, earliest: &str) -> Option<Schedule> {
    Some(Schedule { every: every(cron)?, look_back: back(earliest)? })
}

/// The distance between runs of a crontab line whose runs are evenly spaced.
fn every(cron: &str) -> Option<Interval> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields[..] else { return None };
    let any = |field: &str| field == "*";
    let once = |field: &str| field.parse::<i64>().is_ok();
    let step = |field: &str| field.split_once('/').and_then(|(_, step)| step.parse::<i64>().ok());
    let daily = any(day) && any(month) && any(weekday);
    let seconds = match () {
        () if any(minute) && any(hour) && daily => MINUTE,
        () if any(hour) && daily && step(minute).is_some() => step(minute)? * MINUTE,
        () if any(hour) && daily => listed(minute)? * MINUTE,
        () if once(minute) && daily && step(hour).is_some() => step(hour)? * HOUR,
        () if once(minute) && once(hour) && daily => DAY,
        () if once(minute) && once(hour) && any(day) && any(month) && once(weekday) => 7 * DAY,
        () => return None,
    };
    (seconds > 0).then(|| Interval::of_seconds(seconds))
}

/// Minutes between runs at the listed minutes of each hour.
fn listed(minutes: &str) -> Option<i64> {
    let minutes: Vec<i64> = minutes.split(',').map(|minute| minute.parse().ok()).collect::<Option<_>>()?;
    let apart = 60 / i64::try_from(minutes.len()).ok()?.max(1);
    let even = minutes.windows(2).all(|pair| pair[1] - pair[0] == apart);
    even.then_some(apart)
}

/// How far back a relative time such as `-70m@m` goes.
fn back(earliest: &str) -> Option<Interval> {
    let text = earliest.trim().strip_prefix('-')?;
    let text = text.split('@').next().unwrap_or(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let count: i64 = if digits == 0 { 1 } else { text[..digits].parse().ok()? };
    let length = match &text[digits..] {
        "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" => MINUTE,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7 * DAY,
        _ => return None,
    };
    count.checked_mul(length).filter(|seconds| *seconds > 0).map(Interval::of_seconds)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::of_cron;

    #[test]
    fn evenly_spaced_runs_have_a_length() {
        let shown = |cron, earliest| {
            of_cron(cron, earliest).map(|found| format!("{} {}", found.every, found.look_back))
        };
        assert_eq!(shown("*/5 * * * *", "-70m@m").as_deref(), Some("5m 1h10m"));
        assert_eq!(shown("0 * * * *", "-1h").as_deref(), Some("1h 1h"));
        assert_eq!(shown("15,45 * * * *", "-d@d").as_deref(), Some("30m 1d"));
        assert_eq!(shown("0 */6 * * *", "-24h@h").as_deref(), Some("6h 1d"));
        assert_eq!(shown("30 2 * * *", "-1w").as_deref(), Some("1d 7d"));
        assert_eq!(shown("0 1 1 * *", "-1d"), None);
        assert_eq!(shown("0 * * * *", "rt"), None);
    }
}
