//! How long ago: one number and the largest unit that fits, as people say it (S1-72).
//!
//! Knows no clock: both ends are parameters, so the same two moments always read the same.

use std::fmt;

/// Seconds that have passed; shown as `45s`, `45m`, `2h` or `3d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Age {
    /// Whole seconds, never negative.
    pub seconds: u64,
}

impl Age {
    /// From `then` to `now`, both in seconds since the epoch. A moment in the future, which a wrong
    /// clock on another machine makes, counts as now.
    pub fn between(then: i64, now: i64) -> Age {
        Age { seconds: now.saturating_sub(then).try_into().unwrap_or(0) }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.seconds {
            seconds @ ..60 => format!("{seconds}s"),
            seconds @ ..3_600 => format!("{}m", seconds / 60),
            seconds @ ..86_400 => format!("{}h", seconds / 3_600),
            seconds => format!("{}d", seconds / 86_400),
        };
        f.pad(&text)
    }
}

/// Seconds of a duration as people type it: `90`, `90s`, `30m`, `2h`, `1d`.
///
/// The error says what is accepted; clap shows it beside the option's name.
pub fn parse_duration(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        _ => None,
    };
    let number: Option<u64> = digits.parse().ok();
    factor
        .zip(number)
        .and_then(|(factor, number)| number.checked_mul(factor))
        .ok_or_else(|| "a duration is a whole number with s, m, h or d, such as 30m or 2h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_one_unit() {
        let check = |seconds: i64, expect: &str| {
            assert_eq!(Age::between(1_000_000, 1_000_000 + seconds).to_string(), expect);
        };
        check(0, "0s");
        check(59, "59s");
        check(60, "1m");
        check(45 * 60 + 59, "45m");
        check(3_599, "59m");
        check(2 * 3_600, "2h");
        check(86_399, "23h");
        check(86_400 * 400, "400d");
        check(-30, "0s");
    }

    #[test]
    fn no_clock_overflows() {
        assert_eq!(Age::between(i64::MIN, i64::MAX).seconds, i64::MAX as u64, "the difference saturates");
        assert_eq!(Age::between(i64::MAX, i64::MIN).seconds, 0);
    }

    #[test]
    fn a_duration_reads_as_typed() {
        let check = |text: &str, expect: Option<u64>| assert_eq!(parse_duration(text).ok(), expect, "{text}");
        check("90", Some(90));
        check("30m", Some(1_800));
        check("2h", Some(7_200));
        check("1d", Some(86_400));
        check("", None);
        check("h", None);
        check("2w", None);
        check("-1h", None);
        check("1.5h", None);
        check("99999999999999999999d", None);
    }
}
