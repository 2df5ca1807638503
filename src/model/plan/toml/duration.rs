//! Durations as people write them: `30m`, `1h30m`, `90s`.

/// Seconds in each unit, largest first.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// The seconds of a duration that is one, and not zero.
pub(super) fn seconds_of(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: u64 = rest[..digits].parse().ok()?;
        let mut after = rest[digits..].chars();
        let unit = after.next()?;
        let (_, seconds) = UNITS.iter().find(|(letter, _)| *letter == unit)?;
        total = total.checked_add(count.checked_mul(*seconds)?)?;
        rest = after.as_str();
    }
    (total > 0).then_some(total)
}

/// A duration as a plan writes it.
pub fn seconds_to_text(seconds: u64) -> String {
    let mut text = String::new();
    let mut rest = seconds;
    for (letter, size) in UNITS {
        if rest >= size {
            text.push_str(&format!("{}{letter}", rest / size));
            rest %= size;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        let check = |text, seconds| {
            assert_eq!(seconds_of(text), Some(seconds), "{text}");
            assert_eq!(seconds_to_text(seconds), text);
        };
        check("30m", 1_800);
        check("1h30m", 5_400);
        check("2d", 172_800);
        check("59s", 59);
        assert_eq!(seconds_of("90m"), Some(5_400));
        for wrong in ["", "0s", "30", "m", "1.5h", "-1m", "30 min", "99999999999999999999d", "1é"] {
            assert_eq!(seconds_of(wrong), None, "{wrong}");
        }
    }
}
